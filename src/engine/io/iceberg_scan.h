#pragma once
// The Parquet files of an Iceberg snapshot as a DataScan.

#include "engine/engine.h"
#include "engine/iceberg_source.h"
#include "engine/io/data_scan.h"
#include "resolved/plan.h"

namespace hanok::engine {

DataScanPtr make_iceberg_scan(const resolved::Scan& scan, const IcebergScanSource& source,
    const std::vector<std::string>& column_names);

}  // namespace hanok::engine
