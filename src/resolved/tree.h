#pragma once
// Walking and rewriting typed expressions.

#include <functional>
#include <set>

#include "resolved/expression.h"

namespace hanok::resolved {

// Direct parts of an expression (arguments, filters, orders, lambda bodies; not the plans of
// subqueries).
Exprs children(const Expression& e);

// The same node over other parts, in the order of children(). Shares `e` when nothing changed.
ExprPtr with_children(const ExprPtr& e, const Exprs& parts);

// Top-down: where `rewrite` gives non-null, that replaces the node and its parts are not visited.
ExprPtr transform(const ExprPtr& e, const std::function<ExprPtr(const ExprPtr&)>& rewrite);

// Pre-order. `visit` returns false to skip the parts of a node.
void walk(const Expression& e, const std::function<bool(const Expression&)>& visit);

bool contains(const Expression& e, ExprKind kind);

// Same value on the same row: structure, attribute ids, functions and constants agree.
bool same_expression(const Expression& a, const Expression& b);

// False when two evaluations may differ (rand, uuid, UDFs that say so).
bool is_deterministic(const Expression& e);

// Needs no row: literals and deterministic functions of them.
bool is_foldable(const Expression& e);

// Ids of the columns of the plan below that an expression reads (with those that its subqueries
// read).
std::set<AttributeId> references(const Expression& e);

// A reference to a column.
ExprPtr ref(const Attribute& attribute);

}  // namespace hanok::resolved
