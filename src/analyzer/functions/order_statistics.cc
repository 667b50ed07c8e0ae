// Percentiles, medians and modes: what they are computed over may stand in WITHIN GROUP.

#include "analyzer/functions/order_statistics.h"

#include "analyzer/coercion.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

std::shared_ptr<resolved::Aggregate> aggregate(
    const CallInput& input, const std::string& function, Exprs args, TypePtr type) {
    auto out = std::make_shared<resolved::Aggregate>(
        function, std::move(args), std::move(type), true);
    out->ansi = input.context.ansi;
    out->distinct = input.distinct;
    return out;
}

TypePtr interpolated(const DataType& type) {
    if (type.is(TypeId::kYearMonthInterval)) return DataType::year_month_interval();
    if (type.is(TypeId::kDayTimeInterval)) return DataType::day_time_interval();
    return DataType::double_();
}

// The one key of WITHIN GROUP; the aggregate takes it as its first argument.
resolved::SortOrder take_order(const FunctionDef& def, CallInput& input, size_t expected) {
    auto name = quote_identifier(def.name);
    const std::string prefix = "INVALID_WITHIN_GROUP_EXPRESSION.";
    if (input.distinct) throw analysis_error(prefix + "DISTINCT_UNSUPPORTED", {{"funcName", name}});
    if (input.within_group.empty())
        throw analysis_error(prefix + "WITHIN_GROUP_MISSING", {{"funcName", name}});
    if (input.within_group.size() != 1) {
        throw analysis_error(prefix + "WRONG_NUM_ORDERINGS",
            {{"funcName", name}, {"expectedNum", std::to_string(expected)},
                {"actualNum", std::to_string(input.within_group.size())}});
    }
    auto order = input.within_group[0];
    input.within_group.clear();
    return order;
}

// mode(x) takes its values from its argument.
void refuse_order(const FunctionDef& def, const CallInput& input) {
    auto name = quote_identifier(def.name);
    if (input.distinct)
        throw analysis_error(
            "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", {{"funcName", name}});
    if (input.within_group.empty()) return;
    throw analysis_error("INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS",
        {{"funcName", name}, {"expectedNum", "0"},
            {"actualNum", std::to_string(input.within_group.size())}});
}

std::string within_group(const ExprPtr& key, bool descending) {
    return " WITHIN GROUP (ORDER BY " + expression_sql(*key) + (descending ? " DESC)" : ")");
}

// percentile_cont(p) WITHIN GROUP (ORDER BY x [DESC]): called as f(x, p, is descending).
ExprPtr bind_within_group(const FunctionDef& def, CallInput& input) {
    auto order = take_order(def, input, 1);
    auto percentage = input.args[0];
    input.shown_name = def.name + "(" + expression_sql(*percentage) + ")" +
                       within_group(order.expr, !order.ascending);
    CallInput ordered = input;
    ordered.args = {order.expr, percentage};
    auto args = coerce_arguments({"double|ansi_interval", "double|array<double>"}, def, ordered);
    check_percentage(def, ordered, args[1]);
    auto type = interpolated(*args[0]->type);
    if (args[1]->type->is(TypeId::kArray)) type = DataType::array(type, false);
    args.push_back(make_literal(DataType::boolean(), types::bool_value(!order.ascending)));
    return aggregate(input, def.name, std::move(args), type);
}

ExprPtr bind_percentile(const FunctionDef& def, CallInput& input) {
    auto args = coerce_arguments(
        {"double|ansi_interval", "double|array<double>", "bigint?=1"}, def, input);
    check_percentage(def, input, args[1]);
    if (input.args.size() == 2) {
        input.shown_name = def.name + "(" + expression_sql(*input.args[0]) + ", " +
                           expression_sql(*input.args[1]) + ", 1)";
    }
    auto type = interpolated(*args[0]->type);
    if (args[1]->type->is(TypeId::kArray)) type = DataType::array(type, false);
    return aggregate(input, "percentile", std::move(args), type);
}

