// Aggregate and window functions as DuckDB's, with Spark's result types and treatment of NULL.

#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/aggregates.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/moments.h"
#include "engine/functions/sum_lowering.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"
#include "resolved/python_gather.h"
#include "types/geo.h"

namespace hanok::engine {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::Value;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

DuckExpr is_not_null(DuckExpr e) {
    return duck_operator(ExpressionType::OPERATOR_IS_NOT_NULL, duck_list(std::move(e)));
}

Finish cast_to(const TypePtr& type) {
    return [type](DuckExpr e) { return duck_cast(std::move(e), to_logical_type(*type)); };
}

// DuckDB's function of another name, its result cast to the promised type.
LowerAggregate plain(const std::string& name) {
    return [name](const LowerContext&, const AggregateCall& call, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        return {duck_function(name, std::move(args)), cast_to(call.type)};
    };
}

// Of several rows (a third argument) as a list.
LowerAggregate extreme_by(const std::string& name) {
    return [name](const LowerContext&, const AggregateCall& call, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        if (args.size() == 2)
            return {duck_function(name + "_null", std::move(args)), cast_to(call.type)};
        args[2] = duck_cast(std::move(args[2]), LogicalType::BIGINT);
        // Inside a struct a NULL counts as a value.
        args[0]->SetAlias("x");
        args[0] = duck_call("struct_pack", duck_list(std::move(args[0])));
        Finish finish = [type = call.type](DuckExpr e) {
            auto item = duckdb::make_uniq<duckdb::ColumnRefExpression>("top_item");
            auto x = duck_call(
                "struct_extract", duck_list(DuckExpr(std::move(item)), duck_constant(Value("x"))));
            duckdb::vector<std::string> names{"top_item"};
            DuckExpr lambda = duckdb::make_uniq<duckdb::LambdaExpression>(
                std::move(names), std::move(x));
            auto items = duck_call("list_transform", duck_list(std::move(e), std::move(lambda)));
            return duck_cast(std::move(items), to_logical_type(*type));
        };
        return {duck_function(name, std::move(args)), std::move(finish)};
    };
}

// Rows in which no argument is NULL; several arguments of DISTINCT count as one tuple.
LoweredAggregate lower_count(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    bool only_literals = true;
    for (const auto& arg : call.args) {
        only_literals = only_literals && arg->kind == resolved::ExprKind::kLiteral &&
                        !arg->nullable;
    }
    if (only_literals && !call.distinct) return {duck_function("count_star", {}), nullptr};
    if (args.size() == 1) return {duck_function("count", std::move(args)), nullptr};
    DuckExprs present;
    for (const auto& arg : args) present.push_back(is_not_null(arg->Copy()));
    DuckExpr all = duckdb::make_uniq<duckdb::ConjunctionExpression>(
        ExpressionType::CONJUNCTION_AND, std::move(present));
    DuckExpr counted = call.distinct ? duck_call("row", std::move(args))
                                     : duck_constant(Value::INTEGER(1));
    auto null = duck_constant(Value());
    return {duck_function(
                "count", duck_list(duck_case(std::move(all), std::move(counted), std::move(null)))),
        nullptr};
}

// first, last, any_value: NULLs count unless ignored.
LowerAggregate first_or_last(const std::string& name) {
    return [name](const LowerContext&, const AggregateCall& call, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        DuckExpr filter = call.ignore_nulls ? is_not_null(args[0]->Copy()) : nullptr;
        auto f = duck_function(name, std::move(args));
        f->filter = std::move(filter);
        return {std::move(f), nullptr};
    };
}

// Distinct values come in their own order, so that the answer is the same every time.
duckdb::unique_ptr<duckdb::OrderModifier> by_value(const DuckExpr& value) {
    auto order = duckdb::make_uniq<duckdb::OrderModifier>();
    order->orders.emplace_back(
        duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_FIRST, value->Copy());
    return order;
}

// Lists leave NULLs out and are empty rather than NULL.
LowerAggregate collect(bool distinct) {
    return [distinct](const LowerContext&, const AggregateCall& call, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        DuckExpr filter = is_not_null(args[0]->Copy());
        auto f = duck_function("list", std::move(args));
        f->filter = std::move(filter);
        if (distinct) {
            f->distinct = true;
            f->order_bys = by_value(f->children[0]);
        }
        Finish finish = [type = to_logical_type(*call.type)](DuckExpr e) {
            auto empty = duck_cast(duck_call("list_value", {}), type);
            return duck_operator(
                ExpressionType::OPERATOR_COALESCE, duck_list(std::move(e), std::move(empty)));
        };
        return {std::move(f), std::move(finish)};
    };
}

// Rows whole, as structs.
LoweredAggregate lower_python_rows(
    const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
    // DuckDB has no struct without fields.
    if (args.empty()) args.push_back(duck_constant(duckdb::Value::BOOLEAN(true)));
    for (size_t i = 0; i < args.size(); ++i) args[i]->SetAlias(struct_field_name(i));
    auto rows = duck_function("list", duck_list(duck_call("struct_pack", std::move(args))));
    return {std::move(rows), nullptr};
}

bool is_hashable(const DataType& type) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case TypeId::kMap:
        case TypeId::kVariant:
        case TypeId::kCalendarInterval: return false;
        case TypeId::kArray: return is_hashable(*type.element());
        case TypeId::kStruct:
            return std::all_of(type.fields().begin(), type.fields().end(),
                [](const auto& field) { return is_hashable(*field.type); });
        default: return !type.is_string() || type.is_default_collation();
    }
}

