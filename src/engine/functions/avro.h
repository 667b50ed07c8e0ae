#pragma once
// from_avro and to_avro: their lowerings and kernels.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_avro(FunctionLowerings& lowerings);
void add_avro(KernelSet& kernels);

}  // namespace hanok::engine
