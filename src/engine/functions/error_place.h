#pragma once
// Errors of kernels say where in the statement their call stands. The place travels as the last,
// constant, argument of every fallible kernel.

#include <duckdb.hpp>
#include <string>

#include "engine/functions/function_lowering.h"
#include "resolved/expression.h"

namespace hanok::engine {

// Type of the argument that holds the place.
inline const duckdb::LogicalType kPlaceType(duckdb::LogicalTypeId::BIT);

// Adds the place to the fallible kernel calls that `expr` consists of (not to those of its
// arguments, which have theirs). No change when the origin is not known.
DuckExpr at_place(DuckExpr expr, const plan::OriginPtr& origin);

// `run`, with the place (argument number `declared`, if given) added to errors that have none.
duckdb::scalar_function_t with_place(duckdb::scalar_function_t run, size_t declared);

// Remembers which kernels are fallible; all overloads of one must agree.
void note_kernel(const std::string& name, bool fallible);

}  // namespace hanok::engine
