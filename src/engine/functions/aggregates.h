#pragma once
#include <duckdb/parser/expression/function_expression.hpp>

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// What is made of an aggregate's result.
using Finish = std::function<DuckExpr(DuckExpr)>;

// The call of DuckDB's function, whose order, filter or DISTINCT the caller may set.
inline duckdb::unique_ptr<duckdb::FunctionExpression> duck_function(
    const std::string& name, DuckExprs args) {
    return duckdb::make_uniq<duckdb::FunctionExpression>(name, std::move(args));
}

void lower_aggregates(FunctionLowerings& lowerings);
void lower_windows(FunctionLowerings& lowerings);

}  // namespace hanok::engine
