// Select lists: aliases, lateral aliases, window functions and generators become plans below the
// projection.

#include <algorithm>
#include <iterator>
#include <numeric>

#include "analyzer/generator_places.h"
#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::NamedExpr;
using resolved::NamedExprs;
using resolved::PlanPtr;

using Impl = Analyzer::Impl;

namespace {

// The column that stands for grouping_id().
constexpr const char* kGroupingIdColumn = "grouping__id";

bool is_column(const resolved::Expression& e) {
    return e.kind == ExprKind::kAttribute && !e.as<resolved::AttributeRef>().is_lambda;
}

Attribute attribute_of(const resolved::Expression& e) {
    const auto& r = e.as<resolved::AttributeRef>();
    return {r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata};
}

// May a column of that spelling keep its identity?
bool names_a_column(plan::ExprKind kind) {
    switch (kind) {
        case plan::ExprKind::kAttribute:
        case plan::ExprKind::kTyped:
        case plan::ExprKind::kIdentifierClause:
        case plan::ExprKind::kOuterReference:
        case plan::ExprKind::kStar:
        case plan::ExprKind::kRegexColumns: return true;
        default: return false;
    }
}

NamedExpr column_of(const plan::ExprPtr& expr, const Typed& typed) {
    if (names_a_column(expr->kind)) {
        if (is_column(*typed.expr)) return {attribute_of(*typed.expr), typed.expr};
        // s.field is called "field".
        if (expr->kind == plan::ExprKind::kAttribute) {
            const auto& attribute = expr->as<plan::Attribute>();
            bool is_variable = typed.expr->kind == ExprKind::kLiteral;
            bool is_function = attribute.parts.size() == 1 &&
                               typed.expr->kind != ExprKind::kOuterAttribute && !is_variable;
            if (is_function && types::names_equal(attribute.parts[0], kGroupingIdColumn))
                return Impl::named(kGroupingIdColumn, typed.expr);
            return Impl::named(is_function ? typed.name : attribute.parts.back(), typed.expr);
        }
    }
    if (expr->kind == plan::ExprKind::kCast) {
        const auto& child = expr->as<plan::Cast>().child;
        if (child->kind == plan::ExprKind::kAttribute) {
            const auto& e = typed.expr->kind == ExprKind::kCast
                                ? typed.expr->as<resolved::Cast>().child
                                : typed.expr;
            if (is_column(*e)) return Impl::named(e->as<resolved::AttributeRef>().name, typed.expr);
        }
    }
    return Impl::named(typed.name, typed.expr);
}

// IN (query) in a select list is never NULL: Spark asks whether there is such a row, and for NOT IN
// whether there may be one.
ExprPtr without_unknown(const ExprPtr& expr) {
    auto is_in = [](const resolved::Expression& e) {
        return e.kind == ExprKind::kSubquery &&
               e.as<resolved::Subquery>().subquery_kind == resolved::SubqueryKind::kIn;
    };
    auto known = [](const ExprPtr& e, bool value) -> ExprPtr {
        auto constant = std::make_shared<resolved::Literal>(
            types::DataType::boolean(), types::bool_value(value));
        return std::make_shared<resolved::Call>(
            "coalesce", resolved::Exprs{e, constant}, e->type, e->nullable);
    };
    return resolved::transform(expr, [&](const ExprPtr& e) -> ExprPtr {
        if (is_in(*e)) return known(e, false);
        bool negated = e->kind == ExprKind::kCall && e->as<resolved::Call>().function == "not";
        if (!negated || !is_in(*e->as<resolved::Call>().args[0])) return nullptr;
        auto copy = std::make_shared<resolved::Call>(e->as<resolved::Call>());
        copy->args[0] = known(copy->args[0], true);
        return copy;
    });
}

const plan::ExprPtr& without_name(const plan::ExprPtr& expr) {
    return expr->kind == plan::ExprKind::kAlias ? expr->as<plan::Alias>().child : expr;
}

bool has_aggregate(const SelectItem& item) {
    if (!item.is_generator) return resolved::contains(*item.column.expr, ExprKind::kAggregate);
    return std::any_of(item.args.begin(), item.args.end(),
        [](const ExprPtr& e) { return resolved::contains(*e, ExprKind::kAggregate); });
}

}  // namespace

