// ORDER BY and HAVING, with columns and aggregates that the select list does not give.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/subquery_places.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::NamedExprs;
using resolved::PlanPtr;

using Impl = Analyzer::Impl;

resolved::SortOrder Impl::sort_order(const plan::ExprPtr& expr, Context& c) {
    resolved::SortOrder order;
    plan::ExprPtr child = expr;
    auto nulls = plan::NullsOrder::kDefault;
    if (expr->kind == plan::ExprKind::kSortOrder) {
        const auto& o = expr->as<plan::SortOrder>();
        child = o.child;
        order.ascending = o.ascending;
        nulls = o.nulls;
    }
    order.nulls_first = nulls == plan::NullsOrder::kDefault ? order.ascending
                                                            : nulls == plan::NullsOrder::kFirst;
    auto typed = resolve_in(c, child);
    if (!typed.expr->type->is_orderable()) {
        auto sql = typed.name + (order.ascending ? " ASC" : " DESC") +
                   (order.nulls_first ? " NULLS FIRST" : " NULLS LAST");
        throw datatype_mismatch("INVALID_ORDERING_TYPE", sql,
            {{"functionName", "`sortorder`"}, {"dataType", quoted_type(*typed.expr->type)}});
    }
    order.expr = typed.expr;
    return order;
}

std::vector<resolved::SortOrder> Impl::sort_orders(const plan::Exprs& exprs, Context& c) {
    std::vector<resolved::SortOrder> orders;
    for (const auto& e : exprs) orders.push_back(sort_order(e, c));
    return orders;
}

namespace {

bool is_missing(const resolved::Expression& e, const std::set<resolved::AttributeId>& have) {
    return e.kind == ExprKind::kAttribute && !e.as<resolved::AttributeRef>().is_lambda &&
           !have.count(e.as<resolved::AttributeRef>().id);
}

std::set<resolved::AttributeId> ids_of(const Rel& rel) {
    std::set<resolved::AttributeId> ids;
    for (const auto& a : rel.plan->output) ids.insert(a.id);
    return ids;
}

// The nodes below `rel` down to the one that can give the missing columns (or aggregates).
std::vector<const Hidden*> path_down(const Rel& rel, bool aggregates,
    const std::map<resolved::AttributeId, resolved::Attribute>& missing) {
    std::vector<const Hidden*> path;
    for (auto hidden = rel.hidden; hidden; hidden = hidden->child->hidden) {
        path.push_back(hidden.get());
        if (hidden->kind == Hidden::Kind::kAggregate) break;
        if (hidden->kind != Hidden::Kind::kProject || aggregates) continue;
        auto below = ids_of(*hidden->child);
        bool all = std::all_of(missing.begin(), missing.end(),
            [&](const auto& entry) { return below.count(entry.first) != 0; });
        if (all) break;
    }
    return path;
}

Error misplaced_aggregate(const resolved::Exprs& exprs) {
    std::string names;
    for (const auto& expr : exprs) {
        resolved::walk(*expr, [&](const resolved::Expression& e) {
            if (e.kind == ExprKind::kAggregate) {
                names += (names.empty() ? "" : ", ") + quoted_sql(expression_sql(e));
            }
            return true;
        });
    }
    return analysis_error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", names}});
}

// Replaces what only the aggregation below can compute; gives those columns.
NamedExprs lift_from_aggregate(resolved::Exprs& exprs, const std::set<resolved::AttributeId>& have,
    const Hidden& hidden, const std::function<Error(const resolved::AttributeRef&)>& unresolved) {
    NamedExprs more;
    auto lift = [&](const ExprPtr& e) {
        for (const auto& known : more) {
            if (resolved::same_expression(*known.expr, *e)) return resolved::ref(known.attribute);
        }
        more.push_back(Impl::named("_hidden", e));
        return resolved::ref(more.back().attribute);
    };
    // What the select list already computes is read from there.
    auto selected = [&](const ExprPtr& e) -> ExprPtr {
        for (const auto& c : hidden.computed) {
            if (have.count(c.attribute.id) && resolved::same_expression(*c.expr, *e))
                return resolved::ref(c.attribute);
        }
        return nullptr;
    };
    for (auto& expr : exprs) {
        expr = resolved::transform(expr, [&](const ExprPtr& e) -> ExprPtr {
            if (auto known = selected(e)) return known;
            if (e->kind == ExprKind::kAggregate) return lift(e);
            if (e->kind == ExprKind::kCall) {
                const auto& f = e->as<resolved::Call>().function;
                if (f == "grouping" || f == "grouping_id") return lift(e);
            }
            if (e->kind == ExprKind::kAttribute && !is_missing(*e, have)) return nullptr;
            for (const auto& g : hidden.grouping) {
                if (resolved::same_expression(*g, *e)) return lift(e);
            }
            if (is_missing(*e, have)) {
                const auto& r = e->as<resolved::AttributeRef>();
                throw unresolved(r);
            }
            return nullptr;
        });
    }
    return more;
}

}  // namespace

