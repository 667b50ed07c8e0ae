#include "analyzer/python_join.h"

#include <algorithm>

#include "analyzer/cte_ids.h"
#include "resolved/fingerprint.h"

namespace hanok::analyzer {

using plan::JoinType;
using resolved::Attribute;
using resolved::Attributes;
using resolved::PlanKind;
using resolved::PlanPtr;

using Impl = Analyzer::Impl;

namespace {

bool is_call(const resolved::Plan& plan) {
    return plan.kind == PlanKind::kPythonStage &&
           plan.as<resolved::PythonStage>().shape == resolved::PythonShape::kMap &&
           plan.output.size() > plan.as<resolved::PythonStage>().results.size();
}

bool has_call(const resolved::Plan& plan) {
    if (is_call(plan)) return true;
    auto below = resolved::children(plan);
    return std::any_of(
        below.begin(), below.end(), [](const PlanPtr& child) { return has_call(*child); });
}

// The call over `rows`, which has the left side's columns and perhaps more. All of them stand
// before the results.
PlanPtr call_over(const resolved::PythonStage& call, const PlanPtr& left, const PlanPtr& rows) {
    auto copy = std::make_shared<resolved::PythonStage>(call);
    copy->child = rows;
    if (call.child != left) {  // computed arguments stand between
        auto project = std::make_shared<resolved::Project>(call.child->as<resolved::Project>());
        project->child = rows;
        for (size_t i = left->output.size(); i < rows->output.size(); ++i) {
            project->columns.push_back(Impl::pass_column(rows->output[i]));
            project->output.push_back(rows->output[i]);
        }
        copy->child = std::move(project);
    }
    copy->output = rows->output;
    copy->output.insert(copy->output.end(), call.results.begin(), call.results.end());
    return copy;
}

// Columns of the left side are the plan's own now.
resolved::ExprPtr over_rows(const resolved::ExprPtr& e, const PlanPtr& rows) {
    return resolved::transform(e, [&](const resolved::ExprPtr& node) -> resolved::ExprPtr {
        if (node->kind != resolved::ExprKind::kOuterAttribute) return nullptr;
        for (const auto& a : rows->output)
            if (a.id == node->as<resolved::OuterAttributeRef>().id) return resolved::ref(a);
        return nullptr;
    });
}

// The right side as a plan of the columns of `rows` and of its own.
PlanPtr joined(const PlanPtr& right, const PlanPtr& left, const PlanPtr& rows) {
    if (right->kind == PlanKind::kProject) {
        const auto& old = right->as<resolved::Project>();
        auto copy = std::make_shared<resolved::Project>();
        copy->child = joined(old.child, left, rows);
        for (const auto& a : rows->output) copy->columns.push_back(Impl::pass_column(a));
        for (const auto& c : old.columns)
            copy->columns.push_back({c.attribute, over_rows(c.expr, rows)});
        copy->output = rows->output;
        copy->output.insert(copy->output.end(), old.output.begin(), old.output.end());
        return copy;
    }
    if (right->kind == PlanKind::kFilter) {
        auto copy = std::make_shared<resolved::Filter>(right->as<resolved::Filter>());
        copy->child = joined(copy->child, left, rows);
        copy->condition = over_rows(copy->condition, rows);
        copy->output = copy->child->output;
        return copy;
    }
    return call_over(right->as<resolved::PythonStage>(), left, rows);
}

resolved::ExprPtr condition_of(
    Impl& impl, const Rel& left, const Rel& right, const plan::Join& join) {
    auto both = impl.side_by_side(left, right);
    Context c;
    c.input = &both;
    return impl.condition(c, join.condition, "JOIN");
}

bool has(const Attributes& columns, const Attribute& one) {
    return std::any_of(
        columns.begin(), columns.end(), [&](const Attribute& a) { return a.id == one.id; });
}

PlanPtr reference_to(const resolved::WithCte::Definition& definition) {
    auto out = std::make_shared<resolved::CteRef>();
    out->cte_id = definition.id;
    out->output = definition.plan->output;
    return out;
}

// The left side with numbers for its rows, made once: joined with what came of the rows, by number.
Rel outer_join(Impl& impl, const Rel& left, const Rel& right, const plan::Join& join) {
    auto type = types::DataType::long_();
    auto number = Impl::new_attribute("_row", type, false);
    auto rank = std::make_shared<resolved::Window>("row_number", resolved::Exprs{}, type, false);
    rank->rows_frame = true;
    rank->upper.kind = resolved::FrameBound::Kind::kCurrentRow;
    auto numbered = std::make_shared<resolved::WindowPlan>();
    numbered->child = left.plan;
    numbered->columns = {{number, rank}};
    numbered->output = left.plan->output;
    numbered->output.push_back(number);
    resolved::WithCte::Definition rows{next_cte_id(), "_rows", numbered};

    auto own_number = Impl::new_attribute("_row", type, false);
    auto results = std::make_shared<resolved::Project>();
    results->child = joined(right.plan, left.plan, reference_to(rows));
    results->columns = {{own_number, resolved::ref(number)}};
    for (const auto& a : right.plan->output)
        if (!has(left.plan->output, a)) results->columns.push_back(Impl::pass_column(a));
    for (const auto& c : results->columns) results->output.push_back(c.attribute);

    auto same = impl.call("=", {resolved::ref(number), resolved::ref(own_number)});
    if (join.condition) same = impl.call("and", {same, condition_of(impl, left, right, join)});
    auto all = left;
    all.plan = reference_to(rows);
    auto beside = right;
    beside.plan = std::move(results);
    auto rel = impl.join_rels(all, beside, JoinType::kLeft, same, false);
    auto with = std::make_shared<resolved::WithCte>();
    with->child = rel.plan;
    with->output = rel.plan->output;
    with->definitions = {std::move(rows)};
    rel.plan = std::move(with);
    return rel;
}

}  // namespace

bool is_lateral_python(const PlanPtr& right) {
    if (is_call(*right)) return true;
    if (right->kind == PlanKind::kProject)
        return is_lateral_python(right->as<resolved::Project>().child);
    if (right->kind == PlanKind::kFilter)
        return is_lateral_python(right->as<resolved::Filter>().child);
    if (has_call(*right))
        throw unsupported_feature("Python table functions of a lateral subquery's outer columns");
    return false;
}

Rel lateral_python_join(Impl& impl, const Rel& left, const Rel& right, const plan::Join& join) {
    if (join.natural || !join.using_columns.empty())
        throw unsupported_feature("lateral joins by name with Python table functions");
    if (join.type == JoinType::kLeft) return outer_join(impl, left, right, join);
    auto rel = impl.side_by_side(left, right);
    rel.plan = joined(right.plan, left.plan, left.plan);
    rel.extra.clear();
    rel.hidden = nullptr;
    if (!join.condition) return rel;
    Context c;
    c.input = &rel;
    return impl.make_filter(rel, impl.condition(c, join.condition, "JOIN"));
}

}  // namespace hanok::analyzer
