#pragma once
// Resolved plans built by hand, and their rows as text: for tests of the engine.

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine::testing {

using namespace resolved;
using types::DataType;
using types::TypePtr;

inline Attribute attribute(
    int64_t id, TypePtr type, const std::string& name = "", bool nullable = true) {
    Attribute a;
    a.id = AttributeId{id};
    a.name = name.empty() ? "col" + std::to_string(id) : name;
    a.type = std::move(type);
    a.nullable = nullable;
    return a;
}

inline ExprPtr ref(const Attribute& a) { return std::make_shared<AttributeRef>(a); }
inline ExprPtr outer(const Attribute& a) { return std::make_shared<OuterAttributeRef>(a); }
inline ExprPtr literal(types::Value value, TypePtr type) {
    return std::make_shared<Literal>(std::move(type), std::move(value));
}
inline ExprPtr lit(int value) { return literal(types::int_value(value), DataType::long_()); }
inline ExprPtr lit(int64_t value) { return literal(types::int_value(value), DataType::long_()); }
inline ExprPtr lit(const char* value) {
    return literal(types::string_value(value), DataType::string());
}
inline ExprPtr null_of(TypePtr type) { return literal({}, std::move(type)); }
inline ExprPtr call(const std::string& function, Exprs args, TypePtr type) {
    return std::make_shared<Call>(function, std::move(args), std::move(type), true);
}
inline ExprPtr plus(ExprPtr a, ExprPtr b) {
    return call("+", {std::move(a), std::move(b)}, DataType::long_());
}
inline ExprPtr equal(ExprPtr a, ExprPtr b) {
    return call("=", {std::move(a), std::move(b)}, DataType::boolean());
}
inline ExprPtr greater(ExprPtr a, ExprPtr b) {
    return call(">", {std::move(a), std::move(b)}, DataType::boolean());
}
inline std::shared_ptr<Aggregate> aggregate(const std::string& function, Exprs args, TypePtr type) {
    return std::make_shared<Aggregate>(function, std::move(args), std::move(type), true);
}

inline PlanPtr range(const Attribute& out, int64_t start, int64_t end, int64_t step = 1) {
    auto plan = std::make_shared<Range>();
    plan->start = start;
    plan->end = end;
    plan->step = step;
    plan->output = {out};
    return plan;
}
inline PlanPtr values(Attributes out, std::vector<Exprs> rows) {
    auto plan = std::make_shared<Values>();
    plan->output = std::move(out);
    plan->rows = std::move(rows);
    return plan;
}
inline PlanPtr project(PlanPtr child, NamedExprs columns) {
    auto plan = std::make_shared<Project>();
    plan->child = std::move(child);
    for (const auto& column : columns) plan->output.push_back(column.attribute);
    plan->columns = std::move(columns);
    return plan;
}
inline PlanPtr filter(PlanPtr child, ExprPtr condition) {
    auto plan = std::make_shared<Filter>();
    plan->output = child->output;
    plan->child = std::move(child);
    plan->condition = std::move(condition);
    return plan;
}
inline PlanPtr sort(PlanPtr child, std::vector<SortOrder> order) {
    auto plan = std::make_shared<Sort>();
    plan->output = child->output;
    plan->child = std::move(child);
    plan->order = std::move(order);
    return plan;
}
inline PlanPtr sort(PlanPtr child, ExprPtr key) {
    return sort(std::move(child), std::vector<SortOrder>{{std::move(key), true, true}});
}
inline PlanPtr limit(PlanPtr child, std::optional<int64_t> rows, int64_t offset = 0) {
    auto plan = std::make_shared<Limit>();
    plan->output = child->output;
    plan->child = std::move(child);
    plan->limit = rows;
    plan->offset = offset;
    return plan;
}
inline PlanPtr join(
    PlanPtr left, PlanPtr right, JoinType type, ExprPtr condition, bool lateral = false) {
    auto plan = std::make_shared<Join>();
    plan->output = left->output;
    if (type != JoinType::kLeftSemi && type != JoinType::kLeftAnti)
        plan->output.insert(plan->output.end(), right->output.begin(), right->output.end());
    plan->left = std::move(left);
    plan->right = std::move(right);
    plan->type = type;
    plan->condition = std::move(condition);
    plan->lateral = lateral;
    return plan;
}
inline PlanPtr group_by(PlanPtr child, std::vector<ExprPtr> keys, NamedExprs columns,
    std::vector<std::vector<int>> sets = {}) {
    auto plan = std::make_shared<AggregatePlan>();
    plan->child = std::move(child);
    plan->grouping = std::move(keys);
    plan->grouping_sets = std::move(sets);
    for (const auto& column : columns) plan->output.push_back(column.attribute);
    plan->columns = std::move(columns);
    return plan;
}

// An engine shared by the tests of a program.
Engine& shared_engine();
// Rows as "1,a;2,NULL": numbers, texts, lists as [..].
std::string rows(const PlanPtr& plan, const QueryContext& context = {});
// The condition of the error that running the plan raises, "" when it raises none.
std::string condition(const PlanPtr& plan, const QueryContext& context = {});

}  // namespace hanok::engine::testing
