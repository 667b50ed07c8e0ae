#pragma once
// Which column of a Parquet file a table's column is, at every depth, and how its values are taken
// over unchanged.

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>

#include "engine/io/data_scan.h"

namespace hanok::engine {

// The file's column holds values that the table's type has no place for.
struct TypeMismatch {
    std::string column;
    std::string expected;
    std::string actual;
};

// Where among a file's columns, or a struct's fields, one of the table's is; nullopt when it is not
// there.
std::optional<size_t> place_in_file(const types::StructField& field,
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& locals, bool by_field_id);

// Gives elements, keys and values the names DuckDB's mapping goes by, whatever the file's writer
// called them.
void name_nested_columns(duckdb::vector<duckdb::MultiFileColumnDefinition>& file_columns);

// The definition of `column` for one file: identifiers are the file's own names, so that DuckDB's
// mapping by name finds what the table means (by field id, by physical name, case-insensitively);
// what is missing gets a NULL default. Its type is the column's, with VARIANT where DuckDB puts a
// variant together. Throws TypeMismatch.
duckdb::MultiFileColumnDefinition column_in_file(const ScanColumn& column,
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& file_columns, bool by_field_id);

// Replaces casts that would interpret values (timestamps through the session's zone, BLOB through
// its escaped text) by taking the bytes as they are.
void take_over_unchanged(duckdb::unique_ptr<duckdb::Expression>& expression);

}  // namespace hanok::engine
