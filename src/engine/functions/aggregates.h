#pragma once
#include "engine/functions/function_lowering.h"

namespace hanok::engine {

void lower_aggregates(FunctionLowerings& lowerings);
void lower_windows(FunctionLowerings& lowerings);

}  // namespace hanok::engine
