#pragma once
// How schemas and plans carry CHAR(n) and VARCHAR(n).

#include "types/data_type.h"

namespace hanok::types {

// CHAR and VARCHAR columns are strings with their type under this key of the metadata: in schemas
// as JSON, and in plans.
inline constexpr const char* kCharTypeKey = "__CHAR_VARCHAR_TYPE_STRING";
// The field with the CHAR or VARCHAR that its metadata names, without that key; and the reverse.
StructField with_char_type(StructField field);
StructField with_char_metadata(StructField field);

// STRING at any depth that names no collation gets this one.
TypePtr with_collation(const TypePtr& type, const std::string& collation);

}  // namespace hanok::types