LoweredAggregate lower_distinct_count(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    const auto& type = call.args[0]->type;
    if (!is_hashable(*type)) {
        args.resize(1);
        auto f = duck_function("count", std::move(args));
        f->distinct = true;
        return {std::move(f), nullptr};
    }
    constexpr double kDeviation = 0.05;
    auto deviation = args.size() > 1 ? std::move(args[1])
                                     : duck_constant(Value::DOUBLE(kDeviation));
    auto filter = is_not_null(args[0]->Copy());
    args.resize(1);
    auto hash = typed_call("spark_xxhash64", {type}, nullptr, {}, std::move(args));
    auto f = duck_function(
        "spark_distinct_count", duck_list(std::move(hash), std::move(deviation)));
    f->filter = std::move(filter);
    return {std::move(f), nullptr};
}

LoweredAggregate lower_count_if(
    const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
    auto null = duck_constant(Value());
    auto one = duck_constant(Value::INTEGER(1));
    return {duck_function(
                "count", duck_list(duck_case(std::move(args[0]), std::move(one), std::move(null)))),
        nullptr};
}

LoweredAggregate lower_listagg(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    // Bytes are joined as hexadecimal digits.
    bool binary = call.type->is(TypeId::kBinary);
    if (binary) {
        for (auto& arg : args) arg = duck_call("hex", duck_list(std::move(arg)));
    }
    auto nothing = duck_constant(Value(""));
    if (args.size() < 2) {
        args.push_back(std::move(nothing));
    } else {  // NULL joins as nothing does
        args[1] = duck_operator(
            ExpressionType::OPERATOR_COALESCE, duck_list(std::move(args[1]), std::move(nothing)));
    }
    auto f = duck_function("string_agg", std::move(args));
    // The digits of bytes have their order.
    bool by_digits = binary && !call.within_group.empty();
    if (call.distinct && (by_digits || call.within_group.empty())) {
        f->order_bys = by_value(f->children[0]);
        if (by_digits && !call.within_group[0].ascending)
            f->order_bys->orders[0].type = duckdb::OrderType::DESCENDING;
    }
    Finish finish;
    if (binary) finish = [](DuckExpr e) { return duck_call("unhex", duck_list(std::move(e))); };
    return {std::move(f), std::move(finish)};
}

// The partition of a row comes as one more argument where that is known.
LowerAggregate moment(Moment what) {
    return [what](const LowerContext&, const AggregateCall&, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        if (args.size() < 2) args.push_back(int_argument(0));
        args.push_back(mode_argument(static_cast<int>(what)));
        return {duck_function("spark_moment", std::move(args)), nullptr};
    };
}

// regr_r2(y, x): the second argument is the independent one.
LowerAggregate correlation(Correlation what) {
    return [what](const LowerContext&, const AggregateCall&, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        if (args.size() < 3) args.push_back(int_argument(0));
        args.push_back(mode_argument(static_cast<int>(what)));
        return {duck_function("spark_correlation", std::move(args)), nullptr};
    };
}

// A kernel over the list of all values.
LowerAggregate over_list(const std::string& kernel) {
    return [kernel](const LowerContext&, const AggregateCall& call, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        args.resize(1);
        Finish finish = [kernel, type = call.type](DuckExpr e) {
            return value_call(kernel, *type, duck_list(std::move(e)));
        };
        return {duck_function("list", std::move(args)), std::move(finish)};
    };
}

LoweredAggregate lower_histogram(
    const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
    std::shared_ptr<duckdb::ParsedExpression> bins(args[1].release());
    args.resize(1);
    args[0] = duck_cast(std::move(args[0]), LogicalType::DOUBLE);
    Finish finish = [bins, type = call.type](DuckExpr e) {
        // The points of bins are doubles until the values' type takes them.
        auto row = DataType::struct_(
            {{"x", DataType::double_(), true, ""}, {"y", DataType::double_(), true, ""}});
        bool whole = type->element()->fields()[0].type->is_integral();
        auto made = value_call("spark_histogram", *DataType::array(row),
            duck_list(std::move(e), bins->Copy(), duck_constant(Value::BOOLEAN(whole))));
        return duck_cast(std::move(made), to_logical_type(*type));
    };
    return {duck_function("list", std::move(args)), std::move(finish)};
}

// No line goes through points of one x.
LowerAggregate line_of(const std::string& name) {
    return [name](const LowerContext&, const AggregateCall&, DuckExprs args,
               DuckExprs) -> LoweredAggregate {
        Finish finish = [](DuckExpr e) {
            auto one_x = duck_compare(ExpressionType::COMPARE_EQUAL, renamed(e, "regr_sxx"),
                duck_constant(Value::DOUBLE(0)));
            return duck_case(
                std::move(one_x), duck_constant(Value(LogicalType::DOUBLE)), std::move(e));
        };
        return {duck_function(name, std::move(args)), std::move(finish)};
    };
}

