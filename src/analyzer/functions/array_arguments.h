#pragma once
// What the bindings of array functions share.

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

// The type of argument i, which must be an array (NULL counts as an array of NULLs).
types::TypePtr require_array(const FunctionDef& def, CallInput& input, size_t i);
types::TypePtr require_map(const FunctionDef& def, CallInput& input, size_t i);
// The type that an element or key and what is looked for are compared in; none for a string beside
// something else.
types::TypePtr common_key_type(const types::TypePtr& a, const types::TypePtr& b, bool ansi);
// Brings an array's elements and another argument to one type; casts both.
void unify_element(const FunctionDef& def, CallInput& input, size_t array, size_t element);
// Brings array arguments to one element type; casts all and returns it.
types::TypePtr unify_arrays(const FunctionDef& def, CallInput& input);
// May the element at a constant position (counted from 0) of this array be NULL?
bool element_nullable(const resolved::ExprPtr& array, std::optional<int64_t> index, bool raises);

}  // namespace hanok::analyzer