Impl::Needs Impl::needs_of(
    const resolved::Exprs& exprs, const std::set<resolved::AttributeId>& have) {
    Needs needs;
    auto note = [&](const resolved::Attribute& a) {
        if (!have.count(a.id)) needs.missing.emplace(a.id, a);
    };
    for (const auto& expr : exprs) {
        resolved::walk(*expr, [&](const resolved::Expression& e) {
            if (e.kind == ExprKind::kAggregate) needs.aggregates = true;
            if (e.kind == ExprKind::kCall &&
                e.as<resolved::Call>().function.rfind("grouping", 0) == 0) {
                needs.aggregates = true;
            }
            if (e.kind == ExprKind::kAttribute && is_missing(e, have)) {
                const auto& r = e.as<resolved::AttributeRef>();
                note({r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata});
            }
            if (e.kind == ExprKind::kSubquery) {
                for (const auto& a : e.as<resolved::Subquery>().outer) {
                    note(a);
                    if (outer_aggregates.count(a.id)) needs.aggregates = true;
                }
            }
            return true;
        });
    }
    return needs;
}

// What a correlated subquery reads of an aggregation: a grouping column, or an aggregate.
void Impl::lift_outer_columns(const Needs& needs, const resolved::Exprs& exprs, NamedExprs& more) {
    for (const auto& entry : needs.missing) {
        auto id = entry.first;
        auto computed = outer_aggregates.find(id);
        if (computed != outer_aggregates.end()) {
            more.push_back({entry.second, computed->second});
            continue;
        }
        bool lifted = std::any_of(more.begin(), more.end(), [&](const resolved::NamedExpr& m) {
            return m.expr->kind == ExprKind::kAttribute &&
                   m.expr->as<resolved::AttributeRef>().id == id;
        });
        bool read = std::any_of(exprs.begin(), exprs.end(),
            [&](const ExprPtr& e) { return resolved::references(*e).count(id) != 0; });
        if (!lifted && read) more.push_back(pass_column(entry.second));
    }
}

Rel Impl::pull_up(const Rel& child, resolved::Exprs& exprs, NamedExprs* pulled) {
    auto have = ids_of(child);
    auto needs = needs_of(exprs, have);
    if (!needs.aggregates && needs.missing.empty()) return child;
    auto path = path_down(child, needs.aggregates, needs.missing);
    bool over_aggregate = !path.empty() && path.back()->kind == Hidden::Kind::kAggregate;
    if (needs.aggregates && !over_aggregate) throw misplaced_aggregate(exprs);
    if (path.empty()) return child;
    const auto& bottom = *path.back();
    if (needs.aggregates && bottom.only_grouping) throw misplaced_aggregate(exprs);
    NamedExprs more;
    if (over_aggregate) {
        more = lift_from_aggregate(exprs, have, bottom, [&](const resolved::AttributeRef& r) {
            Context c;
            c.input = &child;
            WithContext current(*this, c);
            return unresolved_column({r.name});
        });
        lift_outer_columns(needs, exprs, more);
        if (more.empty()) return child;
    } else {
        for (const auto& entry : needs.missing) more.push_back(pass_column(entry.second));
    }
    auto plan = bottom.rebuild(bottom.child->plan, more);
    NamedExprs passed;
    for (const auto& m : more) passed.push_back(pass_column(m.attribute));
    for (size_t i = path.size() - 1; i-- > 0;) plan = path[i]->rebuild(plan, passed);
    Rel rel = child;
    rel.plan = plan;
    for (const auto& m : more) rel.extra.push_back(m.attribute);
    if (pulled) *pulled = more;
    rel.hidden = nullptr;
    return rel;
}

