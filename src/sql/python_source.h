#pragma once
// Functions whose body is Python text, as workers of PySpark read functions.

#include <string>
#include <vector>

#include "types/data_type.h"

namespace hanok::sql {

// The pickle of a function of these parameters and of its result type. `body` is what stands inside
// the function, indented anyhow.
std::string pickled_python_function(const std::vector<std::string>& parameters,
    const std::string& body, const types::DataType& result);

// The same of the function that a module calls `handler`.
std::string pickled_python_handler(
    const std::string& module, const std::string& handler, const types::DataType& result);
// The pickle of a module's class.
std::string pickled_python_class(const std::string& module, const std::string& handler);

}  // namespace hanok::sql
