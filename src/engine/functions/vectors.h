#pragma once
// Arrays of FLOAT as vectors: products, distances, norms.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_vectors(FunctionLowerings& lowerings);
void add_vectors(KernelSet& kernels);
void lower_vector_aggregates(FunctionLowerings& lowerings);
void add_vector_aggregates(KernelSet& kernels);

}  // namespace hanok::engine
