#pragma once
#include <string>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::analyzer {

// FIELD_NOT_FOUND: the struct has no field of that name.
inline Error field_not_found(const types::DataType& type, const std::string& name) {
    std::string names;
    for (const auto& field : type.fields())
        names += (names.empty() ? "" : ", ") + quote_identifier(field.name);
    return analysis_error(
        "FIELD_NOT_FOUND", {{"fieldName", quote_identifier(name)}, {"fields", names}});
}

}  // namespace hanok::analyzer