ExprPtr bind_median(const FunctionDef& def, CallInput& input) {
    auto args = coerce_arguments({"double|ansi_interval"}, def, input);
    auto type = interpolated(*args[0]->type);
    return aggregate(input, "median", std::move(args), type);
}

bool deterministic_flag(const FunctionDef& def, CallInput& input) {
    const auto& flag = input.args[1];
    if (!resolved::is_foldable(*flag)) {
        throw analysis_error("NON_FOLDABLE_ARGUMENT",
            {{"funcName", quote_identifier(def.name)}, {"paramName", "`deterministic`"},
                {"paramType", "\"BOOLEAN\""}});
    }
    auto value = input.fold(flag);
    if (value.is_null())
        raise_mismatch(def, input, "UNEXPECTED_NULL", {{"exprName", "`deterministic`"}});
    if (!flag->type->is(TypeId::kBoolean)) {
        throw analysis_error("UNEXPECTED_INPUT_TYPE",
            {{"paramIndex", "second"}, {"functionName", quote_identifier(def.name)},
                {"requiredType", "\"BOOLEAN\""}, {"inputSql", quoted_sql(*flag)},
                {"inputType", quoted_type(*flag->type)}});
    }
    return value.as_bool();
}

// mode(x), mode(x, TRUE), mode() WITHIN GROUP (ORDER BY x): of several the first of the order.
ExprPtr bind_mode(const FunctionDef& def, CallInput& input) {
    ExprPtr value;
    std::optional<bool> ascending;
    if (input.args.empty()) {
        auto order = take_order(def, input, 1);
        value = order.expr;
        ascending = order.ascending;
    } else {
        refuse_order(def, input);
        value = input.args[0];
        if (input.args.size() == 2) {
            if (deterministic_flag(def, input)) ascending = true;
        }
    }
    input.shown_name = "mode(" + expression_sql(*value) + ")";
    // Spark shows the order the other way round.
    if (ascending) input.shown_name = "mode()" + within_group(value, *ascending);
    auto out = aggregate(input, "mode", {value}, value->type);
    if (ascending) out->within_group.push_back({value, *ascending, *ascending});
    return out;
}

}  // namespace

void check_percentage(const FunctionDef& def, CallInput& input, const ExprPtr& percentage) {
    if (!resolved::is_foldable(*percentage)) {
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", "`percentage`"}, {"inputType", quoted_type(*percentage->type)},
                {"inputExpr", quoted_sql(*percentage)}});
    }
    if (!input.fold) return;
    auto value = input.fold(percentage);
    if (value.is_null())
        raise_mismatch(def, input, "UNEXPECTED_NULL", {{"exprName", "percentage"}});
    auto all = percentage->type->is(TypeId::kArray) ? value.as_list()
                                                    : std::vector<types::Value>{value};
    std::string shown;
    bool is_outside = false;
    for (const auto& p : all) {
        if (p.is_null()) continue;
        shown += (shown.empty() ? "" : ",") + types::double_to_string(p.as_double()) + "D";
        is_outside = is_outside || p.as_double() < 0 || p.as_double() > 1;
    }
    if (!is_outside) return;
    raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
        {{"exprName", "percentage"}, {"valueRange", "[0.0, 1.0]"}, {"currentValue", shown}});
}

std::vector<OrderStatistic> order_statistics() {
    return {
        {"percentile", 2, 3, bind_percentile, "Exact percentile, interpolated."},
        {"percentile_cont", 1, 1, bind_within_group,
            "Interpolated percentile of what WITHIN GROUP orders."},
        {"percentile_disc", 1, 1, bind_within_group,
            "The first value at or behind a percentile of what WITHIN GROUP orders."},
        {"median", 1, 1, bind_median, "Middle value, interpolated."},
        {"mode", 0, 2, bind_mode, "Most frequent value."},
    };
}

}  // namespace hanok::analyzer
