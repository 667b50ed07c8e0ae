#pragma once
// A Delta version as a DataScan.

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/scan_sources.h"
#include "resolved/plan.h"

namespace hanok::engine {

DataScanPtr make_delta_scan(const resolved::Scan& scan, const DeltaScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context);

}  // namespace hanok::engine
