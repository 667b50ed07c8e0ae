#include <algorithm>
#include <duckdb/parser/expression/conjunction_expression.hpp>

#include "base/error.h"
#include "engine/lowering/keys.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/metadata_answer.h"
#include "engine/lowering/plan_shape.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

bool has_key(const resolved::AggregatePlan& aggregate) {
    for (const auto& key : aggregate.grouping)
        if (needs_key(*key->type)) return true;
    return false;
}

bool has_total(const resolved::AggregatePlan& aggregate) {
    const auto& sets = aggregate.grouping_sets;
    return !aggregate.grouping.empty() &&
           std::any_of(sets.begin(), sets.end(), [](const auto& set) { return set.empty(); });
}

// A lowering may have a filter of its own (IGNORE NULLS, lists without NULL).
DuckExpr both(DuckExpr a, DuckExpr b) {
    return duckdb::make_uniq<duckdb::ConjunctionExpression>(
        duckdb::ExpressionType::CONJUNCTION_AND, std::move(a), std::move(b));
}

}  // namespace

namespace {

// A string of a collation inside of something else: there is no key for that.
bool nests_collation(const types::DataType& type) {
    switch (type.id()) {
        case types::TypeId::kArray:
            return nests_collation(*type.element()) || needs_key(*type.element());
        case types::TypeId::kStruct:
            return std::any_of(type.fields().begin(), type.fields().end(),
                [](const auto& f) { return nests_collation(*f.type) || needs_key(*f.type); });
        default: return false;
    }
}

}  // namespace

// DISTINCT counts by the values' keys.
DuckExprs Lowering::lower_arguments(const resolved::Aggregate& aggregate) {
    bool keyed = aggregate.distinct && std::any_of(aggregate.args.begin(), aggregate.args.end(),
                                           [](const auto& arg) { return needs_key(*arg->type); });
    bool nested = aggregate.distinct &&
                  std::any_of(aggregate.args.begin(), aggregate.args.end(),
                      [](const auto& arg) { return nests_collation(*arg->type); });
    if (!keyed && !nested) return lower_list(aggregate.args);
    if (aggregate.function != "count" || nested)
        throw unsupported_feature(aggregate.function + "(DISTINCT …) of strings of a collation");
    DuckExprs keys;
    for (const auto& arg : aggregate.args) keys.push_back(lower_key(*arg));
    return keys;
}

DuckExpr Lowering::lower_aggregate_call(const resolved::Aggregate& aggregate) {
    const auto* lower = FunctionLowerings::builtin().find_aggregate(aggregate.function);
    if (lower == nullptr) throw unsupported_feature("the aggregate function " + aggregate.function);
    AggregateCall call{aggregate.function, aggregate.args, aggregate.type, aggregate.within_group,
        aggregate.distinct, aggregate.ignore_nulls, aggregate.ansi, false};
    DuckExprs order;
    for (const auto& item : aggregate.within_group) order.push_back(lower_expression(*item.expr));
    auto lowered = (*lower)(context_, call, lower_arguments(aggregate), std::move(order));
    auto& function = *lowered.function;
    if (aggregate.distinct) function.distinct = true;
    if (aggregate.filter) {
        auto filter = lower_expression(*aggregate.filter);
        function.filter = function.filter ? both(std::move(function.filter), std::move(filter))
                                          : std::move(filter);
    }
    if (!aggregate.within_group.empty() &&
        (!function.order_bys || function.order_bys->orders.empty())) {
        auto modifier = duckdb::make_uniq<duckdb::OrderModifier>();
        modifier->orders = lower_orders(aggregate.within_group);
        if (!modifier->orders.empty()) function.order_bys = std::move(modifier);
    }
    DuckExpr result = std::move(lowered.function);
    return lowered.finish ? lowered.finish(std::move(result)) : std::move(result);
}

DuckNode Lowering::lower_aggregate(const resolved::AggregatePlan& aggregate) {
    if (auto answer = answer_from_metadata(aggregate, context_.query, &next_hoisted_);
        answer.plan) {
        result_.keep_alive.push_back(answer.plan);
        result_.notes.push_back(std::move(answer.note));
        return lower_aggregate(answer.plan->as<resolved::AggregatePlan>());
    }
    if (auto split = split_deep_aggregate(aggregate, &next_hoisted_)) return lower_node(*split);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(aggregate.child, &node->where_clause);
    Visible visible(*this, {&aggregate.child->output});
    // Where a key decides the group, any of its values stands for it.
    bool keyed = has_key(aggregate);
    for (const auto& key : aggregate.grouping)
        node->groups.group_expressions.push_back(lower_key(*key));
    if (aggregate.grouping_sets.empty()) {
        duckdb::GroupingSet all;
        for (size_t i = 0; i < aggregate.grouping.size(); ++i) all.insert(i);
        // No key at all is one group of all rows, even without an aggregate function.
        node->groups.grouping_sets.push_back(std::move(all));
    }
    for (const auto& indexes : aggregate.grouping_sets) {
        duckdb::GroupingSet set;
        for (int index : indexes) set.insert(static_cast<duckdb::idx_t>(index));
        node->groups.grouping_sets.push_back(std::move(set));
    }
    if (has_total(aggregate)) {
        // Of no rows at all Spark's grouping sets make no groups, even that of all rows.
        node->having = duck_compare(duckdb::ExpressionType::COMPARE_GREATERTHAN,
            duck_call("count_star", {}), duck_constant(duckdb::Value::BIGINT(0)));
    }
    for (const auto& column : aggregate.columns) {
        auto expr = column.expr;
        if (keyed && expr->kind == resolved::ExprKind::kAttribute && needs_key(*expr->type)) {
            node->select_list.push_back(
                named(duck_call("first", duck_list(lower_expression(*expr))),
                    column_name(column.attribute.id)));
            continue;
        }
        node->select_list.push_back(
            named(lower_expression(*expr), column_name(column.attribute.id)));
    }
    if (node->select_list.empty()) select_columns({}, node.get());
    return node;
}

}  // namespace hanok::engine
