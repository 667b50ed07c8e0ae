#pragma once
// A call of a Python table function, from the function as a client registers or sends it.

#include <memory>

#include "plan/relation.h"

namespace hanok::plan {

/// The function over `args`; the arguments of `function` itself are left alone.
std::shared_ptr<PythonTable> python_table(const PythonUdf& function, Exprs args);

}  // namespace hanok::plan
