#pragma once
// Single values in Iceberg's binary form (bounds) and as Avro data (partitions).

#include <string>

#include "avro/datum.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::iceberg {

/// The bytes of a bound; of a value that is not NULL.
std::string value_bytes(const types::Value& value, const types::DataType& type);
/// A partition value; decimals with the bytes that manifest_avro's fixed type has.
avro::Datum partition_datum(const types::Value& value, const types::DataType& type);
types::Value partition_value(const avro::Datum& datum, const types::DataType& type);
/// Two's complement, most significant byte first, as few bytes as it takes; `size` > 0: exactly so
/// many.
std::string decimal_bytes(types::Int128 unscaled, size_t size = 0);
types::Int128 decimal_of_bytes(std::string_view bytes);
/// Bytes that every decimal of a precision fits into.
size_t decimal_size(int precision);

}  // namespace hanok::iceberg
