#pragma once
// Walking unresolved plans.

#include <functional>

#include "plan/relation.h"

namespace hanok::plan {

// Visits every relation below (and including) `relation`, also those of subqueries and of CTE
// bodies.
void walk(const RelationPtr& relation, const std::function<void(const Relation&)>& visit);

// Visits every relation that a subquery in `expr` holds.
void walk(const ExprPtr& expr, const std::function<void(const Relation&)>& visit);

}  // namespace hanok::plan
