#pragma once
// The group of vector functions.

#include "analyzer/function.h"

namespace hanok::analyzer {

void register_vector(FunctionRegistry& registry);

}  // namespace hanok::analyzer
