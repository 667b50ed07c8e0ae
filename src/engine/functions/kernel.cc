#include "engine/functions/kernel.h"

#include <duckdb/execution/expression_executor.hpp>

namespace hanok::engine {

void raise(const Error& error) { throw duckdb::InvalidInputException(error.encode()); }

duckdb::Value bound_constant(duckdb::ClientContext& context, const duckdb::Expression& argument) {
    if (!argument.IsFoldable()) throw duckdb::InternalException("a kernel's parameter is not constant");
    return duckdb::ExpressionExecutor::EvaluateScalar(context, argument);
}

}  // namespace hanok::engine
