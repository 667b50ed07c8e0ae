// df.summary, describe, crosstab, cov, corr, approxQuantile, freqItems, sampleBy.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::NamedExprs;
using types::DataType;
using types::TypeId;
using types::Value;

using Impl = Analyzer::Impl;

namespace {

constexpr int64_t kQuantileAccuracy = 10000;

ExprPtr double_literal(double value) {
    return std::make_shared<resolved::Literal>(DataType::double_(), types::double_value(value));
}

// Text that is no number counts as missing.
ExprPtr as_double(const ExprPtr& e) {
    if (e->type->is(TypeId::kDouble)) return e;
    return std::make_shared<resolved::Cast>(e, DataType::double_(), resolved::CastMode::kTry, true);
}

bool is_percentile(const std::string& statistic) {
    return !statistic.empty() && statistic.back() == '%';
}

double percentile_of(const std::string& statistic) {
    double value = -1;
    try {
        value = std::stod(statistic.substr(0, statistic.size() - 1)) / 100;
    } catch (const std::exception&) {
        throw Error(ErrorKind::kIllegalArgument, "UNRECOGNIZED_STATISTIC",
            {{"stats", "'" + statistic + "'"}});
    }
    if (value < 0 || value > 1) {
        throw Error(ErrorKind::kIllegalArgument, "UNRECOGNIZED_STATISTIC",
            {{"stats", "'" + statistic + "'"}});
    }
    return value;
}

// `position` is that of the column among the arguments of `call`.
void check_numeric(const Attribute& a, size_t position, const std::string& call) {
    if (a.type->is_numeric()) return;
    throw Error(ErrorKind::kIllegalArgument, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        {{"sqlExpr", quoted_sql(call)}, {"paramIndex", position == 0 ? "first" : "second"},
            {"requiredType", "\"NUMERIC\""}, {"inputSql", quoted_sql(a.name)},
            {"inputType", quoted_type(*a.type)}});
}

plan::ExprPtr text_or_null(const std::string& column) {
    auto c = plan::attribute({column});
    auto text = std::make_shared<plan::Cast>(c, DataType::string());
    return plan::call("when", {plan::call("isnull", {c}), plan::string_literal("null"), text});
}

}  // namespace

Rel Impl::resolve_summary(
    const Rel& child, const std::vector<std::string>& statistics, const Attributes& columns) {
    auto statistic = [&](const std::string& name, const Attribute& a) -> ExprPtr {
        ExprPtr c = resolved::ref(a);
        if (is_percentile(name)) {
            return aggregate("percentile_approx",
                {c->type->is_numeric() ? c : as_double(c), double_literal(percentile_of(name)),
                    int_literal(kQuantileAccuracy)});
        }
        auto lower = types::to_lower(name);
        if (lower == "count") return aggregate("count", {c});
        if (lower == "count_distinct") return aggregate("count", {c}, true);
        if (lower == "approx_count_distinct") return aggregate("approx_count_distinct", {c});
        if (lower == "mean") return aggregate("avg", {as_double(c)});
        if (lower == "stddev") return aggregate("stddev_samp", {as_double(c)});
        if (lower == "min" || lower == "max") return aggregate(lower, {c});
        throw Error(
            ErrorKind::kIllegalArgument, "UNRECOGNIZED_STATISTIC", {{"stats", "'" + name + "'"}});
    };
    SelectItems items;
    for (const auto& name : statistics) {
        for (const auto& a : columns) {
            SelectItem item;
            item.column = named(
                "_statistic", cast_to(statistic(name, a), DataType::string(), ansi()));
            items.push_back(std::move(item));
        }
    }
    auto row = build_aggregate(child, {}, std::move(items));
    SelectItem stack;
    stack.is_generator = true;
    stack.function = "stack";
    stack.args.push_back(int_literal(static_cast<int64_t>(statistics.size())));
    for (size_t s = 0; s < statistics.size(); ++s) {
        stack.args.push_back(string_literal(statistics[s]));
        for (size_t c = 0; c < columns.size(); ++c) {
            stack.args.push_back(resolved::ref(row.plan->output[s * columns.size() + c]));
        }
    }
    stack.generated.push_back(new_attribute("summary", DataType::string(), true));
    for (const auto& a : columns)
        stack.generated.push_back(new_attribute(a.name, DataType::string(), true));
    NamedExprs out;
    for (const auto& a : stack.generated) out.push_back(pass_column(a));
    return make_project(make_generate(row, stack), std::move(out));
}

Rel Impl::resolve_stat_summary(const plan::StatSummary& summary) {
    auto child = trim(resolve(summary.child));
    auto statistics = summary.statistics;
    if (statistics.empty())
        statistics = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
    Attributes columns;
    for (const auto& a : child.scope) {
        if (a.type->is_numeric() || a.type->is_string()) columns.push_back(a);
    }
    return resolve_summary(child, statistics, columns);
}

Rel Impl::resolve_stat_describe(const plan::StatDescribe& describe) {
    auto child = trim(resolve(describe.child));
    Attributes columns;
    for (const auto& a : named_columns(child, describe.columns)) {
        if (!describe.columns.empty() || a.type->is_numeric() || a.type->is_string())
            columns.push_back(a);
    }
    return resolve_summary(child, {"count", "mean", "stddev", "min", "max"}, columns);
}

