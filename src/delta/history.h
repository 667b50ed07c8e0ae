#pragma once
// The versions of a table and who made them: DESCRIBE HISTORY and time travel.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

struct HistoryEntry {
    int64_t version = 0;
    int64_t timestamp_ms = 0;
    CommitInfo info;  // without operation when the commit has no commitInfo
};

/// Newest first, at most `limit`.
std::vector<HistoryEntry> read_history(Table& table, std::optional<int64_t> limit = {});

struct CommitTime {
    int64_t version = 0;
    int64_t timestamp_ms = 0;
};

/// The commits that can be read as snapshots, ascending, with timestamps made strictly increasing.
std::vector<CommitTime> list_commit_times(Table& table);

/// The newest version not after the time; the contract of Table::snapshot_at_timestamp.
int64_t version_at_timestamp(Table& table, int64_t timestamp_ms);

/// DELTA_TIMESTAMP_GREATER_THAN_COMMIT: the asked time is later than the table's last commit.
Error after_last_commit(int64_t asked_ms, int64_t last_ms);
/// DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION.
Error before_first_commit(int64_t asked_ms, int64_t first_ms);

/// The oldest version that can be read. Throws DELTA_NO_RECREATABLE_HISTORY_FOUND.
int64_t earliest_version(Table& table);

}  // namespace hanok::delta
