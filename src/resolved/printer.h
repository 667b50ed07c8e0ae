#pragma once
// The tree text of EXPLAIN.

#include <functional>
#include <string>

#include "resolved/plan.h"

namespace hanok::resolved {

// How an expression is written; the analyzer's expression_sql when it prints.
using ExpressionText = std::function<std::string(const Expression&)>;

// One line a node, children below with ":- " and "+- ": Project [a#1, b#2], Filter (a#1 > 1), …
// Columns carry their ids.
// `suffix`, when given, adds to the line of a node.
std::string plan_tree(const Plan& plan, const ExpressionText& text,
    const std::function<std::string(const Plan&)>& suffix = nullptr);

}  // namespace hanok::resolved
