#pragma once
// Where a query may hold which subqueries. Select lists, conditions of WHERE and HAVING, and
// grouping may hold all of them.

#include "resolved/plan.h"

namespace hanok::analyzer {

// Of ORDER BY, SORT BY, DISTRIBUTE BY and generators: neither IN, EXISTS nor correlated ones.
void check_placed_subqueries(const resolved::Exprs& exprs);

// Of a join's condition: none that reads columns of both sides, no correlated scalar one.
void check_join_subqueries(
    const resolved::Expression& condition, const resolved::Plan& left, const resolved::Plan& right);

}  // namespace hanok::analyzer
