#pragma once
// Avro's binary values as DuckDB's vectors, and back.

#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "avro/binary.h"
#include "avro/schema.h"
#include "avro/spark_types.h"
#include "engine/functions/nested_column.h"

namespace hanok::engine {

struct AvroReadOptions {
    avro::SparkTypeOptions types;
    bool by_position = false;  // fields of records are matched by their place
    // What the user says the data is (an evolved schema): its fields have defaults.
    avro::SchemaPtr reader_schema;
    std::string rebase_mode;  // option datetimeRebaseMode; "" when not given
};

// Reads a value of `writer` into a vector of `target`'s type.
using AvroRead = std::function<void(avro::Decoder&, duckdb::Vector&, duckdb::idx_t row)>;

// Throws Error AVRO_INCOMPATIBLE_READ_TYPE.
AvroRead make_avro_read(const avro::SchemaPtr& writer, const types::TypePtr& target,
    const AvroReadOptions& options, const std::string& path = "");

// Reads records of a file: the fields `needed` of `schema` into a vector each.
class AvroRecordReader {
public:
    AvroRecordReader(const avro::SchemaPtr& writer, const types::DataType& schema,
        const std::vector<size_t>& needed, const AvroReadOptions& options);

    void read(avro::Decoder& in, const std::vector<duckdb::Vector*>& columns, duckdb::idx_t row);

private:
    struct Step {
        AvroRead read;  // empty: the field is passed over
        avro::SchemaPtr schema;
        size_t target = 0;
    };
    struct Absent {
        size_t target = 0;
        AvroRead read;  // of the default; empty: NULL
        std::string bytes;
    };
    std::vector<Step> steps_;
    std::vector<Absent> absent_;
};

// Appends the value to `out`. Throws Error AVRO_CANNOT_WRITE_NULL_FIELD for a NULL where the schema
// has none.
using AvroWrite = std::function<void(const NestedColumn&, duckdb::idx_t row, avro::Encoder& out)>;

// Throws Error AVRO_INCOMPATIBLE_WRITE_TYPE when the schema does not fit the type.
AvroWrite make_avro_write(
    const avro::SchemaPtr& schema, const types::DataType& type, const std::string& path = "");

}  // namespace hanok::engine
