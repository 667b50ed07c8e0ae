#include <fmt/format.h>

#include "analyzer/coercion.h"
#include "analyzer/function.h"

namespace hanok::analyzer {

using resolved::Expression;
using resolved::ExprKind;

namespace {

std::string list(const resolved::Exprs& exprs) {
    std::string out;
    for (const auto& e : exprs) out += (out.empty() ? "" : ", ") + expression_sql(*e);
    return out;
}

std::string sort_orders(const std::vector<resolved::SortOrder>& orders) {
    std::string out;
    for (const auto& o : orders) {
        out += (out.empty() ? "" : ", ") + expression_sql(*o.expr) +
               (o.ascending ? " ASC" : " DESC") + (o.nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    return out;
}

std::string field_access(const resolved::Call& call) {
    auto child = expression_sql(*call.args[0]);
    const auto* type = call.args[0]->type.get();
    if (type->is(types::TypeId::kArray)) type = type->element().get();
    auto index = call.args[1]->as<resolved::Literal>().value.as_int();
    return child + "." + type->fields()[static_cast<size_t>(index)].name;
}

std::string call_sql(const resolved::Call& call) {
    if (!call.shown.empty()) return call.shown;
    if (call.function == "get_struct_field" || call.function == "get_array_struct_fields")
        return field_access(call);
    if (call.function == "get_array_item" || call.function == "get_map_value") {
        return expression_sql(*call.args[0]) + "[" + expression_sql(*call.args[1]) + "]";
    }
    std::vector<std::string> names;
    for (const auto& a : call.args) names.push_back(expression_sql(*a));
    const auto* def = FunctionRegistry::builtin().find(call.function);
    if (def && def->column_name) return def->column_name(names);
    return fmt::format("{}({})", call.function, fmt::join(names, ", "));
}

std::string aggregate_sql(const resolved::Aggregate& a) {
    auto out = fmt::format("{}({}{})", a.python ? a.python->name : a.function,
        a.distinct ? "DISTINCT " : "", list(a.args));
    if (a.function == "count" && a.args.empty()) out = "count(1)";
    if (!a.within_group.empty())
        out += " WITHIN GROUP (ORDER BY " + sort_orders(a.within_group) + ")";
    if (a.filter) out += " FILTER (WHERE " + expression_sql(*a.filter) + ")";
    return out;
}

std::string bound_sql(const resolved::FrameBound& bound) {
    using Kind = resolved::FrameBound::Kind;
    switch (bound.kind) {
        case Kind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
        case Kind::kCurrentRow: return "CURRENT ROW";
        case Kind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
        case Kind::kPreceding: return expression_sql(*bound.offset) + " PRECEDING";
        case Kind::kFollowing: return expression_sql(*bound.offset) + " FOLLOWING";
    }
    return "";
}

std::string window_sql(const resolved::Window& w) {
    std::string over;
    if (!w.partition_by.empty()) over += "PARTITION BY " + list(w.partition_by) + " ";
    if (!w.order_by.empty()) over += "ORDER BY " + sort_orders(w.order_by) + " ";
    return fmt::format("{}({}{}) OVER ({}{} BETWEEN {} AND {})", w.function,
        w.distinct ? "DISTINCT " : "", list(w.args), over, w.rows_frame ? "ROWS" : "RANGE",
        bound_sql(w.lower), bound_sql(w.upper));
}

std::string subquery_sql(const resolved::Subquery& s) {
    switch (s.subquery_kind) {
        case resolved::SubqueryKind::kScalar: return "scalarsubquery()";
        case resolved::SubqueryKind::kExists: return "exists()";
        case resolved::SubqueryKind::kIn: break;
    }
    auto values = list(s.in_values);
    return fmt::format(
        "({} IN (listquery()))", s.in_values.size() > 1 ? "(" + values + ")" : values);
}

}  // namespace

std::string expression_sql(const Expression& e) {
    switch (e.kind) {
        case ExprKind::kLiteral: {
            const auto& literal = e.as<resolved::Literal>();
            return literal.spelling.empty() ? types::value_name(literal.value, *e.type)
                                            : literal.spelling;
        }
        case ExprKind::kAttribute: {
            const auto& a = e.as<resolved::AttributeRef>();
            return a.is_lambda ? "namedlambdavariable()" : a.name;
        }
        case ExprKind::kOuterAttribute:
            return "outer(" + e.as<resolved::OuterAttributeRef>().name + ")";
        case ExprKind::kCall: return call_sql(e.as<resolved::Call>());
        case ExprKind::kCast: {
            const auto& cast = e.as<resolved::Cast>();
            if (!cast.is_explicit) return expression_sql(*cast.child);
            return fmt::format("{}({} AS {})",
                cast.mode == resolved::CastMode::kTry ? "TRY_CAST" : "CAST",
                expression_sql(*cast.child), e.type->sql());
        }
        case ExprKind::kAggregate: return aggregate_sql(e.as<resolved::Aggregate>());
        case ExprKind::kWindow: return window_sql(e.as<resolved::Window>());
        case ExprKind::kLambda: {
            const auto& lambda = e.as<resolved::Lambda>();
            std::string out = "lambdafunction(" + expression_sql(*lambda.body);
            for (size_t i = 0; i < lambda.parameters.size(); ++i) out += ", namedlambdavariable()";
            return out + ")";
        }
        case ExprKind::kSubquery: return subquery_sql(e.as<resolved::Subquery>());
        case ExprKind::kPythonUdf: {
            const auto& udf = e.as<resolved::PythonUdf>();
            return udf.name + "(" + list(udf.args) + ")";
        }
    }
    return "";
}

std::string expression_name(const Expression& e) {
    if (e.kind == ExprKind::kCast) {
        const auto& child = *e.as<resolved::Cast>().child;
        if (child.kind == ExprKind::kAttribute) return child.as<resolved::AttributeRef>().name;
    }
    return expression_sql(e);
}

}  // namespace hanok::analyzer
