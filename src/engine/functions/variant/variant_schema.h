#pragma once
// What values a VARIANT holds, as schema_of_variant tells it.

#include <string>

#include "engine/functions/variant/variant_view.h"
#include "types/data_type.h"

namespace hanok::engine {

// Objects are structs with their fields by name.
types::TypePtr variant_type(const VariantView& value);
// The type that holds both; VARIANT where none does.
types::TypePtr merge_variant_types(const types::TypePtr& a, const types::TypePtr& b);
// "OBJECT<a: BIGINT, b: ARRAY<STRING>>".
std::string variant_type_text(const types::DataType& type);

}  // namespace hanok::engine
