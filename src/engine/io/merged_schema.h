#pragma once
// One schema for files whose schemas differ (mergeSchema).

#include "types/data_type.h"

namespace hanok::engine {

// The fields of both structs. Throws Error CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE.
types::TypePtr merged_schema(const types::TypePtr& left, const types::TypePtr& right);

}  // namespace hanok::engine
