#pragma once
// JSON values into vectors of a Spark type.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/json_options.h"
#include "types/data_type.h"

namespace hanok::engine {

// Writes values of one place in the schema. One thread at a time.
class JsonValueWriter {
public:
    virtual ~JsonValueWriter() = default;

    // Consumes the value ahead. False when it (or a value inside it) is not of the type; the row
    // then has NULL for it and keeps what else it has. Throws JsonSyntaxError.
    bool write(duckdb::Vector& vector, duckdb::idx_t row, JsonCursor& cursor);

    // `options` must outlive the writer.
    static std::unique_ptr<JsonValueWriter> make(
        const types::DataType& type, const JsonOptions& options, const std::string& column);

protected:
    // The value is there and is not null.
    virtual bool write_value(
        duckdb::Vector& vector, duckdb::idx_t row, JsonCursor& cursor, JsonKind kind) = 0;
};

// The fields of an object, each written to a vector of its own.
class JsonObjectWriter {
public:
    // `fields`: name and type by place; places with an empty name are not looked for.
    JsonObjectWriter(const types::Fields& fields, const JsonOptions& options);
    // Consumes the object ahead; fields that it does not have become NULL.
    bool write(const std::vector<duckdb::Vector*>& vectors, duckdb::idx_t row, JsonCursor& cursor);

private:
    size_t find(std::string_view name);

    std::vector<std::string> names_;
    std::vector<std::unique_ptr<JsonValueWriter>> writers_;
    std::unordered_map<std::string_view, size_t> places_;
    std::vector<uint64_t> seen_;  // the object in which a place was written last
    uint64_t object_ = 0;
    size_t expected_ = 0;  // fields mostly come in the same order
};

}  // namespace hanok::engine
