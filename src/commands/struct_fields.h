#pragma once
// Structs made to fit a table whose struct has more fields.

#include "resolved/expression.h"

namespace hanok::commands {

// `value` with the fields of `target`, by name, through structs in structs, in the elements of
// arrays and the values of maps. Fields that it lacks
// come from `otherwise` (a struct, or null: NULL). Unchanged when it lacks none, or has some that
// the target does not know; a NULL struct stays NULL.
resolved::ExprPtr fill_struct(const resolved::ExprPtr& value, const types::TypePtr& target,
    const resolved::ExprPtr& otherwise = nullptr);

}  // namespace hanok::commands
