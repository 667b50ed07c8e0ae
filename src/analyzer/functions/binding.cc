// What bindings share: errors, constants, calls. Declared in signature.h.

#include <algorithm>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypePtr;

namespace {

constexpr const char* kDocRoot = "https://spark.apache.org/docs/latest";

std::string ordinal(size_t index) {
    static const char* names[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh",
        "eighth", "ninth", "tenth"};
    return index < 10 ? names[index] : std::to_string(index + 1) + "th";
}

Error at(Error error, const CallInput& input) {
    if (input.origin && input.origin->known())
        error.add_context(plan::query_context(*input.origin));
    return error;
}

}  // namespace

void raise_wrong_num_args(const std::string& name, const std::string& expected, size_t actual) {
    throw analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        {{"functionName", quote_identifier(name)}, {"expectedNum", expected},
            {"actualNum", std::to_string(actual)}, {"docroot", kDocRoot}});
}

void check_arity(const FunctionDef& def, const CallInput& input) {
    auto n = static_cast<int>(input.args.size());
    if (n >= def.min_args && (def.max_args < 0 || n <= def.max_args)) return;
    std::string expected;
    if (def.max_args < 0) {
        expected = "> " + std::to_string(def.min_args - 1);
    } else if (def.min_args == def.max_args) {
        expected = std::to_string(def.min_args);
    } else {
        for (int i = def.min_args; i <= def.max_args; ++i)
            expected += (i > def.min_args ? ", " : "") + std::to_string(i);
        expected = "[" + expected + "]";
    }
    Error error = analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        {{"functionName", quote_identifier(def.name)}, {"expectedNum", expected},
            {"actualNum", std::to_string(n)}, {"docroot", kDocRoot}});
    throw at(std::move(error), input);
}

ExprPtr make_call(
    const CallInput& input, std::string function, Exprs args, TypePtr type, bool nullable) {
    auto call = std::make_shared<resolved::Call>(
        std::move(function), std::move(args), std::move(type), nullable);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    return call;
}

bool any_nullable(const Exprs& args) {
    for (const auto& a : args) {
        if (a->nullable) return true;
    }
    return false;
}

std::string call_sql(const FunctionDef& def, const Exprs& args) {
    std::vector<std::string> names;
    for (const auto& a : args) names.push_back(a ? expression_sql(*a) : "lambdafunction()");
    if (def.column_name) return def.column_name(names);
    std::string out = def.name + "(";
    for (size_t i = 0; i < names.size(); ++i) out += (i ? ", " : "") + names[i];
    return out + ")";
}

std::string call_sql(const FunctionDef& def, const CallInput& input) {
    return call_sql(def, input.args);
}

namespace {

// Is `arg` what coercion makes of `original`?
bool is_coerced(const ExprPtr& arg, const ExprPtr& original) {
    if (arg == original) return true;
    if (arg->kind != ExprKind::kCast) return false;
    const auto& cast = arg->as<resolved::Cast>();
    return !cast.is_explicit && cast.child == original;
}

bool shows_itself(const FunctionDef& def, const Exprs& original, const resolved::Call& call) {
    if (call.function != def.name || call.args.size() != original.size()) return false;
    for (size_t i = 0; i < original.size(); ++i) {
        if (!is_coerced(call.args[i], original[i])) return false;
    }
    return true;
}

}  // namespace

ExprPtr shown_as(const FunctionDef& def, const Exprs& original, ExprPtr result) {
    if (result->kind == ExprKind::kCall) {
        const auto& call = result->as<resolved::Call>();
        bool is_argument = std::find(original.begin(), original.end(), result) != original.end();
        if (!is_argument) {
            if (!call.shown.empty() || shows_itself(def, original, call)) return result;
            auto renamed = std::make_shared<resolved::Call>(call);
            renamed->shown = call_sql(def, original);
            return renamed;
        }
    }
    if (result->kind == ExprKind::kLiteral) {
        auto renamed = std::make_shared<resolved::Literal>(result->as<resolved::Literal>());
        renamed->spelling = call_sql(def, original);
        return renamed;
    }
    if (result->kind == ExprKind::kCast && def.group == "conversion_funcs") return result;
    if (result->kind == ExprKind::kAggregate || result->kind == ExprKind::kWindow) return result;
    auto call = std::make_shared<resolved::Call>(
        "identity", Exprs{result}, result->type, result->nullable);
    call->origin = result->origin;
    call->shown = call_sql(def, original);
    return call;
}

