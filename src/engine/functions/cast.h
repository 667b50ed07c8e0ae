#pragma once
// Spark's CAST for every pair of types.

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// `child` has to_logical_type(from); the result has to_logical_type(to). kAnsi raises Spark's
// conditions (CAST_INVALID_INPUT, CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE), kTry gives NULL
// instead, kLegacy gives NULL or wraps.
DuckExpr lower_cast(const LowerContext& context, DuckExpr child, const types::DataType& from,
    const types::DataType& to, resolved::CastMode mode);

}  // namespace hanok::engine
