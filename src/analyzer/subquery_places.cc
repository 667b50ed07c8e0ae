#include "analyzer/subquery_places.h"

#include <set>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::SubqueryKind;

namespace {

Error misplaced(const std::string& what, const resolved::Expression& e) {
    return analysis_error(
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY." + what, {{"treeNode", expression_sql(e)}});
}

template <class Visit>
void for_each_subquery(const resolved::Expression& expr, Visit&& visit) {
    resolved::walk(expr, [&](const resolved::Expression& e) {
        if (e.kind == ExprKind::kSubquery) visit(e.as<resolved::Subquery>());
        return true;
    });
}

std::set<resolved::AttributeId> columns_read(const resolved::Subquery& subquery) {
    std::set<resolved::AttributeId> ids;
    for (const auto& a : subquery.outer) ids.insert(a.id);
    for (const auto& value : subquery.in_values) {
        resolved::walk(*value, [&](const resolved::Expression& e) {
            if (e.kind == ExprKind::kAttribute) ids.insert(e.as<resolved::AttributeRef>().id);
            return true;
        });
    }
    return ids;
}

bool reads(const std::set<resolved::AttributeId>& ids, const resolved::Plan& side) {
    for (const auto& a : side.output) {
        if (ids.contains(a.id)) return true;
    }
    return false;
}

bool is_predicate(const resolved::Subquery& subquery) {
    return subquery.subquery_kind == SubqueryKind::kIn ||
           subquery.subquery_kind == SubqueryKind::kExists;
}

}  // namespace

void check_placed_subqueries(const resolved::Exprs& exprs) {
    for (const auto& expr : exprs) {
        for_each_subquery(*expr, [](const resolved::Subquery& subquery) {
            if (is_predicate(subquery)) throw misplaced("UNSUPPORTED_IN_EXISTS_SUBQUERY", subquery);
            if (subquery.subquery_kind == SubqueryKind::kScalar && !subquery.outer.empty())
                throw misplaced("UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", subquery);
        });
    }
}

void check_join_subqueries(const resolved::Expression& condition, const resolved::Plan& left,
    const resolved::Plan& right) {
    for_each_subquery(condition, [&](const resolved::Subquery& subquery) {
        auto ids = columns_read(subquery);
        if (is_predicate(subquery) && reads(ids, left) && reads(ids, right)) {
            throw analysis_error(
                "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY."
                "UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
                {{"subqueryExpression", expression_sql(subquery)}});
        }
        bool is_scalar = subquery.subquery_kind == SubqueryKind::kScalar;
        if (is_scalar && (reads(ids, left) || reads(ids, right)))
            throw misplaced("UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", subquery);
    });
}

}  // namespace hanok::analyzer
