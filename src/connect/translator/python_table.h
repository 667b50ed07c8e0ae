#pragma once
// Python table functions as the client sends them.

#include <memory>

#include "plan/expression.h"

namespace spark::connect {
class CommonInlineUserDefinedTableFunction;
}

namespace hanok::connect {

// Without arguments. The output type is null when the function's `analyze` method tells it.
std::shared_ptr<plan::PythonUdf> python_table_from_proto(
    const spark::connect::CommonInlineUserDefinedTableFunction& message);

}  // namespace hanok::connect
