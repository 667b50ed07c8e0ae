#pragma once
// Queries that the Delta log answers: COUNT, MIN and MAX over a table, whole or by partition, where
// the statistics of its files are exact. No data file is opened then.

#include <string>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

struct MetadataAnswer {
    resolved::PlanPtr plan;  // the same rows from values that the log holds
    std::string note;        // for EXPLAIN
};

// Null plan: files have to be read. `next_id` counts down.
MetadataAnswer answer_from_metadata(
    const resolved::AggregatePlan& aggregate, const QueryContext& context, int64_t* next_id);

}  // namespace hanok::engine
