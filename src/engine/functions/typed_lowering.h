#pragma once
// Calls of typed kernels (typed_kernel.h).

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// name(types of the arguments, result type or NULL, constants, arguments).
DuckExpr typed_call(const std::string& name, const std::vector<types::TypePtr>& argument_types,
    const types::TypePtr& result, const std::vector<std::string>& constants, DuckExprs args);

}  // namespace hanok::engine
