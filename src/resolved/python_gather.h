#pragma once
// Groups of rows as values, for Python functions that take whole groups.

#include <functional>

#include "resolved/plan.h"

namespace hanok::resolved {

// The aggregate that gathers its arguments as an array of structs, rows with NULLs too.
inline constexpr const char* kPythonRows = "python_rows";

using NextId = std::function<AttributeId()>;

struct Gathered {
    PlanPtr plan;  // a row for each group, in the order of the keys: the keys, then the rows
    PythonGroup group;
};

// The child's rows by `keys`, columns of it. Of each row `fields`, in the order of `order`.
Gathered gather_rows(const PlanPtr& child, const Attributes& keys, const Attributes& fields,
    const std::vector<SortOrder>& order, const NextId& next_id);

// The child with further columns for those of `exprs` that are none yet; `columns` gets one for
// each.
PlanPtr with_computed(
    const PlanPtr& child, const Exprs& exprs, const NextId& next_id, Attributes* columns);

}  // namespace hanok::resolved
