#pragma once
// From resolved::Scan to the columns of a DataScan.

#include <duckdb.hpp>
#include <string>
#include <vector>

#include "engine/io/data_scan.h"
#include "resolved/plan.h"

namespace hanok::engine {

// One column for each of scan.columns, in order, called column_names[i]. `data_schema` names the
// file's columns in the order of the source's schema without partition columns. A scan of no column
// gets one that nobody asks for, since DuckDB's table functions have at least one.
std::vector<ScanColumn> scan_columns(const resolved::Scan& scan,
    const std::vector<std::string>& column_names, const types::DataType& data_schema);

}  // namespace hanok::engine
