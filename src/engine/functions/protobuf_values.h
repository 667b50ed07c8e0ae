#pragma once
// Values between Protobuf messages and vectors.

#include <duckdb.hpp>
#include <functional>

#include "engine/functions/nested_column.h"
#include "protobuf/spark_types.h"

namespace hanok::engine {

// Thrown for values that no message of the type can have.
struct MalformedMessage {};

// Writes a message at a row of a vector of the type.
using MessageRead =
    std::function<void(const google::protobuf::Message&, duckdb::Vector& out, duckdb::idx_t row)>;
// `type` is what protobuf::spark_type_of gives for the message, which outlives the function.
MessageRead make_message_read(const protobuf::MessageType& message, const types::DataType& type,
    const protobuf::Options& options);

// Fills an empty message with a row that is not NULL.
using MessageWrite = std::function<void(
    const NestedColumn& column, duckdb::idx_t row, google::protobuf::Message* message)>;
// protobuf::check_writable holds for the type. Running throws
// CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE.
MessageWrite make_message_write(
    const types::DataType& type, const google::protobuf::Descriptor& message);

}  // namespace hanok::engine