void lower_statistics(FunctionLowerings& l) {
    l.aggregate("bitmap_construct_agg", over_list("spark_bitmap_of_positions"));
    l.aggregate("bitmap_or_agg", over_list("spark_bitmap_union"));
    l.aggregate("bitmap_and_agg", over_list("spark_bitmap_intersection"));
    l.aggregate("histogram_numeric", lower_histogram);
    l.aggregate("internal_product",
        [](const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs) {
            return LoweredAggregate{duck_function("product", std::move(args)), nullptr};
        });
    for (const char* name :
        {"covar_pop", "covar_samp", "regr_sxx", "regr_sxy", "regr_syy", "regr_count"}) {
        l.aggregate(name, plain(name));
    }
    for (const char* name : {"regr_intercept", "regr_slope"}) l.aggregate(name, line_of(name));
    l.aggregate("var_pop", moment(Moment::kVarPop));
    l.aggregate("var_samp", moment(Moment::kVarSamp));
    l.aggregate("stddev_pop", moment(Moment::kStddevPop));
    l.aggregate("stddev_samp", moment(Moment::kStddevSamp));
    l.aggregate("skewness", moment(Moment::kSkewness));
    l.aggregate("kurtosis", moment(Moment::kKurtosis));
    l.aggregate("corr", correlation(Correlation::kCorr));
    l.aggregate("regr_r2", correlation(Correlation::kR2));
}

// ---- window functions

LowerWindow numbering(ExpressionType type, const std::string& name) {
    return [type, name](const LowerContext&, const resolved::Window& window,
               DuckExprs args) -> LoweredWindow {
        auto w = duckdb::make_uniq<duckdb::WindowExpression>(
            type, INVALID_CATALOG, INVALID_SCHEMA, name);
        w->children = std::move(args);
        return {std::move(w), cast_to(window.type)};
    };
}

LowerWindow shifting(ExpressionType type, const std::string& name) {
    return [type, name](const LowerContext&, const resolved::Window& window,
               DuckExprs args) -> LoweredWindow {
        auto w = duckdb::make_uniq<duckdb::WindowExpression>(
            type, INVALID_CATALOG, INVALID_SCHEMA, name);
        w->children.push_back(std::move(args[0]));
        w->offset_expr = duck_cast(std::move(args[1]), LogicalType::BIGINT);
        w->default_expr = std::move(args[2]);
        w->ignore_nulls = window.ignore_nulls;
        return {std::move(w), nullptr};
    };
}

LoweredWindow lower_nth_value(const LowerContext&, const resolved::Window& window, DuckExprs args) {
    auto w = duckdb::make_uniq<duckdb::WindowExpression>(
        ExpressionType::WINDOW_NTH_VALUE, INVALID_CATALOG, INVALID_SCHEMA, "nth_value");
    args[1] = duck_cast(std::move(args[1]), LogicalType::BIGINT);
    w->children = std::move(args);
    w->ignore_nulls = window.ignore_nulls;
    return {std::move(w), nullptr};
}

}  // namespace

void lower_aggregates(FunctionLowerings& l) {
    l.aggregate("count", lower_count);
    l.aggregate("sum", lower_sum);
    l.aggregate("try_sum", lower_sum);
    l.aggregate("avg", lower_avg);
    l.aggregate("try_avg", lower_avg);
    for (const char* name : {"min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor"})
        l.aggregate(name, plain(name));
    l.aggregate("max_by", extreme_by("arg_max"));
    l.aggregate("min_by", extreme_by("arg_min"));
    l.aggregate("first", first_or_last("first"));
    l.aggregate("last", first_or_last("last"));
    l.aggregate("collect_list", collect(false));
    l.aggregate("collect_set", collect(true));
    l.aggregate(resolved::kPythonRows, lower_python_rows);
    l.aggregate("listagg", lower_listagg);
    l.aggregate("count_if", lower_count_if);
    l.aggregate("approx_count_distinct", lower_distinct_count);
    lower_statistics(l);
}

void lower_windows(FunctionLowerings& l) {
    l.window("row_number", numbering(ExpressionType::WINDOW_ROW_NUMBER, "row_number"));
    l.window("rank", numbering(ExpressionType::WINDOW_RANK, "rank"));
    l.window("dense_rank", numbering(ExpressionType::WINDOW_RANK_DENSE, "dense_rank"));
    l.window("percent_rank", numbering(ExpressionType::WINDOW_PERCENT_RANK, "percent_rank"));
    l.window("cume_dist", numbering(ExpressionType::WINDOW_CUME_DIST, "cume_dist"));
    l.window("ntile", numbering(ExpressionType::WINDOW_NTILE, "ntile"));
    l.window("lag", shifting(ExpressionType::WINDOW_LAG, "lag"));
    l.window("lead", shifting(ExpressionType::WINDOW_LEAD, "lead"));
    l.window("nth_value", lower_nth_value);
}

}  // namespace hanok::engine
