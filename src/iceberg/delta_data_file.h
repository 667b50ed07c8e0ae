#pragma once
// A file of a Delta table as an Iceberg data file.

#include "delta/actions.h"
#include "delta/fwd.h"
#include "iceberg/manifest.h"

namespace hanok::iceberg {

/// Counts and bounds come from the file's statistics. Throws Error
/// DELTA_UNIVERSAL_FORMAT_VIOLATION for files with deletion vectors or without a row count.
DataFile data_file_of(const delta::Snapshot& snapshot, const delta::AddFile& file);

}  // namespace hanok::iceberg
