#pragma once
// How many bytes a row takes in memory, about: where files of a given size end is found before they
// are written.

#include "engine/io/write_plan.h"

namespace hanok::engine {

// BIGINT, never NULL, over the columns of the input query.
DuckExpr row_bytes(const WriteInput& input);

}  // namespace hanok::engine
