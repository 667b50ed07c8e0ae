#pragma once
// Bounds of a column over all files of a Delta version, from the log's statistics.

#include <duckdb.hpp>

#include "delta/snapshot.h"
#include "engine/io/data_scan.h"

namespace hanok::engine {

// nullptr unless every file has exact bounds: integers, decimals and dates have, texts and
// timestamps are cut in the log, and floating-point bounds leave NaN out.
duckdb::unique_ptr<duckdb::BaseStatistics> delta_column_statistics(
    const delta::Snapshot& snapshot, const ScanColumn& column);

}  // namespace hanok::engine
