#pragma once
// hanok_retype(x, NULL::T): the same bytes under another type of the same layout. Gives struct
// fields their real names before they are written, and reads timestamps as their number of
// microseconds.

#include <duckdb.hpp>

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

void register_retype(duckdb::DatabaseInstance& instance);

DuckExpr retype(DuckExpr child, const duckdb::LogicalType& type);

}  // namespace hanok::engine
