#pragma once
// The expressions that stand in a plan node itself.

#include <functional>

#include "resolved/plan.h"

namespace hanok::engine {

// The node with f(e) for every expression e in it; the same pointer when nothing changed. Always in
// the same order.
resolved::PlanPtr map_expressions(const resolved::PlanPtr& plan,
    const std::function<resolved::ExprPtr(const resolved::ExprPtr&)>& f);

// The expression with f(plan) for the plan of every subquery in it; the same pointer when nothing
// changed. f looks after the subqueries within.
resolved::ExprPtr map_subqueries(const resolved::ExprPtr& expr,
    const std::function<resolved::PlanPtr(const resolved::PlanPtr&)>& f);

void for_each_expression(
    const resolved::Plan& plan, const std::function<void(const resolved::ExprPtr&)>& f);

}  // namespace hanok::engine
