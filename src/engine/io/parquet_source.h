#pragma once
// Parquet files outside a Delta table as a DataScan.

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/scan_sources.h"
#include "resolved/plan.h"

namespace hanok::engine {

DataScanPtr make_parquet_source_scan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context);

// Does the text of a timestamp say which zone it is in?
bool has_zone(const std::string& timestamp);
// A partition value of a key=value folder. Timestamps without an offset are in the session's zone.
duckdb::Value folder_partition_value(
    const std::optional<std::string>& text, const ScanColumn& column, const std::string& time_zone);

}  // namespace hanok::engine
