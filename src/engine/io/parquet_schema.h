#pragma once
// Spark's schema of Parquet files.

#include <duckdb.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace hanok::engine {

// Of the first file; of all files together with mergeSchema. What Spark left in the footer counts
// first. Throws CANNOT_MERGE_SCHEMAS.
types::TypePtr infer_parquet_schema(duckdb::Connection& connection,
    const std::vector<std::string>& files, const std::map<std::string, std::string>& options,
    const QueryContext& context);

}  // namespace hanok::engine