// Back to the columns of `original`, where `widened` got more.
Rel Impl::drop_pulled(const Rel& original, const Rel& widened) {
    if (widened.plan->output.size() == original.plan->output.size()) return widened;
    NamedExprs columns;
    for (const auto& a : original.plan->output) columns.push_back(pass_column(a));
    Rel rel = original;
    auto project = std::make_shared<resolved::Project>();
    project->child = widened.plan;
    project->output = original.plan->output;
    project->columns = std::move(columns);
    rel.plan = project;
    rel.hidden = nullptr;
    return rel;
}

namespace {

// What ORDER BY reaches above a HAVING that added `pulled` to the columns of `child`.
std::shared_ptr<const Hidden> above_having(
    const Rel& child, const NamedExprs& pulled, const ExprPtr& condition) {
    std::vector<std::shared_ptr<const Hidden>> path;
    for (auto hidden = child.hidden; hidden; hidden = hidden->child->hidden) {
        path.push_back(hidden);
        if (hidden->kind == Hidden::Kind::kAggregate) break;
    }
    if (path.empty() || path.back()->kind != Hidden::Kind::kAggregate) return nullptr;
    auto above = std::make_shared<Hidden>(*path.back());
    above->only_grouping = true;
    above->rebuild = [=, output = child.plan->output](
                         const PlanPtr& below, const NamedExprs& more) -> PlanPtr {
        auto all = pulled;
        all.insert(all.end(), more.begin(), more.end());
        auto plan = path.back()->rebuild(below, all);
        NamedExprs passed;
        for (const auto& m : all) passed.push_back(Impl::pass_column(m.attribute));
        for (size_t i = path.size() - 1; i-- > 0;) plan = path[i]->rebuild(plan, passed);
        auto filter = std::make_shared<resolved::Filter>();
        filter->child = plan;
        filter->condition = condition;
        filter->output = plan->output;
        NamedExprs columns;
        for (const auto& a : output) columns.push_back(Impl::pass_column(a));
        for (const auto& m : more) columns.push_back(Impl::pass_column(m.attribute));
        return Impl::project_plan(filter, std::move(columns));
    };
    return above;
}

}  // namespace

Rel Impl::resolve_having(const plan::Filter& filter) {
    bool as_where = filter.child->kind == plan::RelationKind::kAggregate &&
                    conf("spark.sql.legacy.parser.havingWithoutGroupByAsWhere", "false") == "true";
    if (as_where && filter.child->as<plan::Aggregate>().grouping.empty() &&
        filter.child->as<plan::Aggregate>().grouping_kind == plan::GroupingKind::kGroupBy) {
        const auto& aggregate = filter.child->as<plan::Aggregate>();
        auto where = std::make_shared<plan::Filter>(filter);
        where->is_having = false;
        where->child = aggregate.child;
        plan::Project project;
        project.columns = aggregate.columns;
        project.child = where;
        return resolve_project(project);
    }
    auto child = filter.child->kind == plan::RelationKind::kProject
                     ? resolve_project(filter.child->as<plan::Project>(), true)
                     : resolve(filter.child);
    Context c;
    c.input = &child;
    c.reach_hidden = true;
    c.prefer_grouping = true;
    resolved::Exprs exprs{condition(c, filter.condition, "HAVING")};
    NamedExprs pulled;
    auto widened = pull_up(child, exprs, &pulled);
    auto kept = exprs[0];
    auto result = drop_pulled(child, make_filter(widened, kept));
    if (!pulled.empty()) result.hidden = above_having(child, pulled, kept);
    return result;
}

