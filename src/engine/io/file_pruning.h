#pragma once
// Dropping files of a scan before they are opened, from DuckDB's pushed-down filters. The filters
// stay in the plan, so a file may be kept for no reason but is never dropped for no reason.

#include <duckdb.hpp>
#include <duckdb/planner/table_filter.hpp>
#include <vector>

#include "engine/io/data_scan.h"

namespace hanok::engine {

// Which column of the scan a filter speaks of: binding (table_index, i) is
// columns()[column_ids[i]].
struct FilterColumns {
    duckdb::idx_t table_index = 0;
    const duckdb::vector<duckdb::column_t>& column_ids;
};

// Bound expressions (WHERE conjuncts), which refer to columns by binding.
std::vector<size_t> prune_files(duckdb::ClientContext& context, const DataScan& scan,
    std::vector<size_t> candidates, const FilterColumns& columns,
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters);

// Table filters at the start of the scan, with what joins have learned meanwhile.
std::vector<size_t> prune_files(const DataScan& scan, std::vector<size_t> candidates,
    const duckdb::vector<duckdb::column_t>& column_ids, const duckdb::TableFilterSet& filters);

}  // namespace hanok::engine
