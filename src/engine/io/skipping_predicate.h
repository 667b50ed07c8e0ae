#pragma once
// DuckDB's filters as predicates of delta/file_skipping.h. What has no translation becomes
// "unknown", which keeps files.

#include <duckdb.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/table_filter.hpp>

#include "delta/file_skipping.h"
#include "engine/io/file_pruning.h"

namespace hanok::engine {

// struct_extract(child, 'f2') and struct_extract_at(child, 3) name the field at index 2.
std::optional<size_t> extracted_index(const duckdb::BoundFunctionExpression& call);

delta::PredicatePtr predicate_of(
    const duckdb::Expression& filter, const DataScan& scan, const FilterColumns& columns);
delta::PredicatePtr predicate_of(const duckdb::TableFilter& filter, const ScanColumn& column);

}  // namespace hanok::engine
