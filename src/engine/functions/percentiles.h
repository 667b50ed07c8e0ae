#pragma once
// Percentiles, medians and modes.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_percentiles(FunctionLowerings& lowerings);
void add_percentiles(KernelSet& kernels);

}  // namespace hanok::engine
