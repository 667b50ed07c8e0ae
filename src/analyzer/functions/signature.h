#pragma once
// A small language for declaring functions: most are one line.
//
//   FunctionGroup strings(registry, "string_funcs");
//   strings.scalar("repeat", {"string", "int"}, "string", "Repeats a string n times.");
//
// A parameter is a list of alternatives: "string", "string|binary", "numeric", "any",
// "array<string>", or a type variable ("T", "K"): all parameters of one variable are brought to
// their widest common type. A final "?" makes it optional, "?=x" optional with a default value, "*"
// and "+" let it repeat (from 0 or 1 times); "=string" takes strings and NULL alone. A result is a
// type, a variable, or "arg0", "arg1", … (the type of that argument).

#include <functional>
#include <string>
#include <vector>

#include "analyzer/function.h"

namespace hanok::analyzer {

enum class Nulls { kIfAnyArgument, kAlways, kNever };

// Type (and, with kNever / kAlways overridden, nullability) from the coerced arguments.
using ResultRule = std::function<types::TypePtr(const resolved::Exprs& args, CallInput& input)>;
using NullRule = std::function<bool(const resolved::Exprs& args)>;
// Replaces the call by another expression after coercion.
using Rewrite = std::function<resolved::ExprPtr(resolved::Exprs args, CallInput& input)>;

struct Signature;

// Adds its function to the registry when it goes out of scope (at the end of the statement).
class FunctionMaker {
public:
    FunctionMaker(
        FunctionRegistry& registry, FunctionDef def, std::shared_ptr<Signature> signature);
    ~FunctionMaker();
    FunctionMaker(const FunctionMaker&) = delete;
    FunctionMaker& operator=(const FunctionMaker&) = delete;

    FunctionMaker& nulls(Nulls nulls);
    FunctionMaker& nulls(NullRule rule);
    FunctionMaker& result(ResultRule rule);
    FunctionMaker& rewrite(Rewrite rewrite);
    FunctionMaker& nondeterministic();
    // The kernel's name when it is not the function's own.
    FunctionMaker& kernel(std::string name);
    // The name shown in column headers.
    FunctionMaker& label(std::string name);
    FunctionMaker& column_name(std::function<std::string(const std::vector<std::string>&)> name);
    FunctionMaker& parameters(std::vector<std::string> names);
    FunctionMaker& aliases(const std::vector<std::string>& names);

private:
    FunctionRegistry& registry_;
    FunctionDef def_;
    std::shared_ptr<Signature> signature_;
    std::vector<std::string> aliases_;
};

class FunctionGroup {
public:
    FunctionGroup(FunctionRegistry& registry, std::string group)
        : registry_(registry), group_(std::move(group)) {}
    FunctionMaker scalar(const std::string& name, const std::vector<std::string>& parameters,
        const std::string& result, const std::string& usage);
    // A function with a binding of its own.
    FunctionMaker custom(const std::string& name, int min_args, int max_args, BindFunction bind,
        const std::string& usage);

private:
    FunctionRegistry& registry_;
    std::string group_;
};

// ---- for bindings

// Type from its name in signatures: "int", "array<string>", "decimal(10,2)".
types::TypePtr type_named(const std::string& name);
// Coerces args to the parameters (optional defaults filled in); checks the number of arguments.
resolved::Exprs coerce_arguments(
    const std::vector<std::string>& parameters, const FunctionDef& def, CallInput& input);
// WRONG_NUM_ARGS unless min <= args <= max (-1: any).
void check_arity(const FunctionDef& def, const CallInput& input);
[[noreturn]] void raise_wrong_num_args(
    const std::string& name, const std::string& expected, size_t actual);

resolved::ExprPtr make_call(const CallInput& input, std::string function, resolved::Exprs args,
    types::TypePtr type, bool nullable);
bool any_nullable(const resolved::Exprs& args);
// The call's text as errors and column names show it.
std::string call_sql(const FunctionDef& def, const CallInput& input);
std::string call_sql(const FunctionDef& def, const resolved::Exprs& args);
// Makes `result` show the call `def(original)` where its own form would not.
resolved::ExprPtr shown_as(
    const FunctionDef& def, const resolved::Exprs& original, resolved::ExprPtr result);
// DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE; `index` counts from 0.
[[noreturn]] void raise_unexpected_type(
    const FunctionDef& def, const CallInput& input, size_t index, const std::string& required);
// DATATYPE_MISMATCH.<subclass> with sqlExpr filled in.
[[noreturn]] void raise_mismatch(const FunctionDef& def, const CallInput& input,
    const std::string& subclass, ErrorParameters parameters);
// Widest type of the arguments' types, or DATATYPE_MISMATCH.DATA_DIFF_TYPES.
types::TypePtr common_type(
    const FunctionDef& def, const CallInput& input, const resolved::Exprs& args);

// "\"INT\"" and "\"(a + 1)\"", as error parameters show types and expressions.
std::string quoted_type(const types::DataType& type);
std::string quoted_sql(const resolved::Expression& e);

// The value of a constant argument: literals, and casts and signs of them.
const resolved::Literal* as_literal(const resolved::ExprPtr& e);
std::optional<int64_t> constant_int(const resolved::ExprPtr& e);
std::optional<std::string> constant_string(const resolved::ExprPtr& e);
// DATATYPE_MISMATCH.NON_FOLDABLE_INPUT when `e` is none.
int64_t require_int(const FunctionDef& def, const CallInput& input, const resolved::ExprPtr& e,
    const std::string& name);
std::string require_string(const FunctionDef& def, const CallInput& input,
    const resolved::ExprPtr& e, const std::string& name);

resolved::ExprPtr make_literal(types::TypePtr type, types::Value value);
resolved::ExprPtr string_constant(const std::string& text);
resolved::ExprPtr int_constant(int64_t value);
resolved::ExprPtr null_constant(types::TypePtr type);

}  // namespace hanok::analyzer
