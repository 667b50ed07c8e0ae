#pragma once
// DuckDB's filters as predicates of delta/file_skipping.h. What has no translation becomes
// "unknown", which keeps files.

#include <duckdb.hpp>
#include <duckdb/planner/table_filter.hpp>

#include "delta/file_skipping.h"
#include "engine/io/file_pruning.h"

namespace hanok::engine {

delta::PredicatePtr predicate_of(
    const duckdb::Expression& filter, const DataScan& scan, const FilterColumns& columns);
delta::PredicatePtr predicate_of(const duckdb::TableFilter& filter, const ScanColumn& column);

}  // namespace hanok::engine