void raise_mismatch(const FunctionDef& def, const CallInput& input, const std::string& subclass,
    ErrorParameters parameters) {
    parameters["sqlExpr"] = "\"" + call_sql(def, input) + "\"";
    throw at(analysis_error("DATATYPE_MISMATCH." + subclass, std::move(parameters)), input);
}

void raise_unexpected_type(
    const FunctionDef& def, const CallInput& input, size_t index, const std::string& required) {
    raise_mismatch(def, input, "UNEXPECTED_INPUT_TYPE",
        {{"paramIndex", ordinal(index)}, {"requiredType", required},
            {"inputSql", quoted_sql(*input.args[index])},
            {"inputType", quoted_type(*input.args[index]->type)}});
}

TypePtr common_type(const FunctionDef& def, const CallInput& input, const Exprs& args) {
    std::vector<TypePtr> all;
    for (const auto& a : args) all.push_back(a->type);
    auto type = wider_type(all, input.context.ansi);
    if (type) return type;
    std::string shown;
    for (const auto& t : all) shown += (shown.empty() ? "" : ", ") + quoted_type(*t);
    raise_mismatch(def, input, "DATA_DIFF_TYPES",
        {{"functionName", quote_identifier(def.name)}, {"dataType", "[" + shown + "]"}});
}

std::string quoted_type(const DataType& type) { return "\"" + type.sql() + "\""; }
std::string quoted_sql(const resolved::Expression& e) { return "\"" + expression_sql(e) + "\""; }

const resolved::Literal* as_literal(const ExprPtr& e) {
    return e->kind == ExprKind::kLiteral ? &e->as<resolved::Literal>() : nullptr;
}

std::optional<int64_t> constant_int(const ExprPtr& e) {
    if (const auto* literal = as_literal(e)) {
        if (const auto* i = std::get_if<int64_t>(&literal->value.v)) return *i;
        if (const auto* s = std::get_if<std::string>(&literal->value.v)) {
            char* end = nullptr;
            auto value = std::strtoll(s->c_str(), &end, 10);
            if (end != s->c_str() && *end == '\0') return value;
        }
        return std::nullopt;
    }
    if (e->kind == ExprKind::kCast) return constant_int(e->as<resolved::Cast>().child);
    if (e->kind == ExprKind::kCall) {
        const auto& call = e->as<resolved::Call>();
        if (call.args.size() != 1) return std::nullopt;
        auto inner = constant_int(call.args[0]);
        if (inner && (call.function == "negative" || call.function == "-")) return -*inner;
        if (inner && (call.function == "positive" || call.function == "+")) return inner;
    }
    return std::nullopt;
}

std::optional<std::string> constant_string(const ExprPtr& e) {
    if (const auto* literal = as_literal(e)) {
        if (const auto* s = std::get_if<std::string>(&literal->value.v)) return *s;
        return std::nullopt;
    }
    if (e->kind == ExprKind::kCast && e->type->is_string())
        return constant_string(e->as<resolved::Cast>().child);
    return std::nullopt;
}

namespace {

// NULL where `e` is no constant.
types::Value folded_value(const CallInput& input, const ExprPtr& e) {
    return input.fold && resolved::is_foldable(*e) ? input.fold(e) : types::Value();
}

[[noreturn]] void raise_not_foldable(
    const FunctionDef& def, const CallInput& input, const ExprPtr& e, const std::string& name) {
    raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
        {{"inputName", quote_identifier(name)}, {"inputType", quoted_type(*e->type)},
            {"inputExpr", quoted_sql(*e)}});
}

}  // namespace

int64_t require_int(
    const FunctionDef& def, const CallInput& input, const ExprPtr& e, const std::string& name) {
    if (auto value = constant_int(e)) return *value;
    if (e->type->is_integral()) {
        auto folded = folded_value(input, e);
        if (!folded.is_null()) return folded.as_int();
    }
    raise_not_foldable(def, input, e, name);
}

std::string require_string(
    const FunctionDef& def, const CallInput& input, const ExprPtr& e, const std::string& name) {
    if (auto value = constant_string(e)) return *value;
    if (e->type->is_string()) {
        auto folded = folded_value(input, e);
        if (!folded.is_null()) return folded.as_string();
    }
    raise_not_foldable(def, input, e, name);
}

ExprPtr make_literal(TypePtr type, types::Value value) {
    return std::make_shared<resolved::Literal>(std::move(type), std::move(value));
}
ExprPtr string_constant(const std::string& text) {
    return make_literal(DataType::string(), types::string_value(text));
}
ExprPtr int_constant(int64_t value) {
    return make_literal(DataType::integer(), types::int_value(value));
}
ExprPtr null_constant(TypePtr type) { return make_literal(std::move(type), types::Value()); }

}  // namespace hanok::analyzer
