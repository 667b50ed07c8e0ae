// The parts of DuckDB's expressions that lowering code is made of.

#include <duckdb/parser/expression/case_expression.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

DuckExpr duck_call(const std::string& name, DuckExprs args) {
    return duckdb::make_uniq<duckdb::FunctionExpression>(name, std::move(args));
}
DuckExpr duck_constant(duckdb::Value value) {
    return duckdb::make_uniq<duckdb::ConstantExpression>(std::move(value));
}
DuckExpr duck_cast(DuckExpr child, const duckdb::LogicalType& type, bool try_cast) {
    return duckdb::make_uniq<duckdb::CastExpression>(type, std::move(child), try_cast);
}
DuckExpr duck_operator(duckdb::ExpressionType type, DuckExprs args) {
    auto op = duckdb::make_uniq<duckdb::OperatorExpression>(type);
    op->children = std::move(args);
    return op;
}
DuckExpr duck_compare(duckdb::ExpressionType type, DuckExpr left, DuckExpr right) {
    return duckdb::make_uniq<duckdb::ComparisonExpression>(type, std::move(left), std::move(right));
}
DuckExpr duck_case(DuckExpr condition, DuckExpr then, DuckExpr otherwise) {
    auto expr = duckdb::make_uniq<duckdb::CaseExpression>();
    duckdb::CaseCheck check;
    check.when_expr = std::move(condition);
    check.then_expr = std::move(then);
    expr->case_checks.push_back(std::move(check));
    expr->else_expr = std::move(otherwise);
    return expr;
}

}  // namespace hanok::engine
