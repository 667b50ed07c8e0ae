#pragma once
// Subqueries in the conditions of outer, semi and anti joins. DuckDB takes them in inner joins
// only.

#include <memory>

#include "resolved/plan.h"

namespace hanok::engine {

// The same join with each subquery computed as a column of the side whose columns it reads; null
// when there is nothing to do. `next_id` counts down. Throws UNSUPPORTED_FEATURE for a subquery
// that reads columns of both sides.
std::shared_ptr<const resolved::Join> with_subqueries_below(
    const resolved::Join& join, int64_t* next_id);

}  // namespace hanok::engine
