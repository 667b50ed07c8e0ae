#pragma once
// Joins that pair every row of one side with every row of the other.

#include "resolved/plan.h"

namespace hanok::analyzer {

// Throws _LEGACY_ERROR_TEMP_1211 where a join that is not written CROSS JOIN has, after the
// conditions above it have moved down to it and inner joins beside each other have been put in
// order, no condition that reads both of its sides. For spark.sql.crossJoin.enabled = false.
void check_cartesian_products(const resolved::PlanPtr& plan);

}  // namespace hanok::analyzer
