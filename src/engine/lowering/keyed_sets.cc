// INTERSECT and EXCEPT of rows that are equal though they are not the same: strings of a collation,
// maps.
#include "engine/lowering/lowering.h"

namespace hanok::engine {

using duckdb::ExpressionType;

namespace {

DuckExpr key_column(const std::string& side, size_t i) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(side + std::to_string(i));
}

// A window over the rows of equal keys.
duckdb::unique_ptr<duckdb::WindowExpression> over_equal(
    ExpressionType type, const char* function, const std::string& side, size_t keys) {
    auto window = duckdb::make_uniq<duckdb::WindowExpression>(
        type, INVALID_CATALOG, INVALID_SCHEMA, function);
    for (size_t i = 0; i < keys; ++i) window->partitions.push_back(key_column(side, i));
    window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    window->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    return window;
}

std::string rank_of(const std::string& side) { return side + "rank"; }

}  // namespace

DuckTable Lowering::lower_keys(const resolved::Plan& plan, const std::string& key, bool values) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_table(plan);
    if (values) select_columns(plan.output, node.get());
    Visible visible(*this, {&plan.output});
    for (size_t i = 0; i < plan.output.size(); ++i)
        node->select_list.push_back(
            named(lower_key(resolved::AttributeRef(plan.output[i])), key + std::to_string(i)));
    return as_table(std::move(node));
}

// With the place of each row among those equal to it; the values are those of the first of them.
DuckTable Lowering::lower_ranked_keys(
    const resolved::Plan& plan, const std::string& key, bool values) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_keys(plan, key, values);
    auto keys = plan.output.size();
    for (size_t i = 0; i < keys; ++i) {
        node->select_list.push_back(named(key_column(key, i), key + std::to_string(i)));
        if (!values) continue;
        auto first = over_equal(ExpressionType::WINDOW_FIRST_VALUE, "first_value", key, keys);
        first->children.push_back(column(plan.output[i].id));
        node->select_list.push_back(named(std::move(first), column_name(plan.output[i].id)));
    }
    node->select_list.push_back(named(
        over_equal(ExpressionType::WINDOW_ROW_NUMBER, "row_number", key, keys), rank_of(key)));
    return as_table(std::move(node));
}

DuckNode Lowering::lower_keyed_set(const resolved::SetOperation& operation) {
    const std::string left = "left_key", right = "right_key";
    const auto& sides = operation.children;
    auto join = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::REGULAR);
    bool keeps_common = operation.type == resolved::SetOpType::kIntersect;
    join->type = keeps_common ? duckdb::JoinType::SEMI : duckdb::JoinType::ANTI;
    join->left = operation.all ? lower_ranked_keys(*sides[0], left, true)
                               : lower_keys(*sides[0], left, true);
    join->right = operation.all ? lower_ranked_keys(*sides[1], right, false)
                                : lower_keys(*sides[1], right, false);
    auto distinct = duckdb::make_uniq<duckdb::DistinctModifier>();
    DuckExprs equal;
    for (size_t i = 0; i < operation.output.size(); ++i) {
        equal.push_back(duck_compare(
            ExpressionType::COMPARE_NOT_DISTINCT_FROM, key_column(left, i), key_column(right, i)));
        distinct->distinct_on_targets.push_back(key_column(left, i));
    }
    if (operation.all) {
        equal.push_back(duck_compare(ExpressionType::COMPARE_EQUAL,
            duckdb::make_uniq<duckdb::ColumnRefExpression>(rank_of(left)),
            duckdb::make_uniq<duckdb::ColumnRefExpression>(rank_of(right))));
    }
    join->condition = equal.size() == 1 ? std::move(equal[0])
                                        : duckdb::make_uniq<duckdb::ConjunctionExpression>(
                                              ExpressionType::CONJUNCTION_AND, std::move(equal));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(join);
    const auto& first = sides.front()->output;
    for (size_t i = 0; i < operation.output.size(); ++i)
        node->select_list.push_back(
            named(column(first[i].id), column_name(operation.output[i].id)));
    if (!operation.all) node->modifiers.push_back(std::move(distinct));
    return node;
}

}  // namespace hanok::engine