void Impl::add_column(const plan::ExprPtr& expr, SelectItems& items, NamedExprs& lateral) {
    auto add = [&](NamedExpr column) {
        SelectItem item;
        item.column = std::move(column);
        items.push_back(std::move(item));
    };
    if (is_star(expr)) {
        for (const auto& typed : star_columns(*expr)) add(column_of(expr, typed));
        return;
    }
    if (add_generator(expr, items, lateral)) return;
    if (expr->kind != plan::ExprKind::kAlias) {
        add(column_of(expr, expression(expr)));
        return;
    }
    const auto& alias = expr->as<plan::Alias>();
    if (is_star(alias.child)) {
        auto columns = star_columns(*alias.child);
        if (columns.size() != 1)
            throw analysis_error("INVALID_USAGE_OF_STAR_OR_REGEX",
                {{"elem", "'*'"}, {"prettyName", "expression `alias`"}});
    }
    auto typed = expression(alias.child);
    if (alias.names.size() != 1) {
        std::string names;
        for (const auto& n : alias.names) names += (names.empty() ? "" : ", ") + n;
        throw analysis_error(
            "MULTI_ALIAS_WITHOUT_GENERATOR", {{"names", names}, {"expr", quoted_sql(typed.name)}});
    }
    auto column = named(alias.names[0], typed.expr);
    column.attribute.metadata = alias.metadata;
    if (alias.metadata.empty() && is_column(*typed.expr)) {
        column.attribute.metadata = typed.expr->as<resolved::AttributeRef>().metadata;
    }
    lateral.push_back(column);
    add(std::move(column));
}

SelectItems Impl::resolve_select_list(
    const plan::Exprs& columns, const Rel& input, const std::string&) {
    SelectItems items;
    NamedExprs lateral;
    Context c;
    c.input = &input;
    c.lateral = &lateral;
    c.windows = windows;
    WithContext current(*this, c);
    // A column may read what a generator behind it makes: it waits for that one.
    std::vector<SelectItems> made(columns.size());
    std::vector<size_t> pending(columns.size());
    std::iota(pending.begin(), pending.end(), 0);
    while (!pending.empty()) {
        std::vector<size_t> waiting;
        for (size_t n = 0; n < pending.size(); ++n) {
            const auto& expr = columns[pending[n]];
            try {
                add_column(expr, made[pending[n]], lateral);
            } catch (Error& e) {
                bool waits = e.condition().rfind("UNRESOLVED_COLUMN", 0) == 0 &&
                             std::any_of(pending.begin() + static_cast<ptrdiff_t>(n) + 1,
                                 pending.end(), [&](size_t later) {
                                     return find_generator(*without_name(columns[later]));
                                 });
                if (waits) {
                    waiting.push_back(pending[n]);
                    continue;
                }
                if (!e.has_context() && expr->origin && expr->origin->known()) {
                    e.add_context(plan::query_context(*expr->origin));
                }
                throw;
            }
        }
        pending = std::move(waiting);
    }
    for (auto& part : made) std::move(part.begin(), part.end(), std::back_inserter(items));
    return items;
}

Rel Impl::resolve_project(const plan::Project& project, bool force_aggregate) {
    auto child = resolve(project.child);
    bool extends = project.pipe_clause == "EXTEND";
    for (size_t i = extends ? 1 : project.columns.size(); i < project.columns.size(); ++i) {
        if (!is_star(project.columns[i])) continue;
        throw analysis_error("INVALID_USAGE_OF_STAR_OR_REGEX",
            {{"elem", "'*'"}, {"prettyName", "expression `pipeexpression`"}});
    }
    auto items = resolve_select_list(project.columns, child, "");
    GroupingSpec none;
    OpenedWindows opened;
    child = open_windows(child, none, items, opened);
    for (auto& item : items) {
        if (!item.is_generator) item.column.expr = without_unknown(item.column.expr);
    }
    auto found = std::find_if(items.begin(), items.end(), has_aggregate);
    if (found != items.end() && !found->is_generator && extends) {
        throw analysis_error("PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION",
            {{"expr", expression_sql(*found->column.expr)}, {"clause", project.pipe_clause}});
    }
    bool aggregates = force_aggregate || found != items.end();
    auto rel = aggregates ? build_aggregate(child, {}, std::move(items))
                          : build_select(child, std::move(items));
    // A pipe operator sees what the one before it gives, no more.
    if (!project.pipe_clause.empty()) rel.hidden = nullptr;
    return rel;
}

