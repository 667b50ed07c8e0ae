#pragma once
// The order of rows that nobody asked to sort. Where all rows come from the client or from
// constants they are given in the order in which Spark gives them: examples and tests of users
// compare lists.

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

// Are all leaves rows of the client, constants or ranges, and few?
bool is_small_local(const resolved::Plan& plan);

// The same plan, sorted where its last grouping, window or join leaves an order open; the same
// pointer for plans over tables and files, and over many rows. `next_id` counts down.
resolved::PlanPtr in_local_order(
    const resolved::PlanPtr& plan, const QueryContext& context, int64_t* next_id);

}  // namespace hanok::engine
