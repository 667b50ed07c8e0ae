#pragma once
// Scans of one table that a plan reads twice are one scan under two sets of column names. DuckDB's
// optimizer runs equal subplans once, and takes names for a difference: this takes them away.

#include <duckdb.hpp>

namespace hanok::engine {

// Adds the rule to a new instance.
void register_scan_names(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