Rel Impl::resolve_crosstab(const plan::StatCrosstab& crosstab) {
    auto pivot = std::make_shared<plan::Pivot>();
    pivot->child = crosstab.child;
    pivot->is_dataframe = true;
    pivot->grouping = {
        plan::alias(text_or_null(crosstab.column1), crosstab.column1 + "_" + crosstab.column2)};
    pivot->columns = {text_or_null(crosstab.column2)};
    pivot->aggregates = {plan::call("count", {plan::int_literal(1)})};
    auto fill = std::make_shared<plan::NaFill>();
    fill->child = pivot;
    fill->values = {plan::long_literal(0)};
    return resolve(fill);
}

Rel Impl::resolve_two_columns(const plan::RelationPtr& input, const std::string& column1,
    const std::string& column2, const std::string& function) {
    auto child = trim(resolve(input));
    resolved::Exprs args;
    for (const auto& name : {column1, column2}) {
        auto a = column(child, name);
        check_numeric(a, args.size(), function + "(" + column1 + ", " + column2 + ")");
        args.push_back(cast_to(resolved::ref(a), DataType::double_(), ansi()));
    }
    SelectItem item;
    item.column = named(function == "corr" ? "corr" : "cov", aggregate(function, std::move(args)));
    return build_aggregate(child, {}, {item});
}

Rel Impl::resolve_approx_quantile(const plan::StatApproxQuantile& quantile) {
    auto child = trim(resolve(quantile.child));
    for (double p : quantile.probabilities) {
        if (p < 0 || p > 1) {
            throw Error(ErrorKind::kIllegalArgument, "INVALID_PROBABILITY",
                {{"percentile", types::double_to_string(p)}});
        }
    }
    auto accuracy = quantile.relative_error > 0
                        ? static_cast<int64_t>(std::max(1.0, 1.0 / quantile.relative_error))
                        : 1000000;
    resolved::Exprs probabilities;
    for (double p : quantile.probabilities) probabilities.push_back(double_literal(p));
    resolved::Exprs arrays;
    for (const auto& name : quantile.columns) {
        auto a = column(child, name);
        check_numeric(a, 0, "approxQuantile(" + name + ")");
        auto value = cast_to(resolved::ref(a), DataType::double_(), ansi());
        auto list = call("array", probabilities);
        auto found = aggregate("percentile_approx", {value, list, int_literal(accuracy)});
        arrays.push_back(
            call("coalesce", {found, cast_to(call("array", {}), found->type, ansi())}));
    }
    SelectItem item;
    item.column = named("approx_quantile", call("array", std::move(arrays)));
    return build_aggregate(child, {}, {item});
}

// Exact counts; Spark's sketch may add items that are less frequent.
Rel Impl::resolve_freq_items(const plan::StatFreqItems& items) {
    auto child = trim(resolve(items.child));
    constexpr double kLeastSupport = 1e-4;
    if (items.support < kLeastSupport || items.support > 1) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.SUPPORT",
            {{"functionName", "`freqItems`"}, {"parameter", "`support`"},
                {"value", types::double_to_string(items.support)}});
    }
    Attributes columns;
    std::vector<Value> row;
    for (const auto& a : named_columns(child, items.columns)) {
        GroupingSpec spec;
        spec.expressions = {resolved::ref(a)};
        SelectItems select(2);
        select[0].column = pass_column(a);
        select[1].column = named("count", aggregate("count", {int_literal(1)}));
        auto counted = build_aggregate(child, spec, std::move(select));
        auto rows = collect(counted.plan, int64_t{1} << 24);
        double total = 0;
        for (const auto& r : rows) total += static_cast<double>(r[1].as_int());
        Value::List frequent;
        for (const auto& r : rows) {
            if (static_cast<double>(r[1].as_int()) > items.support * total)
                frequent.push_back(r[0]);
        }
        row.push_back(types::list_value(std::move(frequent)));
        columns.push_back(
            new_attribute(a.name + "_freqItems", DataType::array(a.type, true), true));
    }
    return values_rel(columns, {row});
}

Rel Impl::resolve_sample_by(const plan::StatSampleBy& sample) {
    auto child = trim(resolve(sample.child));
    Context c;
    c.input = &child;
    auto column = resolve_in(c, sample.column);
    Context constants;
    resolved::Exprs branches;
    for (const auto& [key, fraction] : sample.fractions) {
        if (fraction < 0 || fraction > 1) {
            throw Error(ErrorKind::kIllegalArgument, "INVALID_SAMPLING_FRACTION",
                {{"fraction", types::double_to_string(fraction)}});
        }
        branches.push_back(call("<=>", {column.expr, resolve_in(constants, key).expr}));
        branches.push_back(double_literal(fraction));
    }
    branches.push_back(double_literal(0));
    auto limit = sample.fractions.empty() ? branches[0] : call("when", std::move(branches));
    auto seed = std::make_shared<resolved::Literal>(
        DataType::long_(), types::int_value(sample.seed));
    return make_filter(child, call("<", {call("rand", {seed}), limit}));
}

}  // namespace hanok::analyzer
