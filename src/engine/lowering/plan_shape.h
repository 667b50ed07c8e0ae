#pragma once
// Passes over resolved plans that keep DuckDB's binder fast: it binds deep expressions in cubic
// time.

#include <functional>
#include <map>
#include <vector>

#include "resolved/plan.h"

namespace hanok::engine {

// Calls `f` for every child plan (not for subqueries inside expressions).
void for_each_child(
    const resolved::Plan& plan, const std::function<void(const resolved::PlanPtr&)>& f);
// Calls `f` for every direct child expression.
void for_each_child(
    const resolved::Expression& expr, const std::function<void(const resolved::ExprPtr&)>& f);

// The expression with its direct children replaced by f(child); the same pointer when none changed.
resolved::ExprPtr map_children(const resolved::ExprPtr& expr,
    const std::function<resolved::ExprPtr(const resolved::ExprPtr&)>& f);

int plan_depth(const resolved::Plan& plan);
int expression_height(const resolved::Expression& expr);

// Higher expressions are cut.
inline constexpr int kMaxHeight = 24;

// A chain of Projects as one, as far as no computed column would be computed more often.
struct MergedProject {
    resolved::PlanPtr child;
    resolved::NamedExprs columns;
};
MergedProject merge_projects(const resolved::Project& project);

// Parts of deep expressions that are computed in projections of their own, below: levels[0] first.
struct Hoisted {
    std::vector<resolved::NamedExprs> levels;
};
// Replaces what is higher than `limit` in each expression and adds the parts to `hoisted`. Only
// parts that are computed in any case are taken (never a branch of CASE), so that guarded errors
// stay guarded. `next_id` counts down.
resolved::ExprPtr hoist_deep_parts(
    const resolved::ExprPtr& expr, int limit, Hoisted* hoisted, int64_t* next_id);

// An aggregation whose expressions are deep, as projections around a plain one; null when none is.
resolved::PlanPtr split_deep_aggregate(const resolved::AggregatePlan& aggregate, int64_t* next_id);

}  // namespace hanok::engine
