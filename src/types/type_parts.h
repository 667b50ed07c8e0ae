#pragma once
// Looking through the parts of a type: elements, keys and values, fields, at every depth.

#include <algorithm>

#include "types/data_type.h"

namespace hanok::types {

/// Does `is_wanted` hold for the type or for a part of it?
template <class Predicate>
bool any_part(const DataType& type, const Predicate& is_wanted) {
    if (is_wanted(type)) return true;
    switch (type.id()) {
        case TypeId::kArray: return any_part(*type.element(), is_wanted);
        case TypeId::kMap:
            return any_part(*type.key(), is_wanted) || any_part(*type.value(), is_wanted);
        case TypeId::kStruct: {
            const auto& fields = type.fields();
            return std::any_of(fields.begin(), fields.end(),
                [&](const StructField& field) { return any_part(*field.type, is_wanted); });
        }
        default: return false;
    }
}

}  // namespace hanok::types
