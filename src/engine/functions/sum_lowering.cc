#include "engine/functions/sum_lowering.h"

#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/aggregates.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::Value;
using types::DataType;
using types::TypeId;
using types::TypePtr;

DuckExpr renamed(const DuckExpr& aggregate, const std::string& name) {
    auto copy = aggregate->Copy();
    if (copy->GetExpressionClass() == duckdb::ExpressionClass::WINDOW) {
        copy->Cast<duckdb::WindowExpression>().function_name = name;
    } else {
        copy->Cast<duckdb::FunctionExpression>().function_name = name;
    }
    return copy;
}

namespace {

// The sum of a function of the argument that an aggregate (plain or over a window) sums.
DuckExpr sum_of(const DuckExpr& aggregate, const std::function<DuckExpr(DuckExpr)>& part) {
    auto copy = aggregate->Copy();
    auto& children = copy->GetExpressionClass() == duckdb::ExpressionClass::WINDOW
                         ? copy->Cast<duckdb::WindowExpression>().children
                         : copy->Cast<duckdb::FunctionExpression>().children;
    children[0] = part(std::move(children[0]));
    return copy;
}

// May a sum of a few decimals be too large for the 128 bits in which DuckDB sums?
bool passes_hugeint(const AggregateCall& call) {
    const auto& type = *call.args[0]->type;
    return type.is(TypeId::kDecimal) && type.precision() > 28;
}

// The sum of decimals as DECIMAL(38, scale), NULL where that is too narrow: upper and lower digits
// are summed apart.
DuckExpr wide_sum(const DuckExpr& aggregate, int scale) {
    auto half = [&](const char* op) {
        return sum_of(aggregate, [&](DuckExpr x) {
            auto split = Value::HUGEINT(duckdb::hugeint_t(0, 10'000'000'000'000'000'000ULL));
            return duck_call(op, duck_list(unscaled(std::move(x)), duck_constant(split)));
        });
    };
    auto sum = duck_call("spark_wide_sum", duck_list(half("//"), half("%")));
    return as_decimal(std::move(sum), 38, scale);
}

// The sum of intervals, for its overflow: NULL or an error.
DuckExpr interval_sum(const DuckExpr& average, const DataType& type, bool is_try) {
    auto sum = duck_cast(renamed(average, "sum"), LogicalType::HUGEINT);
    bool is_months = type.is(TypeId::kYearMonthInterval);
    return duck_call(
        "spark_interval_sum", duck_list(std::move(sum), duck_constant(Value::BOOLEAN(is_months)),
                                  duck_constant(Value::BOOLEAN(is_try))));
}

}  // namespace

LoweredAggregate lower_sum(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    if (call.args[0]->type->is(TypeId::kFloat))
        args[0] = duck_cast(std::move(args[0]), LogicalType::DOUBLE);
    bool is_try = call.function == "try_sum" || (!call.ansi && call.type->is(TypeId::kDecimal));
    auto type = to_logical_type(*call.type);
    Finish finish = [type, is_try](DuckExpr e) { return duck_cast(std::move(e), type, is_try); };
    if (call.type->is(TypeId::kDouble)) finish = nullptr;
    if (is_try && passes_hugeint(call)) {
        finish = [scale = call.type->scale()](DuckExpr e) { return wide_sum(e, scale); };
    } else if (call.type->is(TypeId::kDecimal) && call.type->precision() == 38) {
        // DuckDB's sum goes on past 38 digits.
        finish = [scale = call.type->scale(), is_try](DuckExpr e) {
            auto checked = duck_call("spark_checked_sum",
                duck_list(unscaled(std::move(e)), duck_constant(Value::BOOLEAN(is_try))));
            return as_decimal(std::move(checked), 38, scale);
        };
    }
    return {duck_function("sum", std::move(args)), std::move(finish)};
}

namespace {

// sum / count with the decimal rules of the operator "/".
Finish decimal_average(const LowerContext& context, const AggregateCall& call) {
    const auto& type = *call.args[0]->type;
    auto sum = DataType::decimal(std::min(38, type.precision() + 10), type.scale());
    auto count = DataType::decimal(20, 0);
    auto operand = [](const TypePtr& t) -> resolved::ExprPtr {
        return std::make_shared<resolved::Literal>(t, types::Value());
    };
    auto division = std::make_shared<resolved::Call>(
        "/", resolved::Exprs{operand(sum), operand(count)}, call.type, true);
    division->ansi = call.ansi && call.function != "try_avg";
    bool is_wide = !division->ansi && passes_hugeint(call);
    return [&context, division, sum, count, is_wide](DuckExpr e) {
        auto rows = duck_cast(renamed(e, "count"), to_logical_type(*count));
        auto total = is_wide ? wide_sum(e, sum->scale())
                             : duck_cast(std::move(e), to_logical_type(*sum));
        return FunctionLowerings::builtin().lower_scalar(
            context, *division, duck_list(std::move(total), std::move(rows)));
    };
}

}  // namespace

LoweredAggregate lower_avg(
    const LowerContext& context, const AggregateCall& call, DuckExprs args, DuckExprs) {
    if (call.type->is(TypeId::kDecimal))
        return {duck_function("sum", std::move(args)), decimal_average(context, call)};
    if (call.args[0]->type->is(TypeId::kFloat))
        args[0] = duck_cast(std::move(args[0]), LogicalType::DOUBLE);
    if (!call.type->is_ansi_interval()) return {duck_function("avg", std::move(args)), nullptr};
    Finish finish = [type = call.type, is_try = call.function == "try_avg"](DuckExpr e) {
        auto sum = interval_sum(e, *type, is_try);
        auto mean = duck_cast(duck_call("round", duck_list(std::move(e))), to_logical_type(*type));
        auto present = duck_operator(
            ExpressionType::OPERATOR_IS_NOT_NULL, duck_list(std::move(sum)));
        return duck_case(std::move(present), std::move(mean), duck_constant(Value()));
    };
    return {duck_function("avg", std::move(args)), std::move(finish)};
}

}  // namespace hanok::engine
