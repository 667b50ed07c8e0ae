#include "iceberg/value_bytes.h"

#include <cstring>

#include "base/error.h"

namespace hanok::iceberg {

namespace {

using types::TypeId;

template <class T>
std::string raw(T value) {
    std::string out(sizeof value, '\0');
    std::memcpy(out.data(), &value, sizeof value);
    return out;
}

}  // namespace

std::string decimal_bytes(types::Int128 unscaled, size_t size) {
    std::string out;
    types::Int128 rest = unscaled;
    do {
        out.insert(out.begin(), static_cast<char>(rest & 0xFF));
        rest >>= 8;
    } while (
        out.size() < 16 && (rest != (unscaled < 0 ? -1 : 0) || (out[0] < 0) != (unscaled < 0)));
    if (out.size() < size) out.insert(0, size - out.size(), unscaled < 0 ? '\xFF' : '\0');
    return out;
}

types::Int128 decimal_of_bytes(std::string_view bytes) {
    if (bytes.empty()) return 0;
    types::Int128 out = bytes[0] < 0 ? -1 : 0;
    for (char c : bytes) {
        out = static_cast<types::Int128>(static_cast<unsigned __int128>(out) << 8);
        out |= static_cast<uint8_t>(c);
    }
    return out;
}

size_t decimal_size(int precision) {
    types::Int128 highest = 0;
    for (int i = 0; i < precision; i++) highest = highest * 10 + 9;
    return decimal_bytes(highest).size();
}

std::string value_bytes(const types::Value& value, const types::DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean: return std::string(1, value.as_bool() ? '\1' : '\0');
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kDate: return raw(static_cast<int32_t>(value.as_int()));
        case TypeId::kLong:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return raw(value.as_int());
        case TypeId::kFloat: return raw(static_cast<float>(value.as_double()));
        case TypeId::kDouble: return raw(value.as_double());
        case TypeId::kDecimal: return decimal_bytes(value.as_decimal());
        default: return value.as_string();
    }
}

avro::Datum partition_datum(const types::Value& value, const types::DataType& type) {
    if (value.is_null()) return {};
    switch (type.id()) {
        case TypeId::kBoolean: return avro::Datum(value.as_bool());
        case TypeId::kFloat:
        case TypeId::kDouble: return avro::Datum(value.as_double());
        case TypeId::kDecimal:
            return avro::Datum(decimal_bytes(value.as_decimal(), decimal_size(type.precision())));
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
        case TypeId::kBinary: return avro::Datum(value.as_string());
        default: return avro::Datum(value.as_int());
    }
}

types::Value partition_value(const avro::Datum& datum, const types::DataType& type) {
    if (datum.is_null()) return {};
    switch (type.id()) {
        case TypeId::kBoolean: return types::bool_value(datum.as_bool());
        case TypeId::kFloat:
        case TypeId::kDouble: return types::double_value(datum.as_double());
        case TypeId::kDecimal: return types::decimal_value(decimal_of_bytes(datum.as_string()));
        case TypeId::kString:
        case TypeId::kBinary: return types::string_value(datum.as_string());
        default: return types::int_value(datum.as_int());
    }
}

}  // namespace hanok::iceberg
