#pragma once
// ORC files: Arrow's reader and writer over DuckDB's file systems, and Spark's types in them.

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "types/data_type.h"

namespace arrow {
class Array;
class Schema;
struct ArrayData;
namespace adapters::orc {
class ORCFileReader;
}
}  // namespace arrow

namespace hanok::engine {

// Throws Error FAILED_READ_FILE.NO_HINT when the file is no ORC file.
std::unique_ptr<arrow::adapters::orc::ORCFileReader> open_orc(
    duckdb::FileSystem& system, const std::string& path);

// The schema of a file as Spark sees it; its types that Spark has not are named in the error.
types::TypePtr spark_schema_of_orc(const arrow::Schema& schema);
// The schema to write; Spark's own types are named in the fields' attributes.
std::shared_ptr<arrow::Schema> orc_schema(const types::DataType& schema);

// The data in the layout of to_logical_type(type). ORC's timestamps are wall-clock times: those of
// Spark's TIMESTAMP are taken as times of `time_zone`.
std::shared_ptr<arrow::ArrayData> from_orc_layout(const std::shared_ptr<arrow::ArrayData>& data,
    const types::DataType& type, const std::string& time_zone);
// And back: instants as wall-clock times.
std::shared_ptr<arrow::ArrayData> to_orc_layout(const std::shared_ptr<arrow::ArrayData>& data,
    const types::DataType& type, const std::string& time_zone);

}  // namespace hanok::engine
