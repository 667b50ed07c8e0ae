#pragma once
// OPTIMIZE: which small files to rewrite together.

#include <cstdint>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

struct OptimizeRequest {
    int64_t min_file_size_bytes = int64_t{1} << 30;  // smaller files are candidates
    int64_t max_file_size_bytes = int64_t{1} << 30;  // of a group
    double max_deleted_rows_ratio = 0.05;  // above it a file is rewritten whatever its size
    bool all_files = false;                // Z-order and REORG: every file of the predicate
};

/// Files of one partition that become one file. A group has at least two files, or one with deleted
/// rows.
struct OptimizeGroup {
    PartitionValues partition_values;
    std::vector<const AddFile*> files;
    int64_t size_bytes = 0;
};

std::vector<OptimizeGroup> plan_optimize(
    const std::vector<const AddFile*>& files, const OptimizeRequest& request);

}  // namespace hanok::delta
