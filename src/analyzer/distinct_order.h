#pragma once
// listagg(DISTINCT a) WITHIN GROUP (ORDER BY b).

#include "resolved/expression.h"

namespace hanok::analyzer {

// Orders the values by themselves where they are a cast of what the query orders them by that
// keeps its order. Throws INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT… where the
// order is of something else, or the cast may make equal values differ.
void order_distinct_values(resolved::Aggregate& aggregate);

}  // namespace hanok::analyzer
