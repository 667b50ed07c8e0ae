#pragma once
// XML functions: their lowerings and kernels.

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_xml(FunctionLowerings& lowerings);
void add_xml(KernelSet& kernels);
// Called by add_xml.
void add_xpath(KernelSet& kernels);

}  // namespace hanok::engine
