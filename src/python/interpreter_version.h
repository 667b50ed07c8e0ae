#pragma once
#include <string>

namespace hanok::python {

// "3.11" of an interpreter; asked of it once. Throws Error HANOK_PYTHON_UNAVAILABLE.
std::string interpreter_version(const std::string& interpreter);

}  // namespace hanok::python
