#pragma once
// Calls of typed kernels (typed_kernel.h).

#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// name(types of the arguments, result type or NULL, constants, arguments).
DuckExpr typed_call(const std::string& name, const std::vector<types::TypePtr>& argument_types,
    const types::TypePtr& result, const std::vector<std::string>& constants, DuckExprs args);

// The text of an argument that is a literal.
std::string constant_text(const resolved::ExprPtr& e);

}  // namespace hanok::engine
