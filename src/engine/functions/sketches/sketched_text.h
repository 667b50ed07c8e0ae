#pragma once
// What sketches count of texts.

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// The text, or under a collation what is equal for all texts that count as one.
DuckExpr sketched_text(DuckExpr text, const types::DataType& type);

}  // namespace hanok::engine
