#pragma once
#include <memory>
#include <vector>

namespace hanok::plan {

struct Expression;
using ExprPtr = std::shared_ptr<const Expression>;
using Exprs = std::vector<ExprPtr>;

struct Relation;
using RelationPtr = std::shared_ptr<const Relation>;

struct Command;
using CommandPtr = std::shared_ptr<const Command>;

}  // namespace hanok::plan
