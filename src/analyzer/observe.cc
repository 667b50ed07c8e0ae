// df.observe: metrics that are computed beside the rows.

#include "analyzer/impl.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using Impl = Analyzer::Impl;

namespace {

[[noreturn]] void refuse_metric(const std::string& reason, const resolved::Expression& whole) {
    throw analysis_error(
        "INVALID_OBSERVED_METRICS." + reason, {{"expr", quoted_sql(expression_sql(whole))}});
}

// `whole` is the metric, of which `e` is a part, inside an aggregate or not.
void check_metric(
    const resolved::Expression& whole, const resolved::Expression& e, bool in_aggregate) {
    bool inside = in_aggregate;
    if (e.kind == resolved::ExprKind::kWindow)
        refuse_metric("WINDOW_EXPRESSIONS_UNSUPPORTED", whole);
    if (e.kind == resolved::ExprKind::kAggregate) {
        const auto& aggregate = e.as<resolved::Aggregate>();
        if (in_aggregate) refuse_metric("NESTED_AGGREGATES_UNSUPPORTED", whole);
        if (aggregate.distinct)
            refuse_metric("AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED", whole);
        if (aggregate.filter) refuse_metric("AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED", whole);
        inside = true;
    } else if (!in_aggregate) {
        if (e.kind == resolved::ExprKind::kAttribute)
            refuse_metric("NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE", whole);
        bool draws = e.kind == resolved::ExprKind::kCall && !e.as<resolved::Call>().deterministic;
        if (draws) refuse_metric("NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC", whole);
    }
    for (const auto& part : resolved::children(e)) check_metric(whole, *part, inside);
}

}  // namespace

Rel Impl::resolve_collect_metrics(const plan::CollectMetrics& metrics) {
    auto child = resolve(metrics.child);
    Context c;
    c.input = &child;
    auto plan = std::make_shared<resolved::Observe>();
    plan->child = child.plan;
    plan->output = child.plan->output;
    plan->name = metrics.name;
    for (const auto& item : resolve_select_list(metrics.metrics, child, "observe")) {
        check_metric(*item.column.expr, *item.column.expr, false);
        plan->metrics.push_back(item.column);
    }
    if (observed.count(metrics.name)) {
        throw analysis_error("DUPLICATED_METRICS_NAME", {{"metricName", metrics.name}});
    }
    observed[metrics.name] = true;
    Rel rel = child;
    rel.plan = plan;
    rel.hidden = nullptr;
    return rel;
}

}  // namespace hanok::analyzer
