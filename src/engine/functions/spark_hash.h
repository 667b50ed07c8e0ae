#pragma once
// Spark's hashes of values: Murmur3 (hash, bucketing) and XXH64.

#include <string_view>

#include "engine/functions/nested_column.h"

namespace hanok::engine {

// NULL leaves the seed as it is.
int32_t murmur3_value(const NestedColumn& column, duckdb::idx_t row, int32_t seed);
int32_t murmur3_bytes(std::string_view bytes, int32_t seed);
int64_t xxhash64_value(const NestedColumn& column, duckdb::idx_t row, int64_t seed);

}  // namespace hanok::engine
