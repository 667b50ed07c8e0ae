#pragma once
// How schemas and plans carry CHAR(n) and VARCHAR(n).

#include <string_view>

#include "types/data_type.h"

namespace hanok::types {

// CHAR and VARCHAR, or what holds them, are strings with the type's text under this key of the
// column's metadata: in schemas as JSON, and in plans.
inline constexpr const char* kCharTypeKey = "__CHAR_VARCHAR_TYPE_STRING";
// Is the type CHAR or VARCHAR, or one inside?
bool holds_char(const DataType& type);
// `type` with the CHARs and VARCHARs of the text; as it is where that is of another type.
TypePtr with_char_text(const TypePtr& type, std::string_view text);
// The field with the CHAR or VARCHAR that its metadata names, without that key; and the reverse.
StructField with_char_type(StructField field);
StructField with_char_metadata(StructField field);

// STRING at any depth that names no collation gets this one.
TypePtr with_collation(const TypePtr& type, const std::string& collation);

}  // namespace hanok::types
