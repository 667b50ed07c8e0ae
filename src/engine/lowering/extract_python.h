#pragma once
// Python functions out of expressions into stages of their own (resolved::PythonStage).

#include "resolved/plan.h"

namespace hanok::engine {

// The same plan without PythonUdf expressions and Python aggregates and windows. `next_id` counts
// down.
resolved::PlanPtr extract_python(const resolved::PlanPtr& plan, int64_t* next_id);

}  // namespace hanok::engine
