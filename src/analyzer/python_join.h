#pragma once
// Lateral joins with Python table functions. Such a call, resolved over the left side's columns,
// gives its rows beside those of the left side; projections and filters may stand above it.

#include "analyzer/impl.h"

namespace hanok::analyzer {

// Is there such a call in the right side of a lateral join? Throws where it cannot be joined.
bool is_lateral_python(const resolved::PlanPtr& right);

Rel lateral_python_join(
    Analyzer::Impl& impl, const Rel& left, const Rel& right, const plan::Join& join);

}  // namespace hanok::analyzer
