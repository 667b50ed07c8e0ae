// The order of rows that window functions leave behind. Spark computes them over sorted rows, so a
// query over a few inline rows gives them sorted; users see that and count on it.

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::PlanKind;
using resolved::PlanPtr;

using Impl = Analyzer::Impl;

namespace {

constexpr int64_t kMostRows = 10'000;

// Rows of a plan made of constants alone; nullopt for all else.
std::optional<int64_t> inline_rows(const resolved::Plan& plan) {
    switch (plan.kind) {
        case PlanKind::kValues:
            return static_cast<int64_t>(plan.as<resolved::Values>().rows.size());
        case PlanKind::kOneRow: return 1;
        case PlanKind::kLocalData: {
            constexpr size_t kMostBytes = 64 << 10;
            size_t bytes = 0;
            for (const auto& s : plan.as<resolved::LocalData>().arrow_streams) bytes += s->size();
            return bytes <= kMostBytes ? std::optional<int64_t>(1) : std::nullopt;
        }
        case PlanKind::kProject: return inline_rows(*plan.as<resolved::Project>().child);
        case PlanKind::kFilter: return inline_rows(*plan.as<resolved::Filter>().child);
        case PlanKind::kWindow: return inline_rows(*plan.as<resolved::WindowPlan>().child);
        default: return std::nullopt;
    }
}

bool sorts_above(const resolved::WindowPlan& window) {
    auto rows = inline_rows(window);
    return rows && *rows <= kMostRows;
}

PlanPtr sorted(const PlanPtr& plan) {
    const auto& window = plan->as<resolved::WindowPlan>();
    const auto& last = window.columns.back().expr->as<resolved::Window>();
    auto sort = std::make_shared<resolved::Sort>();
    sort->child = plan;
    sort->output = plan->output;
    for (const auto& key : last.partition_by) {
        if (key->type->is_orderable()) sort->order.push_back({key, true, true});
    }
    for (const auto& order : last.order_by) sort->order.push_back(order);
    return sort->order.empty() ? plan : sort;
}

}  // namespace

PlanPtr Impl::with_window_order(const PlanPtr& plan) {
    if (plan->kind == PlanKind::kWindow)
        return sorts_above(plan->as<resolved::WindowPlan>()) ? sorted(plan) : plan;
    if (plan->kind == PlanKind::kProject) {
        const auto& project = plan->as<resolved::Project>();
        auto child = with_window_order(project.child);
        if (child == project.child) return plan;
        auto copy = std::make_shared<resolved::Project>(project);
        copy->child = child;
        return copy;
    }
    if (plan->kind == PlanKind::kFilter) {
        const auto& filter = plan->as<resolved::Filter>();
        auto child = with_window_order(filter.child);
        if (child == filter.child) return plan;
        auto copy = std::make_shared<resolved::Filter>(filter);
        copy->child = child;
        return copy;
    }
    return plan;
}

}  // namespace hanok::analyzer
