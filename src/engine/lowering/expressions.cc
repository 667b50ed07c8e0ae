#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "engine/functions/cast.h"
#include "engine/functions/error_place.h"
#include "engine/functions/value_kernel.h"
#include "engine/lowering/keys.h"
#include "engine/lowering/lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using resolved::ExprKind;

DuckExpr named(DuckExpr expr, const std::string& name) {
    expr->SetAlias(name);
    return expr;
}

namespace {

std::string name_in_scope(resolved::AttributeId id, int scope) {
    auto number = static_cast<int64_t>(id);
    std::string name = number < 0 ? "h" + std::to_string(-number) : "c" + std::to_string(number);
    return scope == 0 ? name : name + "_" + std::to_string(scope);
}

}  // namespace

std::string Lowering::column_name(resolved::AttributeId id) const {
    return name_in_scope(id, scopes_.back().number);
}

DuckExpr Lowering::column(resolved::AttributeId id) const {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(column_name(id));
}

DuckExprs Lowering::lower_list(const resolved::Exprs& exprs) {
    DuckExprs list;
    for (const auto& expr : exprs) list.push_back(lower_expression(*expr));
    return list;
}

namespace {

// DuckDB gives integer and string constants types of their own, which pick other overloads: a cast
// fixes the type.
DuckExpr lower_literal(const resolved::Literal& literal) {
    auto constant = duck_constant(to_duckdb_value(literal.value, *literal.type));
    auto type = to_logical_type(*literal.type);
    if (literal.value.is_null() || type.IsIntegral()) return duck_cast(std::move(constant), type);
    return constant;
}

std::string lambda_name(resolved::AttributeId id) {
    return "l" + std::to_string(static_cast<int64_t>(id));
}

}  // namespace

DuckExpr Lowering::lower_expression(const resolved::Expression& expr) {
    switch (expr.kind) {
        case ExprKind::kLiteral: return lower_literal(expr.as<resolved::Literal>());
        case ExprKind::kAttribute: {
            const auto& ref = expr.as<resolved::AttributeRef>();
            if (ref.is_lambda)
                return duckdb::make_uniq<duckdb::ColumnRefExpression>(lambda_name(ref.id));
            return column(ref.id);
        }
        case ExprKind::kOuterAttribute: return lower_outer(expr.as<resolved::OuterAttributeRef>());
        case ExprKind::kCall: return lower_call(expr.as<resolved::Call>());
        case ExprKind::kCast: {
            const auto& cast = expr.as<resolved::Cast>();
            auto child = lower_expression(*cast.child);
            if (cast.child->type->same_structure(*cast.type)) return child;
            return at_place(
                lower_cast(context_, std::move(child), *cast.child->type, *cast.type, cast.mode),
                cast.origin);
        }
        case ExprKind::kAggregate: return lower_aggregate_call(expr.as<resolved::Aggregate>());
        case ExprKind::kWindow: return lower_window_call(expr.as<resolved::Window>());
        case ExprKind::kLambda: {
            const auto& lambda = expr.as<resolved::Lambda>();
            duckdb::vector<std::string> parameters;
            for (const auto& parameter : lambda.parameters)
                parameters.push_back(lambda_name(parameter.id));
            return duckdb::make_uniq<duckdb::LambdaExpression>(
                std::move(parameters), lower_expression(*lambda.body));
        }
        case ExprKind::kSubquery: return lower_subquery(expr.as<resolved::Subquery>());
        case ExprKind::kPythonUdf: throw unsupported_feature("Python user-defined functions");
    }
    throw internal_error("unknown expression");
}

DuckExpr Lowering::lower_outer(const resolved::OuterAttributeRef& ref) {
    // The innermost scope is the subquery's own: an outer reference looks past it.
    for (size_t i = scopes_.size() - 1; i-- > 0;) {
        for (const auto* attributes : scopes_[i].visible) {
            for (const auto& attribute : *attributes) {
                if (attribute.id == ref.id)
                    return duckdb::make_uniq<duckdb::ColumnRefExpression>(
                        name_in_scope(ref.id, scopes_[i].number));
            }
        }
    }
    throw internal_error("outer column " + ref.name + "#" +
                         std::to_string(static_cast<int64_t>(ref.id)) + " is not in scope");
}

namespace {

// a AND (b AND c) as one list; iterative, because such chains get thousands long.
std::vector<const resolved::Expression*> flatten(const resolved::Call& call) {
    std::vector<const resolved::Expression*> flat;
    std::vector<const resolved::Expression*> pending;
    for (size_t i = call.args.size(); i-- > 0;) pending.push_back(call.args[i].get());
    while (!pending.empty()) {
        const auto* expr = pending.back();
        pending.pop_back();
        if (expr->kind == ExprKind::kCall && expr->as<resolved::Call>().function == call.function) {
            const auto& args = expr->as<resolved::Call>().args;
            for (size_t i = args.size(); i-- > 0;) pending.push_back(args[i].get());
        } else {
            flat.push_back(expr);
        }
    }
    return flat;
}

}  // namespace

