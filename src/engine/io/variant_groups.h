#pragma once
// Shredded variants of Parquet files: groups of metadata, value and typed_value. Spark and
// Databricks write them without saying in the file that they are variants; the table says it.

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>

#include "engine/io/data_scan.h"

namespace hanok::engine {

// Lets DuckDB's reader put those groups together that are variants of `columns`, at every depth,
// with the keys the file gives (the reader renames those that differ by case alone). Other readers
// than DuckDB's for Parquet stay as they are. Throws FAILED_READ_FILE for groups that are no
// variant.
void read_shredded_variants(
    duckdb::BaseFileReader& reader, const std::vector<ScanColumn>& columns, bool by_field_id);

}  // namespace hanok::engine
