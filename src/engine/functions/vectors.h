#pragma once
// Arrays of FLOAT as vectors: products, distances, norms.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_vectors(FunctionLowerings& lowerings);
void add_vectors(KernelSet& kernels);

}  // namespace hanok::engine
