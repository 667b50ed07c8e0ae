// Typed relations from typed parts, with the scopes that go with them.

#include <atomic>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::NamedExpr;
using resolved::NamedExprs;
using resolved::PlanPtr;
using types::DataType;

namespace {

using Impl = Analyzer::Impl;

// Where every column of `child` that is computed there is used at most once, and only passed on,
// two projections are one. Keeps chains of withColumn short.
bool merge_columns(const resolved::Project& child, NamedExprs& columns) {
    std::map<resolved::AttributeId, const NamedExpr*> computed;
    for (const auto& c : child.columns) {
        bool passes = c.expr->kind == resolved::ExprKind::kAttribute &&
                      c.expr->as<resolved::AttributeRef>().id == c.attribute.id;
        if (!passes) computed[c.attribute.id] = &c;
    }
    std::set<resolved::AttributeId> used;
    for (const auto& c : columns) {
        if (c.expr->kind == resolved::ExprKind::kAttribute) {
            auto id = c.expr->as<resolved::AttributeRef>().id;
            if (computed.count(id) && !used.insert(id).second) return false;
            continue;
        }
        for (auto id : resolved::references(*c.expr)) {
            if (computed.count(id)) return false;
        }
    }
    for (auto& c : columns) {
        if (c.expr->kind != resolved::ExprKind::kAttribute) continue;
        auto it = computed.find(c.expr->as<resolved::AttributeRef>().id);
        if (it != computed.end()) c.expr = it->second->expr;
    }
    return true;
}

}  // namespace

resolved::AttributeId Analyzer::next_id() {
    static std::atomic<int64_t> next{1};
    return resolved::AttributeId{next.fetch_add(1)};
}

Attribute Impl::new_attribute(const std::string& name, const types::TypePtr& type, bool nullable) {
    Attribute a;
    a.id = Analyzer::next_id();
    a.name = name;
    a.type = type;
    a.nullable = nullable;
    return a;
}

NamedExpr Impl::pass_column(const Attribute& attribute) {
    return {attribute, resolved::ref(attribute)};
}

NamedExpr Impl::named(const std::string& name, const ExprPtr& expr) {
    return {new_attribute(name, expr->type, expr->nullable), expr};
}

ExprPtr Impl::null_of(const types::TypePtr& type) {
    return std::make_shared<resolved::Literal>(type, types::Value());
}
ExprPtr Impl::int_literal(int64_t value) {
    return std::make_shared<resolved::Literal>(DataType::integer(), types::int_value(value));
}
ExprPtr Impl::string_literal(const std::string& value) {
    return std::make_shared<resolved::Literal>(DataType::string(), types::string_value(value));
}
ExprPtr Impl::bool_literal(bool value) {
    return std::make_shared<resolved::Literal>(DataType::boolean(), types::bool_value(value));
}

ExprPtr Impl::call(const std::string& function, resolved::Exprs args) {
    const auto* def = FunctionRegistry::builtin().find(function);
    if (!def) throw internal_error("no built-in function " + function);
    CallInput input{.context = options.functions, .name = function, .args = std::move(args)};
    return def->bind(*def, input);
}

ExprPtr Impl::aggregate(const std::string& function, resolved::Exprs args, bool distinct) {
    auto bound = call(function, std::move(args));
    if (!distinct) return bound;
    return resolved::transform(bound, [](const ExprPtr& e) -> ExprPtr {
        if (e->kind != resolved::ExprKind::kAggregate) return nullptr;
        auto copy = std::make_shared<resolved::Aggregate>(e->as<resolved::Aggregate>());
        copy->distinct = true;
        return copy;
    });
}

Rel Impl::leaf(PlanPtr plan) {
    Rel rel;
    rel.scope = plan->output;
    rel.ids = std::make_shared<PlanIds>();
    rel.plan = std::move(plan);
    return rel;
}

Rel Impl::trim(Rel rel) {
    if (rel.extra.empty() && rel.scope.size() == rel.plan->output.size()) return rel;
    NamedExprs columns;
    for (const auto& a : rel.scope) columns.push_back(pass_column(a));
    auto ids = rel.ids;
    auto scope = rel.scope;
    auto result = make_project(rel, std::move(columns));
    result.hidden = nullptr;
    result.ids = ids;
    return result;
}

PlanPtr Impl::project_plan(const PlanPtr& child, NamedExprs columns) {
    auto project = std::make_shared<resolved::Project>();
    project->child = child;
    if (child->kind == resolved::PlanKind::kProject) {
        const auto& below = child->as<resolved::Project>();
        if (merge_columns(below, columns)) project->child = below.child;
    }
    for (const auto& c : columns) project->output.push_back(c.attribute);
    project->columns = std::move(columns);
    return project;
}

Rel Impl::make_project(const Rel& child, NamedExprs columns) {
    Rel rel;
    std::set<resolved::AttributeId> seen;
    for (auto& c : columns) {
        rel.scope.push_back(c.attribute);
        if (!seen.insert(c.attribute.id).second) c.attribute.id = Analyzer::next_id();
    }
    auto hidden = std::make_shared<Hidden>();
    hidden->kind = Hidden::Kind::kProject;
    hidden->child = std::make_shared<Rel>(child);
    hidden->rebuild = [columns](const PlanPtr& below, const NamedExprs& more) {
        auto all = columns;
        all.insert(all.end(), more.begin(), more.end());
        return project_plan(below, std::move(all));
    };
    rel.hidden = std::move(hidden);
    rel.plan = project_plan(child.plan, std::move(columns));
    rel.ids = child.ids;
    return rel;
}

Rel Impl::make_pass(
    const Rel& child, const PlanPtr& plan, std::function<PlanPtr(const PlanPtr&)> rebuild) {
    Rel rel = child;
    rel.plan = plan;
    if (!child.hidden) return rel;
    auto hidden = std::make_shared<Hidden>();
    hidden->kind = Hidden::Kind::kPass;
    hidden->child = std::make_shared<Rel>(child);
    hidden->rebuild = [rebuild = std::move(rebuild)](
                          const PlanPtr& below, const NamedExprs&) { return rebuild(below); };
    rel.hidden = std::move(hidden);
    return rel;
}

Rel Impl::make_filter(const Rel& child, const ExprPtr& condition) {
    auto build = [condition](const PlanPtr& below) -> PlanPtr {
        auto filter = std::make_shared<resolved::Filter>();
        filter->child = below;
        filter->condition = condition;
        filter->output = below->output;
        return filter;
    };
    return make_pass(child, build(child.plan), build);
}

Rel Impl::make_sort(const Rel& child, std::vector<resolved::SortOrder> order, bool global) {
    auto build = [order = std::move(order), global](const PlanPtr& below) -> PlanPtr {
        auto sort = std::make_shared<resolved::Sort>();
        sort->child = below;
        sort->order = order;
        sort->global = global;
        sort->output = below->output;
        return sort;
    };
    return make_pass(child, build(child.plan), build);
}

}  // namespace hanok::analyzer
