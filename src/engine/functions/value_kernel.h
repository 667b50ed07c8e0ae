#pragma once
// Kernels over whole values, for functions of arrays and maps that no plain kernel fits. Slower
// than vector code; what large scans call often is lowered to DuckDB's own instead.

#include <functional>

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

using Values = duckdb::vector<duckdb::Value>;
// `args` may hold NULLs only when the kernel was added with keeps_nulls. `type` is the result's
// type.
using ValueRun = std::function<duckdb::Value(const Values& args, const duckdb::LogicalType& type)>;

struct ValueKernelOptions {
    bool keeps_nulls = false;
    bool is_fallible = false;
};

void add_value_kernel(
    KernelSet& kernels, const std::string& name, ValueRun run, ValueKernelOptions options = {});

// The call of a value kernel whose result has the type of `call`.
DuckExpr value_call(const std::string& name, const types::DataType& type, DuckExprs args);
// A lowering that is just that.
LowerFunction value_lowering(const std::string& name);

}  // namespace hanok::engine