Rel Impl::build_select(const Rel& child, SelectItems items) {
    Rel input = child;
    NamedExprs columns;
    for (const auto& item : items) {
        if (!item.is_generator) {
            columns.push_back(item.column);
            continue;
        }
        for (const auto& a : item.generated) columns.push_back(pass_column(a));
    }
    for (size_t i : generator_order(items)) input = make_generate(input, items[i]);
    return build_levels(input, std::move(columns));
}

Rel Impl::extract_windows(const Rel& child, resolved::Exprs& exprs) {
    auto plan = std::make_shared<resolved::WindowPlan>();
    for (auto& e : exprs) {
        e = resolved::transform(e, [&](const ExprPtr& node) -> ExprPtr {
            if (node->kind != ExprKind::kWindow) return nullptr;
            for (const auto& known : plan->columns) {
                if (resolved::same_expression(*known.expr, *node))
                    return resolved::ref(known.attribute);
            }
            plan->columns.push_back(named("_window", node));
            return resolved::ref(plan->columns.back().attribute);
        });
    }
    if (plan->columns.empty()) return child;
    auto build = [plan](const PlanPtr& below) -> PlanPtr {
        auto copy = std::make_shared<resolved::WindowPlan>(*plan);
        copy->child = below;
        copy->output = below->output;
        for (const auto& c : copy->columns) copy->output.push_back(c.attribute);
        return copy;
    };
    return make_pass(child, build(child.plan), build);
}

// Columns that use aliases of the same list stand in a projection above that of the aliases.
Rel Impl::build_levels(const Rel& child, NamedExprs columns) {
    std::map<resolved::AttributeId, size_t> level_of;
    std::vector<size_t> levels;
    size_t top = 0;
    for (const auto& c : columns) {
        size_t level = 0;
        for (auto id : resolved::references(*c.expr)) {
            auto it = level_of.find(id);
            if (it != level_of.end()) level = std::max(level, it->second + 1);
        }
        bool passes = is_column(*c.expr) &&
                      c.expr->as<resolved::AttributeRef>().id == c.attribute.id;
        if (!passes) level_of[c.attribute.id] = level;
        levels.push_back(level);
        top = std::max(top, level);
    }
    Rel input = child;
    for (size_t level = 0; level < top; ++level) {
        NamedExprs below;
        for (const auto& a : input.plan->output) below.push_back(pass_column(a));
        resolved::Exprs exprs;
        for (size_t i = 0; i < columns.size(); ++i) {
            bool passes = is_column(*columns[i].expr) &&
                          columns[i].expr->as<resolved::AttributeRef>().id ==
                              columns[i].attribute.id;
            if (levels[i] == level && !passes) {
                below.push_back(columns[i]);
                columns[i] = pass_column(columns[i].attribute);
            }
        }
        for (const auto& c : below) exprs.push_back(c.expr);
        auto with_windows = extract_windows(input, exprs);
        for (size_t i = 0; i < below.size(); ++i) below[i].expr = exprs[i];
        auto scope = input.scope;
        auto extra = input.extra;
        input = make_project(with_windows, std::move(below));
        input.scope = scope;
        input.extra = extra;
    }
    resolved::Exprs exprs;
    for (const auto& c : columns) exprs.push_back(c.expr);
    input = extract_windows(input, exprs);
    for (size_t i = 0; i < columns.size(); ++i) columns[i].expr = exprs[i];
    return make_project(input, std::move(columns));
}

}  // namespace hanok::analyzer
