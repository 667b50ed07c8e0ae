// CASE, IF, COALESCE and their relatives.

#include "analyzer/coercion.h"
#include "analyzer/functions/arithmetic.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;

namespace {

std::string case_name(const std::vector<std::string>& args) {
    std::string out = "CASE";
    size_t i = 0;
    for (; i + 1 < args.size(); i += 2) out += " WHEN " + args[i] + " THEN " + args[i + 1];
    if (i < args.size()) out += " ELSE " + args[i];
    return out + " END";
}

ExprPtr to_boolean(const FunctionDef& def, CallInput& input, size_t i) {
    const auto& e = input.args[i];
    if (e->type->is(TypeId::kBoolean)) return e;
    if (e->type->is(TypeId::kNull)) return cast_to(e, DataType::boolean(), input.context.ansi);
    raise_unexpected_type(def, input, i, "\"BOOLEAN\"");
}

// Brings the values at these positions to one type and tells whether one of them may be NULL.
types::TypePtr unify_values(
    const FunctionDef& def, CallInput& input, const std::vector<size_t>& positions) {
    Exprs values;
    for (auto i : positions) values.push_back(input.args[i]);
    auto type = common_type(def, input, values);
    for (auto i : positions) input.args[i] = cast_to(input.args[i], type, input.context.ansi);
    return type;
}

ExprPtr bind_when(const FunctionDef& def, CallInput& input) {
    std::vector<size_t> values;
    size_t n = input.args.size();
    for (size_t i = 0; i + 1 < n; i += 2) {
        input.args[i] = to_boolean(def, input, i);
        values.push_back(i + 1);
    }
    bool has_else = n % 2 == 1;
    if (has_else) values.push_back(n - 1);
    auto type = unify_values(def, input, values);
    bool nullable = !has_else;
    for (auto i : values) nullable = nullable || input.args[i]->nullable;
    return make_call(input, "when", input.args, type, nullable);
}

ExprPtr make_if(
    CallInput& input, const ExprPtr& condition, const ExprPtr& then, const ExprPtr& otherwise) {
    return make_call(input, "when", {condition, then, otherwise}, then->type,
        then->nullable || otherwise->nullable);
}

ExprPtr bind_coalesce(const FunctionDef& def, CallInput& input) {
    std::vector<size_t> all;
    for (size_t i = 0; i < input.args.size(); ++i) all.push_back(i);
    auto type = unify_values(def, input, all);
    bool nullable = true;
    for (const auto& a : input.args) nullable = nullable && a->nullable;
    if (input.args.size() == 1) return input.args[0];
    return make_call(input, "coalesce", input.args, type, nullable);
}

ExprPtr bind_nvl2(const FunctionDef& def, CallInput& input) {
    auto type = unify_values(def, input, {1, 2});
    auto present = make_call(input, "isnotnull", {input.args[0]}, DataType::boolean(), false);
    return make_if(input, present, input.args[1], input.args[2]);
}

ExprPtr bind_nullif(const FunctionDef& def, CallInput& input) {
    auto value = input.args[0];
    coerce_comparison(def, input, true);
    auto equal = make_call(input, "=", input.args, DataType::boolean(), any_nullable(input.args));
    return make_if(input, equal, null_constant(value->type), value);
}

ExprPtr bind_extreme(const FunctionDef& def, CallInput& input) {
    auto call = bind_coalesce(def, input);
    if (!call->type->is_orderable()) {
        raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
            {{"functionName", quote_identifier(def.name)}, {"dataType", quoted_type(*call->type)}});
    }
    bool nullable = call->nullable;
    return make_call(input, def.name, input.args, call->type, nullable);
}

ExprPtr bind_zeroifnull(const FunctionDef& def, CallInput& input) {
    input.args.push_back(int_constant(0));
    return bind_coalesce(def, input);
}

ExprPtr bind_nullifzero(const FunctionDef& def, CallInput& input) {
    input.args.push_back(int_constant(0));
    return bind_nullif(def, input);
}

}  // namespace

void register_conditional(FunctionRegistry& registry) {
    FunctionGroup group(registry, "conditional_funcs");
    group
        .custom("when", 2, -1, bind_when,
            "The value of the first condition that holds; else the last value or NULL.")
        .column_name(case_name);
    group
        .custom(
            "if", 3, 3,
            [](const FunctionDef& def, CallInput& input) {
                input.args[0] = to_boolean(def, input, 0);
                unify_values(def, input, {1, 2});
                return make_if(input, input.args[0], input.args[1], input.args[2]);
            },
            "The second value when the condition holds, else the third.")
        .column_name([](const std::vector<std::string>& args) {
            std::string out = "(IF(";
            for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
            return out + "))";
        });
    group.custom("coalesce", 1, -1, bind_coalesce, "The first value that is not NULL.");
    group.custom("nvl", 2, 2, bind_coalesce, "The first value, or the second when that is NULL.");
    group.custom(
        "ifnull", 2, 2, bind_coalesce, "The first value, or the second when that is NULL.");
    group.custom(
        "nvl2", 3, 3, bind_nvl2, "The second value when the first is not NULL, else the third.");
    group.custom("nullif", 2, 2, bind_nullif, "NULL when both values are equal, else the first.");
    group.custom("zeroifnull", 1, 1, bind_zeroifnull, "The value, or 0 when it is NULL.");
    group.custom("nullifzero", 1, 1, bind_nullifzero, "The value, or NULL when it is 0.");
    group.custom("greatest", 2, -1, bind_extreme, "The greatest value; NULLs are skipped.");
    group.custom("least", 2, -1, bind_extreme, "The least value; NULLs are skipped.");
    group
        .scalar("nanvl", {"double|float", "double|float"}, "arg0",
            "The first value, or the second when it is NaN.")
        .rewrite([](Exprs args, CallInput& input) {
            if (!args[0]->type->same_type(*args[1]->type)) {
                for (auto& a : args) a = cast_to(a, DataType::double_(), input.context.ansi);
            }
            auto type = args[0]->type;
            bool nullable = any_nullable(args);
            if (!resolved::is_deterministic(*args[0]))
                return make_call(input, "nanvl", std::move(args), type, nullable);
            // The second value is computed only where it is needed.
            auto is_nan = make_call(input, "isnan", {args[0]}, DataType::boolean(), false);
            return make_call(input, "when", {is_nan, args[1], args[0]}, type, nullable);
        });
}

}  // namespace hanok::analyzer
