#pragma once
// Spark types to and from Connect's DataType messages.

#include "types/data_type.h"

namespace spark::connect {
class DataType;
}

namespace hanok::connect {

// Throws Error for types Hanok does not have (UDT) and for a message without a
// kind.
types::TypePtr type_from_proto(const spark::connect::DataType& message);
void type_to_proto(const types::DataType& type, spark::connect::DataType* message);

// A schema a client wrote as text: schema JSON, or DDL ("a INT, b STRING", or one type).
types::TypePtr type_from_text(const std::string& text);

}  // namespace hanok::connect