DuckExpr Lowering::lower_connective(const resolved::Call& call) {
    auto type = call.function == "and" ? duckdb::ExpressionType::CONJUNCTION_AND
                                       : duckdb::ExpressionType::CONJUNCTION_OR;
    DuckExprs children;
    for (const auto* child : flatten(call)) children.push_back(lower_expression(*child));
    if (children.size() == 1) return std::move(children[0]);
    return duckdb::make_uniq<duckdb::ConjunctionExpression>(type, std::move(children));
}

DuckExpr Lowering::lower_call(const resolved::Call& call) {
    const auto& lowerings = FunctionLowerings::builtin();
    if (call.function == "and" || call.function == "or") return lower_connective(call);
    bool is_grouping = call.function == "grouping" || call.function == "grouping_id";
    if (is_grouping && call.args.empty())
        return duck_cast(
            duck_constant(duckdb::Value::BIGINT(0)), to_logical_type(*call.type));  // GROUP BY ()
    if (is_grouping) {
        auto grouping = duckdb::make_uniq<duckdb::OperatorExpression>(
            duckdb::ExpressionType::GROUPING_FUNCTION);
        for (const auto& arg : call.args) grouping->children.push_back(lower_expression(*arg));
        return duck_cast(std::move(grouping), to_logical_type(*call.type));
    }
    if (call.function == "concat" && call.type->is_string() && call.args.size() > 1) {
        resolved::Call wide(call.function, {}, call.type, call.nullable);
        wide.ansi = call.ansi;
        DuckExprs args;
        // Kept alive by `call`, whose descendants they are.
        for (const auto* child : flatten(call)) {
            wide.args.emplace_back(resolved::ExprPtr(), child);
            args.push_back(lower_expression(*child));
        }
        return lowerings.lower_scalar(context_, wide, std::move(args));
    }
    return lowerings.lower_scalar(context_, call, lower_list(call.args));
}

DuckExpr Lowering::lower_subquery(const resolved::Subquery& subquery) {
    auto result = duckdb::make_uniq<duckdb::SubqueryExpression>();
    if (subquery.subquery_kind == resolved::SubqueryKind::kIn) {
        auto values = lower_list(subquery.in_values);
        result->child = values.size() == 1 ? std::move(values[0])
                                           : duck_call("row", std::move(values));
        result->comparison_type = duckdb::ExpressionType::COMPARE_EQUAL;
        result->subquery_type = duckdb::SubqueryType::ANY;
    } else {
        result->subquery_type = subquery.subquery_kind == resolved::SubqueryKind::kScalar
                                    ? duckdb::SubqueryType::SCALAR
                                    : duckdb::SubqueryType::EXISTS;
    }
    EnterScope scope(*this);
    result->subquery = duckdb::make_uniq<duckdb::SelectStatement>();
    result->subquery->node = lower_node(*subquery.plan);
    return result;
}

duckdb::vector<duckdb::OrderByNode> Lowering::lower_orders(
    const std::vector<resolved::SortOrder>& orders) {
    duckdb::vector<duckdb::OrderByNode> lowered;
    for (const auto& order : orders) {
        const auto* inner = order.expr.get();
        while (inner->kind == ExprKind::kCast) inner = inner->as<resolved::Cast>().child.get();
        if (inner->kind == ExprKind::kLiteral) continue;
        lowered.emplace_back(
            order.ascending ? duckdb::OrderType::ASCENDING : duckdb::OrderType::DESCENDING,
            order.nulls_first ? duckdb::OrderByNullType::NULLS_FIRST
                              : duckdb::OrderByNullType::NULLS_LAST,
            lower_key(*order.expr));
    }
    return lowered;
}

bool holds_map(const types::DataType& type) {
    switch (type.id()) {
        case types::TypeId::kMap: return true;
        case types::TypeId::kArray: return holds_map(*type.element());
        case types::TypeId::kStruct: {
            const auto& fields = type.fields();
            return std::any_of(
                fields.begin(), fields.end(), [](const auto& f) { return holds_map(*f.type); });
        }
        default: return false;
    }
}

bool needs_key(const types::DataType& type) {
    return holds_map(type) || (type.is_string() && !type.is_default_collation());
}

DuckExpr Lowering::lower_key(const resolved::Expression& expr) {
    auto key = lower_expression(expr);
    if (holds_map(*expr.type))
        return value_call("spark_sorted_maps", *expr.type, duck_list(std::move(key)));
    if (!expr.type->is_string() || expr.type->is_default_collation()) return key;
    return duck_call("spark_collation_key",
        duck_list(std::move(key), duck_constant(duckdb::Value(expr.type->collation()))));
}

}  // namespace hanok::engine
