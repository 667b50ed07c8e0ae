#include <duckdb/parser/expression/conjunction_expression.hpp>

#include "base/error.h"
#include "engine/lowering/lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::WindowBoundary;
using resolved::FrameBound;

namespace {

duckdb::unique_ptr<duckdb::WindowExpression> window_over(duckdb::FunctionExpression& function) {
    auto window = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_AGGREGATE, INVALID_CATALOG, INVALID_SCHEMA,
        function.function_name);
    window->children = std::move(function.children);
    if (function.order_bys) window->arg_orders = std::move(function.order_bys->orders);
    return window;
}

WindowBoundary boundary(FrameBound::Kind kind, bool rows) {
    switch (kind) {
        case FrameBound::Kind::kUnboundedPreceding: return WindowBoundary::UNBOUNDED_PRECEDING;
        case FrameBound::Kind::kUnboundedFollowing: return WindowBoundary::UNBOUNDED_FOLLOWING;
        case FrameBound::Kind::kCurrentRow:
            return rows ? WindowBoundary::CURRENT_ROW_ROWS : WindowBoundary::CURRENT_ROW_RANGE;
        case FrameBound::Kind::kPreceding:
            return rows ? WindowBoundary::EXPR_PRECEDING_ROWS
                        : WindowBoundary::EXPR_PRECEDING_RANGE;
        case FrameBound::Kind::kFollowing:
            return rows ? WindowBoundary::EXPR_FOLLOWING_ROWS
                        : WindowBoundary::EXPR_FOLLOWING_RANGE;
    }
    return WindowBoundary::INVALID;
}

bool has_offset(const resolved::Window& window) {
    return window.lower.offset != nullptr || window.upper.offset != nullptr;
}

// The key of a RANGE frame with offsets, in a type whose additions neither overflow nor depend on a
// session.
DuckExpr range_key(DuckExpr key, const types::DataType& type, const types::DataType& offset) {
    switch (type.id()) {
        case types::TypeId::kByte:
        case types::TypeId::kShort:
        case types::TypeId::kInteger:
        case types::TypeId::kYearMonthInterval:
            return duck_cast(std::move(key), duckdb::LogicalType::BIGINT);
        case types::TypeId::kLong:
        case types::TypeId::kDayTimeInterval:
            return duck_cast(std::move(key), duckdb::LogicalType::HUGEINT);
        case types::TypeId::kTimestamp:
        case types::TypeId::kTimestampNtz: {
            auto micros = duck_call("epoch_us", duck_list(std::move(key)));
            if (offset.is(types::TypeId::kYearMonthInterval))
                return duck_call("make_timestamp", duck_list(std::move(micros)));
            return duck_cast(std::move(micros), duckdb::LogicalType::HUGEINT);
        }
        default: return key;
    }
}

DuckExpr range_offset(DuckExpr offset, const types::DataType& key, const types::DataType& type) {
    bool dated = key.is_datetime();
    if (dated && type.is(types::TypeId::kYearMonthInterval))
        return duck_call("to_months", duck_list(std::move(offset)));
    if (key.is(types::TypeId::kDate)) {
        if (type.is(types::TypeId::kDayTimeInterval))
            return duck_call("to_microseconds", duck_list(std::move(offset)));
        return duck_cast(std::move(offset), duckdb::LogicalType::INTEGER);
    }
    switch (key.id()) {
        case types::TypeId::kByte:
        case types::TypeId::kShort:
        case types::TypeId::kInteger:
        case types::TypeId::kYearMonthInterval:
            return duck_cast(std::move(offset), duckdb::LogicalType::BIGINT);
        case types::TypeId::kLong:
        case types::TypeId::kDayTimeInterval:
        case types::TypeId::kTimestamp:
        case types::TypeId::kTimestampNtz:
            return duck_cast(std::move(offset), duckdb::LogicalType::HUGEINT);
        default: return duck_cast(std::move(offset), to_logical_type(key));
    }
}

}  // namespace

