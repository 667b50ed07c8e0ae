#pragma once
// Values that group, join and sort by something other than themselves.

#include "types/data_type.h"

namespace hanok::engine {

// Strings of a collation, and whatever holds a map: maps are equal whatever the order of their
// entries.
bool needs_key(const types::DataType& type);
bool holds_map(const types::DataType& type);

}  // namespace hanok::engine
