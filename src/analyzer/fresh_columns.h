#pragma once
// For plans that are handed out more than once.

#include "resolved/plan.h"

namespace hanok::analyzer {

// The same columns under ids of their own.
resolved::PlanPtr with_fresh_columns(const resolved::PlanPtr& plan);

}  // namespace hanok::analyzer
