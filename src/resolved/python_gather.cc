#include "resolved/python_gather.h"

#include <algorithm>

#include "resolved/tree.h"

namespace hanok::resolved {

namespace {

types::TypePtr rows_type(const Attributes& fields) {
    types::Fields out;
    for (const auto& field : fields) out.push_back({field.name, field.type, field.nullable, ""});
    return types::DataType::array(types::DataType::struct_(std::move(out)), false);
}

}  // namespace

Gathered gather_rows(const PlanPtr& child, const Attributes& keys, const Attributes& fields,
    const std::vector<SortOrder>& order, const NextId& next_id) {
    auto plan = std::make_shared<AggregatePlan>();
    plan->child = child;
    auto sort = std::make_shared<Sort>();
    for (const auto& key : keys) {
        plan->grouping.push_back(ref(key));
        plan->columns.push_back({key, ref(key)});
        sort->order.push_back({ref(key), true, true});
    }
    Exprs args;
    for (const auto& field : fields) args.push_back(ref(field));
    auto type = rows_type(fields);
    // Without keys and rows there is a group without rows.
    auto rows = std::make_shared<Aggregate>(kPythonRows, std::move(args), type, keys.empty());
    rows->within_group = order;
    Attribute column;
    column.id = next_id();
    column.name = "_rows";
    column.type = type;
    column.nullable = keys.empty();
    plan->columns.push_back({column, rows});
    for (const auto& c : plan->columns) plan->output.push_back(c.attribute);
    Gathered out;
    out.group.rows = column.id;
    out.group.fields = fields;
    for (const auto& key : keys) out.group.keys.push_back(key.id);
    bool sortable = std::all_of(
        keys.begin(), keys.end(), [](const Attribute& k) { return k.type->is_orderable(); });
    if (keys.empty() || !sortable) {
        out.plan = plan;
        return out;
    }
    sort->output = plan->output;
    sort->child = std::move(plan);
    out.plan = std::move(sort);
    return out;
}

PlanPtr with_computed(
    const PlanPtr& child, const Exprs& exprs, const NextId& next_id, Attributes* columns) {
    auto project = std::make_shared<Project>();
    project->child = child;
    for (const auto& a : child->output) project->columns.push_back({a, ref(a)});
    auto known = project->columns.size();
    for (const auto& e : exprs) {
        auto same = std::find_if(
            project->columns.begin(), project->columns.end(), [&](const NamedExpr& c) {
                return same_expression(*c.expr, *e) && is_deterministic(*e);
            });
        if (same != project->columns.end()) {
            columns->push_back(same->attribute);
            continue;
        }
        Attribute a;
        a.id = next_id();
        a.name = "_" + std::to_string(project->columns.size());
        a.type = e->type;
        a.nullable = e->nullable;
        project->columns.push_back({a, e});
        columns->push_back(a);
    }
    if (project->columns.size() == known) return child;
    for (const auto& c : project->columns) project->output.push_back(c.attribute);
    return project;
}

}  // namespace hanok::resolved
