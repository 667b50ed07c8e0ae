#pragma once
// Old snapshots and metadata files leave the published metadata, so that it does not grow forever.

#include <set>
#include <string>
#include <vector>

#include "delta/fwd.h"
#include "iceberg/table_metadata.h"
#include "storage/object_store.h"

namespace hanok::iceberg {

struct Expired {
    std::vector<Snapshot> snapshots;
    std::vector<std::string> metadata_paths;
};

/// Takes out snapshots whose files VACUUM may have removed (delta.deletedFileRetentionDuration),
/// and all but the newest 100 metadata files. The current snapshot stays.
Expired expire_history(const delta::Snapshot& delta, TableMetadata* metadata);
/// Removes the files that only the expired used; what cannot be removed stays.
void remove_expired(
    storage::ObjectStore& store, const TableMetadata& metadata, const Expired& expired);

}  // namespace hanok::iceberg
