#pragma once
// How often values occur: count-min sketches and the most frequent values.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_frequency_sketches(FunctionLowerings& lowerings);
void add_frequency_sketches(KernelSet& kernels);

}  // namespace hanok::engine
