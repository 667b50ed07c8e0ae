#pragma once
// A fence between parts of a plan with very many joins. DuckDB's optimiser orders joins and derives
// equalities over whole chains of joins, in more than cubic time; it looks at each side of a fence
// alone.

#include <duckdb.hpp>

#include "resolved/plan.h"

namespace hanok::engine {

// Registers the table function that only lets rows through.
void register_fence(duckdb::DatabaseInstance& instance);

inline constexpr const char* kFenceFunction = "hanok_fence";

// Plans with more joins get fences, one after so many joins. TPC-DS has 18 at most.
inline constexpr int kManyJoins = 24;
inline constexpr int kJoinsToFence = 12;

// Joins in a chain of plans: below joins, projections and filters, not in subqueries.
int count_joins(const resolved::Plan& plan);

}  // namespace hanok::engine
