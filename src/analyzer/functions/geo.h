#pragma once

#include "analyzer/function.h"

namespace hanok::analyzer {

void register_geo(FunctionRegistry& registry);

}  // namespace hanok::analyzer
