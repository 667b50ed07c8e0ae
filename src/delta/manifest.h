#pragma once
// Manifests for readers that know symbolic-link tables (Presto, Trino, Athena) but no Delta log.

#include "delta/fwd.h"

namespace hanok::delta {

/// Writes _symlink_format_manifest/[partition folders/]manifest, one line a data file, and removes
/// those of partitions that are gone. Throws DELTA_UNSUPPORTED_GENERATE_WITH_DELETION_VECTORS,
/// DELTA_UNSUPPORTED_MANIFEST_GENERATION_WITH_COLUMN_MAPPING.
void write_manifests(const Snapshot& snapshot);

}  // namespace hanok::delta
