#pragma once
// The change data feed: which files tell what rows were inserted, updated and deleted between two
// versions.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

struct ChangeFile {
    AddFile file;             // a data file, or one below _change_data
    std::string change_type;  // "insert", "delete"; "" when the file has a column _change_type
    int64_t version = 0;
    int64_t timestamp_ms = 0;
    std::shared_ptr<const DeletionVector> skipped;  // rows of the file that are no change; or null
};

/// The changes of versions `start` to `end`, both included; `last` is the snapshot of `end`.
/// Throws DELTA_VERSION_NOT_FOUND, DELTA_INVALID_CDC_RANGE, DELTA_MISSING_CHANGE_DATA where the
/// feed was off, DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA where the schema was another one.
std::vector<ChangeFile> read_changes(
    Table& table, const Snapshot& last, int64_t start, int64_t end);

}  // namespace hanok::delta