void Lowering::set_frame(const resolved::Window& window, duckdb::WindowExpression* target) {
    target->start = boundary(window.lower.kind, window.rows_frame);
    target->end = boundary(window.upper.kind, window.rows_frame);
    if (!has_offset(window)) return;
    if (window.rows_frame) {
        if (window.lower.offset)
            target->start_expr = duck_cast(
                lower_expression(*window.lower.offset), duckdb::LogicalType::BIGINT);
        if (window.upper.offset)
            target->end_expr = duck_cast(
                lower_expression(*window.upper.offset), duckdb::LogicalType::BIGINT);
        return;
    }
    if (window.order_by.size() != 1)
        throw internal_error("a RANGE frame with offsets has one ORDER BY expression");
    const auto& key = *window.order_by[0].expr;
    const auto& offset = window.lower.offset ? *window.lower.offset : *window.upper.offset;
    target->orders.clear();
    target->orders.emplace_back(
        window.order_by[0].ascending ? duckdb::OrderType::ASCENDING : duckdb::OrderType::DESCENDING,
        window.order_by[0].nulls_first ? duckdb::OrderByNullType::NULLS_FIRST
                                       : duckdb::OrderByNullType::NULLS_LAST,
        range_key(lower_expression(key), *key.type, *offset.type));
    auto lower_offset = [&](const resolved::ExprPtr& expr) {
        return range_offset(lower_expression(*expr), *key.type, *expr->type);
    };
    if (window.lower.offset) target->start_expr = lower_offset(window.lower.offset);
    if (window.upper.offset) target->end_expr = lower_offset(window.upper.offset);
}

DuckExpr Lowering::lower_window_call(const resolved::Window& window) {
    duckdb::unique_ptr<duckdb::WindowExpression> result;
    std::function<DuckExpr(DuckExpr)> finish;
    if (window.is_aggregate) {
        const auto* lower = FunctionLowerings::builtin().find_aggregate(window.function);
        if (lower == nullptr)
            throw unsupported_feature("the aggregate function " + window.function);
        static const std::vector<resolved::SortOrder> kNoOrder;
        AggregateCall call{window.function, window.args, window.type, kNoOrder, window.distinct,
            window.ignore_nulls, window.ansi, true};
        auto lowered = (*lower)(context_, call, lower_list(window.args), {});
        result = window_over(*lowered.function);
        result->distinct = window.distinct || lowered.function->distinct;
        if (lowered.function->filter) result->filter_expr = std::move(lowered.function->filter);
        finish = std::move(lowered.finish);
    } else {
        const auto* lower = FunctionLowerings::builtin().find_window(window.function);
        if (lower == nullptr) throw unsupported_feature("the window function " + window.function);
        auto lowered = (*lower)(context_, window, lower_list(window.args));
        result = std::move(lowered.window);
        finish = std::move(lowered.finish);
    }
    if (window.filter) {
        auto filter = lower_expression(*window.filter);
        result->filter_expr = !result->filter_expr
                                  ? std::move(filter)
                                  : duckdb::make_uniq<duckdb::ConjunctionExpression>(
                                        duckdb::ExpressionType::CONJUNCTION_AND,
                                        std::move(result->filter_expr), std::move(filter));
    }
    for (const auto& key : window.partition_by) {
        if (key->kind != resolved::ExprKind::kLiteral)
            result->partitions.push_back(lower_key(*key));
    }
    result->orders = lower_orders(window.order_by);
    set_frame(window, result.get());
    DuckExpr expr = std::move(result);
    return finish ? finish(std::move(expr)) : std::move(expr);
}

DuckNode Lowering::lower_window(const resolved::WindowPlan& window) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(window.child, &node->where_clause);
    if (!window.child->output.empty()) select_columns(window.child->output, node.get());
    Visible visible(*this, {&window.child->output});
    for (const auto& column : window.columns)
        node->select_list.push_back(
            named(lower_expression(*column.expr), column_name(column.attribute.id)));
    return node;
}

}  // namespace hanok::engine
