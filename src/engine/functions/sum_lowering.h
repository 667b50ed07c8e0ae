#pragma once
// sum, avg and their try_ forms as DuckDB's, with Spark's result types and overflows.

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

LoweredAggregate lower_sum(
    const LowerContext& context, const AggregateCall& call, DuckExprs args, DuckExprs order);
LoweredAggregate lower_avg(
    const LowerContext& context, const AggregateCall& call, DuckExprs args, DuckExprs order);

// The same aggregate (plain or over a window) by another name.
DuckExpr renamed(const DuckExpr& aggregate, const std::string& name);

}  // namespace hanok::engine
