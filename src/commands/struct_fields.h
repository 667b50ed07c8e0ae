#pragma once
// Structs made to fit a table whose struct has more fields.

#include "resolved/expression.h"

namespace hanok::commands {

// `value` with the fields of `target`, by name, through structs in structs, in the elements of
// arrays, the keys and the values of maps. Fields that it lacks come from `otherwise` (a struct, or
// null: NULL). Unchanged when it lacks none, or has some that the target does not know; a NULL
// struct stays NULL.
resolved::ExprPtr fill_struct(const resolved::ExprPtr& value, const types::TypePtr& target,
    const resolved::ExprPtr& otherwise = nullptr);

// What becomes of a struct's fields that an assigned struct does not have: an error, NULL, or what
// they are.
enum class MissingFields : uint8_t { kRefused, kNull, kKept };

// `value` as UPDATE and MERGE assign it to a column of type `target`: by the names of fields at
// every depth, never by their places. Throws DELTA_UPDATE_SCHEMA_MISMATCH_EXPRESSION. `kept` is the
// column itself.
resolved::ExprPtr assigned_struct(const resolved::ExprPtr& value, const types::TypePtr& target,
    MissingFields missing, resolved::ExprPtr kept = nullptr);

}  // namespace hanok::commands
