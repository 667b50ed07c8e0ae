// Scalar, EXISTS and IN subqueries, correlated or not.

#include "analyzer/impl.h"

namespace hanok::analyzer {

using types::DataType;

using Impl = Analyzer::Impl;

namespace {

std::string names_of(const Outer& outer) {
    std::string out;
    for (const auto& n : outer.names) out += (out.empty() ? "" : ", ") + n;
    return out;
}

std::string columns_of(const resolved::Attributes& scope) {
    std::string out;
    for (const auto& a : scope) out += (out.empty() ? "" : ", ") + quoted_sql(a.name);
    return out;
}

}  // namespace

plan::RelationPtr Impl::referenced_plan(int64_t plan_id) {
    for (auto list = references.rbegin(); list != references.rend(); ++list) {
        for (const auto& r : *list) {
            if (r->plan_id == plan_id) return r;
        }
    }
    throw internal_error("no plan with id " + std::to_string(plan_id) + " came with the query");
}

Rel Impl::subquery_plan(const plan::Subquery& subquery, Outer& outer) {
    outer.context = context;
    outers.push_back(&outer);
    const auto* enclosing_windows = windows;
    auto* enclosing = context;
    windows = nullptr;
    context = nullptr;
    query_start = subquery.plan.get();
    try {
        auto rel = trim(
            resolve(subquery.plan ? subquery.plan : referenced_plan(*subquery.plan_id)));
        context = enclosing;
        windows = enclosing_windows;
        outers.pop_back();
        return rel;
    } catch (...) {
        context = enclosing;
        windows = enclosing_windows;
        outers.pop_back();
        throw;
    }
}

Typed Impl::subquery(const plan::Subquery& subquery) {
    if (subquery.subquery_kind == plan::SubqueryKind::kTableArgument) {
        throw analysis_error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_TABLE_ARGUMENT",
            {{"treeNode", "TABLE"}});
    }
    if (!context->lambdas.empty()) {
        throw analysis_error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION");
    }
    Outer outer;
    auto rel = subquery_plan(subquery, outer);
    if (subquery.subquery_kind == plan::SubqueryKind::kIn) return in_subquery(subquery, rel, outer);
    std::shared_ptr<resolved::Subquery> made;
    std::string name;
    if (subquery.subquery_kind == plan::SubqueryKind::kExists) {
        made = std::make_shared<resolved::Subquery>(
            resolved::SubqueryKind::kExists, rel.plan, DataType::boolean(), false);
        name = "exists(" + names_of(outer) + ")";
    } else {
        if (rel.scope.size() != 1) {
            throw analysis_error(
                "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
                {{"number", std::to_string(rel.scope.size())}});
        }
        made = std::make_shared<resolved::Subquery>(
            resolved::SubqueryKind::kScalar, rel.plan, rel.scope[0].type, true);
        name = "scalarsubquery(" + names_of(outer) + ")";
    }
    made->outer = outer.used;
    made->origin = subquery.origin;
    return {made, name};
}

Typed Impl::in_subquery(const plan::Subquery& subquery, const Rel& rel, const Outer& outer) {
    TypedList values;
    for (const auto& v : subquery.in_values) values.push_back(expression(v));
    std::string left;
    for (const auto& v : values) left += (left.empty() ? "" : ", ") + v.name;
    auto name = "(" + (values.size() > 1 ? "named_struct(" + left + ")" : left) +
                " IN (listquery(" + names_of(outer) + ")))";
    if (values.size() != rel.scope.size()) {
        std::string left_columns;
        for (const auto& v : values)
            left_columns += (left_columns.empty() ? "" : ", ") + quoted_sql(v.name);
        throw datatype_mismatch("IN_SUBQUERY_LENGTH_MISMATCH", name,
            {{"leftLength", std::to_string(values.size())}, {"leftColumns", left_columns},
                {"rightLength", std::to_string(rel.scope.size())},
                {"rightColumns", columns_of(rel.scope)}});
    }
    std::vector<types::TypePtr> types;
    bool nullable = false;
    resolved::Exprs in_values;
    for (size_t i = 0; i < values.size(); ++i) {
        const auto& from = values[i].expr->type;
        const auto& to = rel.scope[i].type;
        auto type = wider_type(from, to, ansi());
        if (!type) {
            throw datatype_mismatch("IN_SUBQUERY_DATA_TYPE_MISMATCH", name,
                {{"mismatchedColumns", "(\"" + values[i].name + "\":\"" + from->sql() + "\", \"" +
                                           rel.scope[i].name + "\":\"" + to->sql() + "\")"},
                    {"leftType", quoted_type(*from)}, {"rightType", quoted_type(*to)}});
        }
        types.push_back(type);
        in_values.push_back(cast_to(values[i].expr, type, ansi()));
        nullable = nullable || in_values.back()->nullable || rel.scope[i].nullable;
    }
    auto made = std::make_shared<resolved::Subquery>(
        resolved::SubqueryKind::kIn, cast_columns(rel, types).plan, DataType::boolean(), nullable);
    made->in_values = std::move(in_values);
    made->outer = outer.used;
    made->origin = subquery.origin;
    return {made, name};
}

}  // namespace hanok::analyzer
