#pragma once
// How each Spark function becomes a DuckDB expression. A function without an entry is lowered by
// the default rule: Call "f" is the registered kernel "spark_f" over the lowered arguments. Errors
// raised in kernels travel as InvalidInputException(Error::encode()).

#include <duckdb.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/window_expression.hpp>
#include <functional>
#include <string>
#include <unordered_map>

#include "engine/engine.h"
#include "resolved/expression.h"

namespace hanok::engine {

using DuckExpr = duckdb::unique_ptr<duckdb::ParsedExpression>;
using DuckExprs = duckdb::vector<DuckExpr>;

// What lowering knows of the query. Lives as long as one lowering.
struct LowerContext {
    const QueryContext& query;
};

// `args` are the lowered call.args, in order. Lambda arguments come as duckdb::LambdaExpression
// whose parameters have generated names; struct fields are struct_field_name(i). The result must
// have to_logical_type(*call.type).
using LowerFunction =
    std::function<DuckExpr(const LowerContext&, const resolved::Call& call, DuckExprs args)>;

// An aggregate function, used plainly or over a window.
struct AggregateCall {
    const std::string& function;
    const resolved::Exprs& args;
    const types::TypePtr& type;
    const std::vector<resolved::SortOrder>& within_group;
    bool distinct = false;
    bool ignore_nulls = false;
    bool ansi = true;
    bool is_window = false;
};

struct LoweredAggregate {
    // The caller sets DISTINCT and FILTER (and order_bys unless already set), or makes it a window
    // expression over the same function, children and order.
    duckdb::unique_ptr<duckdb::FunctionExpression> function;
    // Applied to the aggregate's (or window's) result; null when the function is the result.
    std::function<DuckExpr(DuckExpr)> finish;
};
// `order` are the lowered within_group expressions.
using LowerAggregate = std::function<LoweredAggregate(
    const LowerContext&, const AggregateCall&, DuckExprs args, DuckExprs order)>;

struct LoweredWindow {
    // The caller adds partitions, orders and the frame.
    duckdb::unique_ptr<duckdb::WindowExpression> window;
    std::function<DuckExpr(DuckExpr)> finish;  // null: none
};
// Window functions proper: row_number, lag, … (an aggregate over a window uses LowerAggregate).
using LowerWindow =
    std::function<LoweredWindow(const LowerContext&, const resolved::Window&, DuckExprs args)>;

// A generator gives one LIST(STRUCT(f0, f1, …)) per input row, one struct a generated row; NULL is
// no row. The caller unnests it. `types` are the generated columns'.
using LowerGenerator = std::function<DuckExpr(const LowerContext&, const std::string& function,
    const resolved::Exprs&, const std::vector<types::TypePtr>& types, DuckExprs args)>;

class FunctionLowerings {
public:
    // All functions; made once, immutable afterwards.
    static const FunctionLowerings& builtin();

    // nullptr when there is none (scalars: the default rule applies then).
    const LowerFunction* find_scalar(const std::string& name) const;
    const LowerAggregate* find_aggregate(const std::string& name) const;
    const LowerWindow* find_window(const std::string& name) const;
    const LowerGenerator* find_generator(const std::string& name) const;

    // Applies the entry, or the default rule.
    DuckExpr lower_scalar(
        const LowerContext& context, const resolved::Call& call, DuckExprs args) const;

    void scalar(const std::string& name, LowerFunction lower);
    void aggregate(const std::string& name, LowerAggregate lower);
    void window(const std::string& name, LowerWindow lower);
    void generator(const std::string& name, LowerGenerator lower);

private:
    std::unordered_map<std::string, LowerFunction> scalars_;
    std::unordered_map<std::string, LowerAggregate> aggregates_;
    std::unordered_map<std::string, LowerWindow> windows_;
    std::unordered_map<std::string, LowerGenerator> generators_;
};

// Adds every spark_* function to a new instance.
void register_kernels(duckdb::DatabaseInstance& instance);

// ---- for lowering code

DuckExpr duck_call(const std::string& name, DuckExprs args);
DuckExpr duck_constant(duckdb::Value value);
DuckExpr duck_cast(DuckExpr child, const duckdb::LogicalType& type, bool try_cast = false);
DuckExpr duck_operator(
    duckdb::ExpressionType type, DuckExprs args);  // IS NULL, NOT, COALESCE, IN, …
DuckExpr duck_compare(duckdb::ExpressionType type, DuckExpr left, DuckExpr right);
DuckExpr duck_case(DuckExpr condition, DuckExpr then, DuckExpr otherwise);

// The arguments as a list, in the order given.
template <class... Args>
DuckExprs duck_list(Args... args) {
    DuckExprs list;
    (list.push_back(std::move(args)), ...);
    return list;
}

}  // namespace hanok::engine
