#pragma once
// Decimals as plain integers, so that kernels over them need no binding of their own: unscaled()
// goes in, as_decimal() comes out.

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// HUGEINT value without the point, of a DECIMAL.
DuckExpr unscaled(DuckExpr decimal);
// The DECIMAL(precision, scale) with this unscaled HUGEINT, which must fit.
DuckExpr as_decimal(DuckExpr unscaled_value, int precision, int scale);

DuckExpr int_argument(int64_t value);  // INTEGER
DuckExpr mode_argument(int value);     // TINYINT
DuckExpr text_argument(const std::string& text);

}  // namespace hanok::engine
