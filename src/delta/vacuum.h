#pragma once
// VACUUM: which files of a table's folder belong to no version that has to be kept.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/fwd.h"
#include "storage/object_store.h"

namespace hanok::delta {

struct VacuumPlan {
    std::vector<std::string> files;  // absolute paths to delete
    int64_t size_bytes = 0;
    std::vector<std::string> directories;  // empty ones, deepest first
    int64_t retention_ms = 0;
    /// The newest version older than the retention; what LITE starts after the next time.
    std::optional<int64_t> covered_version;
};

struct VacuumRequest {
    std::optional<int64_t> retention_ms;  // nullopt: delta.deletedFileRetentionDuration
    bool check_retention = true;          // refuse a retention below the table's
    bool lite = false;                    // files the log tells of, without listing the folder
    std::optional<std::vector<storage::ObjectInfo>> inventory;  // instead of listing
};

/// Lists the table's folder. Never names files of the log, hidden files, nor anything in a folder
/// that is a table itself. Throws DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT, and for LITE
/// DELTA_CANNOT_VACUUM_LITE when log entries that it would need are gone.
VacuumPlan plan_vacuum(const Snapshot& snapshot, const VacuumRequest& request, int64_t now_ms);

/// Deletes what the plan names; returns the number of files that are gone.
int64_t run_vacuum(storage::ObjectStore& store, const VacuumPlan& plan);

/// After run_vacuum: notes what was covered (_last_vacuum_info).
void note_vacuum(const Snapshot& snapshot, const VacuumPlan& plan);

}  // namespace hanok::delta
