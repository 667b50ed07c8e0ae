#pragma once
// Positions of rows in a file, gathered as a deletion vector.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

// Aggregate "internal_row_positions" of BIGINT (no user can call it): the positions as the bytes of
// delta::DeletionVector::encode().
void lower_row_positions(FunctionLowerings& lowerings);
void add_row_positions(KernelSet& kernels);

}  // namespace hanok::engine
