#include "engine/functions/kernel.h"

#include <duckdb/execution/expression_executor.hpp>

#include "engine/functions/error_place.h"

namespace hanok::engine {

void raise(const Error& error) { throw duckdb::InvalidInputException(error.encode()); }

void KernelSet::add(duckdb::ScalarFunction function) {
    bool fallible = function.GetErrorMode() == duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
    if (!function.HasVarArgs()) {
        note_kernel(function.name, fallible);
        if (fallible) {
            function.varargs = kPlaceType;
            if (function.HasFunctionCallback()) {
                function.SetFunctionCallback(
                    with_place(function.GetFunctionCallback(), function.arguments.size()));
            }
        }
    }
    loader_.RegisterFunction(std::move(function));
}

duckdb::Value bound_constant(duckdb::ClientContext& context, const duckdb::Expression& argument) {
    if (!argument.IsFoldable())
        throw duckdb::InternalException("a kernel's parameter is not constant");
    return duckdb::ExpressionExecutor::EvaluateScalar(context, argument);
}

}  // namespace hanok::engine
