#pragma once
// The function registry: one declarative entry per Spark function. The analyzer, SHOW/DESCRIBE
// FUNCTION and the docs read it. How a function runs is the engine's business (engine/functions),
// under the same name.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/origin.h"
#include "resolved/expression.h"

namespace hanok::analyzer {

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow, kGenerator, kTable };

// What a function may know of the session while it is bound.
struct FunctionContext {
    bool ansi = true;
    std::string time_zone = "UTC";
    int64_t now_micros = 0;  // current_timestamp of the query
    std::string user;
    std::string catalog;  // current
    std::string schema;   // current
    std::string version = "4.2.0";
    bool legacy_time_parser = false;
    // Value of a session configuration key ("" when unset without default).
    std::function<std::string(const std::string&)> conf;
};

// Calls with resolved arguments, as a function sees them.
struct CallInput {
    const FunctionContext& context;
    std::string name;      // as registered, lower case
    resolved::Exprs args;  // typed; Lambda arguments are bound by `bind_lambda`
    bool distinct = false;
    bool ignore_nulls = false;
    // WITHIN GROUP (ORDER BY …); the analyzer attaches it, DISTINCT and FILTER to the Aggregate
    // nodes of the result.
    std::vector<resolved::SortOrder> within_group;
    // Set by `bind` where the column header is not what the function and its arguments give.
    std::string shown_name;
    plan::OriginPtr origin;
    // For higher-order functions: binds argument i (a lambda) with these parameter types and
    // nullabilities and returns it; more types than the lambda takes are dropped.
    std::function<resolved::ExprPtr(
        size_t i, std::vector<std::pair<types::TypePtr, bool>> parameters)>
        bind_lambda;
    // The value of a foldable expression; unset where nothing can be run.
    std::function<types::Value(const resolved::ExprPtr&)> fold;
    // Number of parameters of lambda argument i, 0 when argument i is not a lambda.
    std::function<size_t(size_t i)> lambda_arity;
};

struct FunctionDef;

// The call, typed: Call, Aggregate or Window node (or any expression: a function may be an alias
// for a cast, a literal, …). Arguments coerced; throws the Spark condition when they cannot be.
using BindFunction = std::function<resolved::ExprPtr(const FunctionDef&, CallInput&)>;
// Columns a generator or table function makes.
using GenerateFunction = std::function<resolved::Attributes(const FunctionDef&, CallInput&)>;

struct FunctionDef {
    std::string name;
    std::string group;  // Spark's groups: "string_funcs", "agg_funcs", …
    FunctionKind kind = FunctionKind::kScalar;
    int min_args = 0;
    int max_args = 0;  // -1: any number
    BindFunction bind;
    GenerateFunction generate;  // generators and table functions
    bool deterministic = true;
    std::vector<int> lambda_args;              // positions whose argument is a lambda
    std::vector<std::string> parameter_names;  // for named arguments
    std::string usage;                         // one sentence of ours
    // Name in the column header when it differs from name(args); e.g. operators print infix. Null:
    // default.
    std::function<std::string(const std::vector<std::string>& arg_names)> column_name;
};

class FunctionRegistry {
public:
    // All built-in functions; made once, immutable afterwards.
    static const FunctionRegistry& builtin();

    // nullptr when there is none. Names are lower case.
    const FunctionDef* find(std::string_view name) const;
    // Sorted by name.
    std::vector<const FunctionDef*> all() const;

    void add(FunctionDef def);
    void add_alias(const std::string& alias, const std::string& name);

private:
    std::vector<std::pair<std::string, std::shared_ptr<const FunctionDef>>>
        entries_;  // sorted by name
};

// ---- for function definitions (analyzer/functions/*.cc)

// Registers the functions of each group; builtin() calls them all.
void register_operators(FunctionRegistry&);
void register_conditional(FunctionRegistry&);
void register_math(FunctionRegistry&);
void register_string(FunctionRegistry&);
void register_conversion(FunctionRegistry&);
void register_datetime(FunctionRegistry&);
void register_collection(FunctionRegistry&);
void register_higher_order(FunctionRegistry&);
void register_struct_map(FunctionRegistry&);
void register_json_csv_xml(FunctionRegistry&);
void register_hash_misc(FunctionRegistry&);
void register_aggregate(FunctionRegistry&);
void register_sketch(FunctionRegistry&);
void register_window(FunctionRegistry&);
void register_generator(FunctionRegistry&);
void register_variant(FunctionRegistry&);

}  // namespace hanok::analyzer
