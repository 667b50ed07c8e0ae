#pragma once
// Partitions as users see them. The engine has none; what a partition decides is computed instead:
// spark_partition_id(), monotonically_increasing_id(), random numbers of a seed, samples, the order
// of sortWithinPartitions, and the file behind a row (input_file_name() and the like).

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

// The same plan in which those functions are columns: sources give the partition or file of their
// rows, the nodes above pass it on, a shuffle of unknown width ends in partition 0. The same
// pointer when nothing in the plan asks. `next_id` counts down.
resolved::PlanPtr place_rows(
    const resolved::PlanPtr& plan, const QueryContext& context, int64_t* next_id);

}  // namespace hanok::engine
