#include "engine/functions/percentiles.h"

#include <algorithm>
#include <cmath>

#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::LogicalType;
using duckdb::Value;
using types::TypeId;
using types::TypePtr;

namespace {

using Finish = std::function<DuckExpr(DuckExpr)>;
using SharedExpr = std::shared_ptr<duckdb::ParsedExpression>;

LoweredAggregate native(const std::string& name, const TypePtr& type, DuckExpr x, DuckExpr p) {
    LoweredAggregate out;
    out.function = duckdb::make_uniq<duckdb::FunctionExpression>(
        name, duck_list(std::move(x), std::move(p)));
    out.finish = [type](DuckExpr e) { return duck_cast(std::move(e), to_logical_type(*type)); };
    return out;
}

DuckExpr flag(bool b) { return duck_constant(Value::BOOLEAN(b)); }

// Over the list of (value, how often): where DuckDB's own does not interpolate as Spark does.
LoweredAggregate over_rows(const AggregateCall& call, DuckExpr x, DuckExpr frequency, DuckExpr p,
    bool is_discrete, bool is_descending) {
    x = duck_cast(std::move(x), LogicalType::DOUBLE);
    x->SetAlias("x");
    frequency->SetAlias("n");
    LoweredAggregate out;
    out.function = duckdb::make_uniq<duckdb::FunctionExpression>(
        "list", duck_list(duck_call("struct_pack", duck_list(std::move(x), std::move(frequency)))));
    SharedExpr percentage(p.release());
    out.finish = [=, type = call.type](DuckExpr e) {
        return value_call("spark_percentile", *type,
            duck_list(std::move(e), percentage->Copy(), flag(is_discrete), flag(is_descending)));
    };
    return out;
}

DuckExpr once() { return duck_constant(Value::BIGINT(1)); }

LoweredAggregate lower_percentile(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    const auto& frequency = *call.args[2];
    bool one = frequency.kind == resolved::ExprKind::kLiteral &&
               frequency.as<resolved::Literal>().value == types::int_value(1);
    if (one && call.args[0]->type->is(TypeId::kDouble))
        return native("quantile_cont", call.type, std::move(args[0]), std::move(args[1]));
    return over_rows(
        call, std::move(args[0]), std::move(args[2]), std::move(args[1]), false, false);
}

// (x, p, is descending)
LowerAggregate within_group(bool is_discrete) {
    return [is_discrete](
               const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
        bool is_descending = call.args[2]->as<resolved::Literal>().value.as_bool();
        bool is_native = !is_descending && (is_discrete || call.args[0]->type->is(TypeId::kDouble));
        if (is_native) {
            return native(is_discrete ? "quantile_disc" : "quantile_cont", call.type,
                std::move(args[0]), std::move(args[1]));
        }
        return over_rows(
            call, std::move(args[0]), once(), std::move(args[1]), is_discrete, is_descending);
    };
}

LoweredAggregate lower_approximate(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    return native("quantile_disc", call.type, std::move(args[0]), std::move(args[1]));
}

LoweredAggregate lower_median(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    auto half = duck_constant(Value::DOUBLE(0.5));
    if (call.args[0]->type->is(TypeId::kDouble))
        return native("quantile_cont", call.type, std::move(args[0]), std::move(half));
    return over_rows(call, std::move(args[0]), once(), std::move(half), false, false);
}

LoweredAggregate lower_mode(const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
    LoweredAggregate out;
    out.function = duckdb::make_uniq<duckdb::FunctionExpression>(
        "mode", duck_list(std::move(args[0])));
    return out;
}

// ---- the kernel

struct Counted {
    double x;
    int64_t until;  // rows up to and with this value
};

std::vector<Counted> counted_rows(const Value& list, bool is_descending) {
    std::vector<Counted> rows;
    if (list.IsNull()) return rows;
    for (const auto& row : duckdb::ListValue::GetChildren(list)) {
        const auto& parts = duckdb::StructValue::GetChildren(row);
        if (parts[0].IsNull() || parts[1].IsNull()) continue;
        auto count = parts[1].GetValue<int64_t>();
        if (count < 0) {
            raise(runtime_error("NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION",
                {{"frequencyExpression", "frequency"}, {"negativeValue", std::to_string(count)}}));
        }
        if (count > 0) rows.push_back({parts[0].GetValue<double>(), count});
    }
    std::sort(rows.begin(), rows.end(),
        [&](const Counted& a, const Counted& b) { return is_descending ? b.x < a.x : a.x < b.x; });
    for (size_t i = 1; i < rows.size(); ++i) rows[i].until += rows[i - 1].until;
    return rows;
}

double value_at(const std::vector<Counted>& rows, int64_t index) {
    auto it = std::lower_bound(rows.begin(), rows.end(), index + 1,
        [](const Counted& row, int64_t at) { return row.until < at; });
    return it->x;
}

double percentile(const std::vector<Counted>& rows, double p, bool is_discrete) {
    auto total = rows.back().until;
    if (is_discrete) {
        auto at = static_cast<int64_t>(std::ceil(static_cast<double>(total) * p)) - 1;
        return value_at(rows, std::max<int64_t>(at, 0));
    }
    auto position = static_cast<double>(total - 1) * p;
    auto low = std::floor(position), high = std::ceil(position);
    auto below = value_at(rows, static_cast<int64_t>(low));
    auto above = value_at(rows, static_cast<int64_t>(high));
    if (low == high || below == above) return below;
    return (high - position) * below + (position - low) * above;
}

Value typed(double x, const LogicalType& type) {
    if (type.id() == duckdb::LogicalTypeId::DOUBLE) return Value::DOUBLE(x);
    return Value::BIGINT(static_cast<int64_t>(x)).DefaultCastAs(type);
}

Value run_percentile(const Values& args, const LogicalType& type) {
    auto rows = counted_rows(args[0], args[3].GetValue<bool>());
    if (rows.empty() || args[1].IsNull()) return Value(type);
    bool is_discrete = args[2].GetValue<bool>();
    if (type.id() != duckdb::LogicalTypeId::LIST)
        return typed(percentile(rows, args[1].GetValue<double>(), is_discrete), type);
    const auto& element = duckdb::ListType::GetChildType(type);
    Values out;
    for (const auto& p : duckdb::ListValue::GetChildren(args[1]))
        out.push_back(typed(percentile(rows, p.GetValue<double>(), is_discrete), element));
    return Value::LIST(element, std::move(out));
}

}  // namespace

void lower_percentiles(FunctionLowerings& l) {
    l.aggregate("percentile", lower_percentile);
    l.aggregate("percentile_cont", within_group(false));
    l.aggregate("percentile_disc", within_group(true));
    l.aggregate("percentile_approx", lower_approximate);
    l.aggregate("median", lower_median);
    l.aggregate("mode", lower_mode);
}

void add_percentiles(KernelSet& kernels) {
    add_value_kernel(
        kernels, "spark_percentile", run_percentile, {.keeps_nulls = true, .is_fallible = true});
}

}  // namespace hanok::engine
