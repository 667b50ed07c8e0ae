#pragma once
#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_datetime(FunctionLowerings& lowerings);
void add_datetime(KernelSet& kernels);
void add_interval_making(KernelSet& kernels);
void add_datetime_text(KernelSet& kernels);

}  // namespace hanok::engine
