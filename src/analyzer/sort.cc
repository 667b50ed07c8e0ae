// ORDER BY and HAVING, with columns and aggregates that the select list does not give.

#include <algorithm>

#include "analyzer/impl.h"

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
NamedExprs lift_from_aggregate(
    resolved::Exprs& exprs, const std::set<resolved::AttributeId>& have, const Hidden& hidden,
    const std::function<Error(const resolved::AttributeRef&)>& unresolved) {
    NamedExprs more;
    auto lift = [&](const ExprPtr& e) {
        for (const auto& known : more) {
            if (resolved::same_expression(*known.expr, *e)) return resolved::ref(known.attribute);
        }
        more.push_back(Impl::named("_hidden", e));
        return resolved::ref(more.back().attribute);
    };
    for (auto& expr : exprs) {
        expr = resolved::transform(expr, [&](const ExprPtr& e) -> ExprPtr {
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

Rel Impl::pull_up(const Rel& child, resolved::Exprs& exprs, NamedExprs* pulled) {
    auto have = ids_of(child);
    bool aggregates = false;
    std::map<resolved::AttributeId, resolved::Attribute> missing;
    auto note = [&](const resolved::Attribute& a) {
        if (!have.count(a.id)) missing.emplace(a.id, a);
    };
    for (const auto& expr : exprs) {
        resolved::walk(*expr, [&](const resolved::Expression& e) {
            if (e.kind == ExprKind::kAggregate) aggregates = true;
            if (e.kind == ExprKind::kCall &&
                e.as<resolved::Call>().function.rfind("grouping", 0) == 0)
                aggregates = true;
            if (e.kind == ExprKind::kAttribute && is_missing(e, have)) {
                const auto& r = e.as<resolved::AttributeRef>();
                note({r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata});
            }
            if (e.kind == ExprKind::kSubquery) {
                for (const auto& a : e.as<resolved::Subquery>().outer) note(a);
            }
            return true;
        });
    }
    if (!aggregates && missing.empty()) return child;
    std::vector<const Hidden*> path;
    for (auto hidden = child.hidden; hidden; hidden = hidden->child->hidden) {
        path.push_back(hidden.get());
        if (hidden->kind == Hidden::Kind::kAggregate) break;
        if (hidden->kind == Hidden::Kind::kProject && !aggregates) {
            auto below = ids_of(*hidden->child);
            if (std::all_of(missing.begin(), missing.end(),
                    [&](const auto& m) { return below.count(m.first); }))
                break;
        }
    }
    if (path.empty()) {
        if (aggregates) throw misplaced_aggregate(exprs);
        return child;
    }
    const auto& bottom = *path.back();
    NamedExprs more;
    if (bottom.kind == Hidden::Kind::kAggregate) {
        more = lift_from_aggregate(exprs, have, bottom, [&](const resolved::AttributeRef& r) {
            Context c;
            c.input = &child;
            WithContext current(*this, c);
            return unresolved_column({r.name});
        });
        // A correlated subquery reads the grouping column itself.
        for (const auto& [id, a] : missing) {
            bool lifted = std::any_of(
                more.begin(), more.end(), [&, key = id](const resolved::NamedExpr& m) {
                    return m.expr->kind == ExprKind::kAttribute &&
                           m.expr->as<resolved::AttributeRef>().id == key;
                });
            if (!lifted) {
                for (const auto& e : exprs) {
                    if (resolved::references(*e).count(id)) {
                        more.push_back(pass_column(a));
                        break;
                    }
                }
            }
        }
    } else {
        if (aggregates) throw misplaced_aggregate(exprs);
        for (const auto& [id, a] : missing) more.push_back(pass_column(a));
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

Rel Impl::resolve_having(const plan::Filter& filter) {
    auto child = filter.child->kind == plan::RelationKind::kProject
                     ? resolve_project(filter.child->as<plan::Project>(), true)
                     : resolve(filter.child);
    Context c;
    c.input = &child;
    c.reach_hidden = true;
    resolved::Exprs exprs{condition(c, filter.condition, "HAVING")};
    NamedExprs pulled;
    auto widened = pull_up(child, exprs, &pulled);
    auto kept = exprs[0];
    auto result = drop_pulled(child, make_filter(widened, kept));
    // Spark's ORDER BY does not reach through a HAVING that itself added columns.
    if (!pulled.empty()) result.hidden = nullptr;
    return result;
}

Rel Impl::resolve_sort(const plan::Sort& sort) {
    auto child = resolve(sort.child);
    Context c;
    c.input = &child;
    c.reach_hidden = true;
    std::vector<resolved::SortOrder> orders;
    if (sort.order_by_all) {
        for (const auto& a : child.scope) {
            bool first = sort.all_nulls == plan::NullsOrder::kDefault
                             ? sort.all_ascending
                             : sort.all_nulls == plan::NullsOrder::kFirst;
            orders.push_back({resolved::ref(a), sort.all_ascending, first});
        }
    }
    for (const auto& e : sort.order_by_all ? plan::Exprs{} : sort.order) {
        const auto& child_expr =
            e->kind == plan::ExprKind::kSortOrder ? e->as<plan::SortOrder>().child : e;
        bool ordinal = child_expr->kind == plan::ExprKind::kLiteral &&
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
    for (size_t i = 0; i < orders.size(); ++i) orders[i].expr = exprs[i];
    return drop_pulled(child, make_sort(widened, std::move(orders), sort.global));
}

}  // namespace hanok::analyzer
