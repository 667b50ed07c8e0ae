#pragma once
// hanok_jdbc_scan: the rows of a table in a database outside, each part by one thread and one
// connection. Filters that the database is sure to understand alike go with the statement.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/jdbc_source.h"
#include "resolved/plan.h"

namespace hanok::engine {

void register_jdbc_scan(duckdb::DatabaseInstance& instance);

duckdb::unique_ptr<duckdb::TableRef> jdbc_scan_ref(const resolved::Scan& scan,
    const JdbcScanSource& source, const std::vector<std::string>& column_names,
    const QueryContext& context, const std::string& alias);

}  // namespace hanok::engine
