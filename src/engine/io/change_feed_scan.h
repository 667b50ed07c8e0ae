#pragma once
// A scan of the change data feed of a Delta table.

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/scan_sources.h"

namespace hanok::engine {

DataScanPtr make_change_feed_scan(const resolved::Scan& scan, const ChangeFeedSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context);

}  // namespace hanok::engine
