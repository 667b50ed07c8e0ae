#pragma once
// from_protobuf, to_protobuf.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_protobuf(FunctionLowerings& lowerings);
void add_protobuf(KernelSet& kernels);

}  // namespace hanok::engine
