#include "analyzer/distinct_order.h"

#include "analyzer/coercion.h"
#include "base/error.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using types::DataType;
using types::TypeId;

namespace {

bool is_plain_string(const DataType& type) {
    return type.is_string() && type.is_default_collation();
}

// Equal values stay equal and different ones different.
bool keeps_identity(const DataType& from, const DataType& to) {
    if (to.is(TypeId::kBinary)) return is_plain_string(from);
    if (!is_plain_string(to)) return false;
    return from.is_integral() || from.is(TypeId::kDecimal) || from.is(TypeId::kDate) ||
           from.is(TypeId::kBoolean) || from.is(TypeId::kBinary) || is_plain_string(from);
}

// So do texts of dates, of booleans and of bytes; those of numbers have another order.
bool keeps_order(const DataType& from) { return !from.is_integral() && !from.is(TypeId::kDecimal); }

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

void order_distinct_values(resolved::Aggregate& aggregate) {
    const auto& value = aggregate.args[0];
    for (auto& order : aggregate.within_group) {
        if (resolved::same_expression(*order.expr, *value)) continue;
        bool is_cast = value->kind == ExprKind::kCast &&
                       resolved::same_expression(*value->as<resolved::Cast>().child, *order.expr);
        if (!is_cast) {
            throw analysis_error("INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT",
                {{"funcName", "`listagg`"}, {"funcArg", quoted(expression_sql(*value))},
                    {"orderingExpr", quoted(expression_sql(*order.expr))}});
        }
        const auto& from = *order.expr->type;
        if (!keeps_identity(from, *value->type)) {
            throw analysis_error(
                "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST",
                {{"funcName", "`listagg`"}, {"inputType", quoted(from.sql())},
                    {"castType", quoted(value->type->sql())}});
        }
        if (!keeps_order(from))
            throw unsupported_feature("listagg(DISTINCT …) of numbers in the order of the numbers");
        order.expr = value;
    }
}

}  // namespace hanok::analyzer
