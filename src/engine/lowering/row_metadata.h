#pragma once
// What a scan says of each row beside the table's own columns: its place in the file, its id, the
// version that last changed it.

#include "resolved/plan.h"

namespace hanok::engine {

// Columns of a scan of a Delta table that are computed from others. A statement that rewrites rows
// asks for them.
inline constexpr const char* kRowIdColumn = "__row_id";
inline constexpr const char* kRowCommitVersionColumn = "__row_commit_version";

// The same columns from a scan of columns that files or the log hold; null when these are all that
// `scan` has. `next_id` counts down.
resolved::PlanPtr with_row_metadata(const resolved::Scan& scan, int64_t* next_id);

}  // namespace hanok::engine
