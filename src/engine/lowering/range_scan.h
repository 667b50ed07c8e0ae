#pragma once
// spark.range as a table function that runs on all threads (DuckDB's own range runs on one).

#include <duckdb.hpp>

namespace hanok::engine {

// hanok_range(start BIGINT, rows UBIGINT, step BIGINT): start, start + step, … in order; no value
// overflows.
void register_range(duckdb::DatabaseInstance& instance);

inline constexpr const char* kRangeFunction = "hanok_range";

}  // namespace hanok::engine
