#include "engine/functions/value_kernel.h"

#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

struct RunInfo final : duckdb::ScalarFunctionInfo {
    ValueRun run;
    bool keeps_nulls;
    RunInfo(ValueRun r, bool k) : run(std::move(r)), keeps_nulls(k) {}
};

// The last argument is a NULL of the result's type.
duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
    duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
    function.return_type = arguments.back()->return_type;
    function.arguments.clear();
    for (const auto& a : arguments) function.arguments.push_back(a->return_type);
    return nullptr;
}

void execute(duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
    const auto& function = state.expr.Cast<duckdb::BoundFunctionExpression>().function;
    const auto& info = function.function_info->Cast<RunInfo>();
    const auto& type = result.GetType();
    bool constant = args.AllConstant();
    auto rows = constant ? 1 : args.size();
    auto count = args.ColumnCount() - 1;
    for (duckdb::idx_t row = 0; row < rows; ++row) {
        Values values;
        bool has_null = false;
        for (duckdb::idx_t i = 0; i < count; ++i) {
            values.push_back(args.data[i].GetValue(row));
            has_null = has_null || values.back().IsNull();
        }
        result.SetValue(
            row, has_null && !info.keeps_nulls ? duckdb::Value(type) : info.run(values, type));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void add_value_kernel(
    KernelSet& kernels, const std::string& name, ValueRun run, ValueKernelOptions options) {
    duckdb::ScalarFunction function(name, {}, duckdb::LogicalType::ANY, execute, bind);
    function.varargs = duckdb::LogicalType::ANY;
    function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    function.function_info = duckdb::make_shared_ptr<RunInfo>(std::move(run), options.keeps_nulls);
    if (options.is_fallible) function.SetFallible();
    kernels.add(std::move(function));
}

DuckExpr value_call(const std::string& name, const types::DataType& type, DuckExprs args) {
    args.push_back(duck_cast(duck_constant(duckdb::Value()), to_logical_type(type)));
    return duck_call(name, std::move(args));
}

LowerFunction value_lowering(const std::string& name) {
    return [name](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        return value_call(name, *call.type, std::move(args));
    };
}

}  // namespace hanok::engine
