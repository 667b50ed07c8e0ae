#pragma once
// File and Delta scans for the lowering.

#include <duckdb.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "resolved/plan.h"

namespace hanok::engine {

struct LowerContext;  // engine/functions/function_lowering.h

// Registers the table functions, replacement file systems and the like that scans and writers use.
// Called once for every DuckDB instance; cheap.
void register_io(duckdb::DatabaseInstance& instance);

// A table reference under `alias` whose columns are exactly `column_names`, one for each of
// scan.columns in order, with the DuckDB types that to_logical_type() gives for scan.output.
// Filters and projections above it are pushed down by DuckDB's optimizer into the table function.
duckdb::unique_ptr<duckdb::TableRef> lower_scan(LowerContext& context, const resolved::Scan& scan,
    const std::string& alias, const std::vector<std::string>& column_names);

// Engine::infer_schema. `connection` is free for use and has an open engine behind it.
types::TypePtr infer_file_schema(duckdb::Connection& connection, const std::string& format,
    const std::vector<std::string>& files, const std::map<std::string, std::string>& options,
    const QueryContext& context);

}  // namespace hanok::engine
