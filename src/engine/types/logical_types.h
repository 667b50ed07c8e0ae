#pragma once
// Spark types and values as DuckDB's, and back. Struct fields are called f0, f1, … inside DuckDB,
// because Spark allows names that DuckDB takes for duplicates.

#include <duckdb.hpp>
#include <string>

#include "types/data_type.h"
#include "types/value.h"

namespace hanok::engine {

// Year-month intervals are INTEGER months, day-time intervals BIGINT microseconds, calendar
// intervals INTERVAL, VARIANT is STRUCT(f0 BLOB, f1 BLOB) of value and metadata, VOID is INTEGER
// (always NULL).
duckdb::LogicalType to_logical_type(const types::DataType& type);

// Generated name of the i-th field of a struct.
std::string struct_field_name(size_t index);

// A typed constant; NULL is typed too.
duckdb::Value to_duckdb_value(const types::Value& value, const types::DataType& type);
types::Value from_duckdb_value(const duckdb::Value& value, const types::DataType& type);

}  // namespace hanok::engine
