#pragma once
// How a table function of ours gets its scan: the argument is the scan's address, and the table
// reference keeps the scan alive until the function has been bound.

#include <duckdb.hpp>
#include <string>

#include "engine/io/data_scan.h"

namespace hanok::engine {

duckdb::unique_ptr<duckdb::TableRef> scan_ref(
    const std::string& function, const DataScanPtr& scan, const std::string& alias);
DataScanPtr scan_of_argument(const duckdb::Value& argument);

}  // namespace hanok::engine