// QUALIFY: a filter that may use window functions, the select list and the columns below it.
Rel Impl::resolve_qualify(const plan::Filter& filter, const plan::ExprPtr& wanted) {
    auto child = resolve(filter.child);
    Context c;
    c.input = &child;
    c.reach_hidden = true;
    c.windows = windows;
    auto typed = resolve_in(c, wanted);
    bool has_window = resolved::contains(*typed.expr, resolved::ExprKind::kWindow);
    for (const auto* plan = child.plan.get(); plan && !has_window;) {
        has_window = plan->kind == resolved::PlanKind::kWindow;
        plan = plan->kind == resolved::PlanKind::kProject
                   ? plan->as<resolved::Project>().child.get()
                   : nullptr;
    }
    if (!has_window) throw analysis_error("QUALIFY_REQUIRES_WINDOW_FUNCTION");
    if (!typed.expr->type->is(types::TypeId::kBoolean)) {
        throw datatype_mismatch("FILTER_NOT_BOOLEAN", typed.name,
            {{"filter", quoted_sql(typed.name)}, {"type", quoted_type(*typed.expr->type)}});
    }
    resolved::Exprs exprs{typed.expr};
    auto widened = pull_up(child, exprs);
    auto with_windows = extract_windows(widened, exprs);
    return drop_pulled(child, make_filter(with_windows, exprs[0]));
}

// Those that the grouping below does not compute.
static resolved::Exprs not_grouped(const Rel& child, const resolved::Exprs& exprs) {
    resolved::Exprs out;
    for (const auto& expr : exprs) {
        bool grouped = false;
        for (auto hidden = child.hidden; hidden && !grouped; hidden = hidden->child->hidden) {
            for (const auto& g : hidden->grouping)
                grouped = grouped || resolved::same_expression(*g, *expr);
        }
        if (!grouped) out.push_back(expr);
    }
    return out;
}

Rel Impl::resolve_sort(const plan::Sort& sort) {
    auto child = resolve(sort.child);
    Context c;
    c.input = &child;
    c.reach_hidden = true;
    bool by_position = conf("spark.sql.orderByOrdinal", "true") != "false";
    std::vector<resolved::SortOrder> orders;
    auto is_all = [&](const resolved::Attribute& a) {
        return types::names_equal(a.name, "all", options.case_sensitive);
    };
    bool named_all = std::any_of(child.scope.begin(), child.scope.end(), is_all);
    if (sort.order_by_all) {
        for (const auto& a : child.scope) {
            if (named_all && !is_all(a)) continue;
            bool first = sort.all_nulls == plan::NullsOrder::kDefault
                             ? sort.all_ascending
                             : sort.all_nulls == plan::NullsOrder::kFirst;
            orders.push_back({resolved::ref(a), sort.all_ascending, first});
        }
    }
    for (const auto& e : sort.order_by_all ? plan::Exprs{} : sort.order) {
        const auto& child_expr =
            e->kind == plan::ExprKind::kSortOrder ? e->as<plan::SortOrder>().child : e;
        bool ordinal = by_position && child_expr->kind == plan::ExprKind::kLiteral &&
                       child_expr->as<plan::Literal>().type->is(types::TypeId::kInteger) &&
                       !child_expr->as<plan::Literal>().value.is_null();
        orders.push_back(sort_order(e, c));
        if (!ordinal) continue;
        auto index = child_expr->as<plan::Literal>().value.as_int();
        auto size = static_cast<int64_t>(child.scope.size());
        if (index < 1 || index > size) {
            throw analysis_error("ORDER_BY_POS_OUT_OF_RANGE",
                {{"index", std::to_string(index)}, {"size", std::to_string(size)}});
        }
        orders.back().expr = resolved::ref(child.scope[static_cast<size_t>(index - 1)]);
    }
    resolved::Exprs exprs;
    for (const auto& o : orders) exprs.push_back(o.expr);
    auto widened = extract_windows(pull_up(child, exprs), exprs);
    check_placed_subqueries(not_grouped(child, exprs));
    for (size_t i = 0; i < orders.size(); ++i) orders[i].expr = exprs[i];
    return drop_pulled(child, make_sort(widened, std::move(orders), sort.global));
}

}  // namespace hanok::analyzer
