#include <algorithm>

#include "base/error.h"
#include "python/pickle.h"
#include "types/type_parts.h"

namespace hanok::python {

namespace {

using types::DataType;
using types::TypeId;
using types::Value;

void put_little(std::string* out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

void put_string(std::string* out, std::string_view text) {
    out->push_back('X');
    put_little(out, text.size(), 4);
    out->append(text);
}

void put_bytes(std::string* out, std::string_view bytes) {
    out->push_back('B');
    put_little(out, bytes.size(), 4);
    out->append(bytes);
}

void put_integer(std::string* out, int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
        out->push_back('J');
        put_little(out, static_cast<uint64_t>(value), 4);
        return;
    }
    out->append("\x8a\x08", 2);
    put_little(out, static_cast<uint64_t>(value), 8);
}

void put_double(std::string* out, double value) {
    uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    __builtin_memcpy(&bits, &value, sizeof bits);
    out->push_back('G');
    for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(bits >> shift));
}

void put_value(std::string* out, const Value& value, const DataType& type);

void put_items(std::string* out, const Value::List& items, const DataType& type) {
    switch (type.id()) {
        case TypeId::kArray:
            *out += "](";
            for (const auto& item : items) put_value(out, item, *type.element());
            *out += 'e';
            return;
        case TypeId::kMap:
            *out += "}(";
            for (size_t i = 0; i + 1 < items.size(); i += 2) {
                put_value(out, items[i], *type.key());
                put_value(out, items[i + 1], *type.value());
            }
            *out += 'u';
            return;
        case TypeId::kStruct:
            *out += '(';
            for (size_t i = 0; i < items.size(); ++i)
                put_value(out, items[i], *type.fields()[i].type);
            *out += 't';
            return;
        default: throw unsupported_feature(type.simple_string() + " arguments of row functions");
    }
}

void put_value(std::string* out, const Value& value, const DataType& type) {
    if (value.is_null()) {
        *out += 'N';
        return;
    }
    switch (type.id()) {
        case TypeId::kNull: *out += 'N'; return;
        case TypeId::kBoolean: *out += value.as_bool() ? '\x88' : '\x89'; return;
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong:
        case TypeId::kDate:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
        case TypeId::kTime:
        case TypeId::kYearMonthInterval:
        case TypeId::kDayTimeInterval: return put_integer(out, value.as_int());
        case TypeId::kFloat:
        case TypeId::kDouble: return put_double(out, value.as_double());
        case TypeId::kDecimal:
            *out += "cdecimal\nDecimal\n";
            put_string(out, types::decimal_to_string(value.as_decimal(), type.scale()));
            *out += "\x85R";
            return;
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return put_string(out, value.as_string());
        case TypeId::kBinary: return put_bytes(out, value.as_string());
        default:
            if (!std::holds_alternative<Value::List>(value.v))
                throw unsupported_feature(type.simple_string() + " arguments of row functions");
            return put_items(out, value.as_list(), type);
    }
}

// Is it another type in Python than the one it is pickled as?
bool converts(const DataType& type) {
    return types::any_part(type, [](const DataType& part) {
        switch (part.id()) {
            case TypeId::kDate:
            case TypeId::kTimestamp:
            case TypeId::kTimestampNtz:
            case TypeId::kTime:
            case TypeId::kDayTimeInterval:
            case TypeId::kStruct: return true;
            default: return false;
        }
    });
}

}  // namespace

RowPickler::RowPickler(types::TypePtr row_type) : row_type_(std::move(row_type)) {
    converts_ = std::any_of(row_type_->fields().begin(), row_type_->fields().end(),
        [](const types::StructField& f) { return converts(*f.type); });
    start();
}

void RowPickler::start() {
    rows_ = 0;
    bytes_ = std::string("\x80\x03", 2);
    if (converts_) {
        // The converter of rows, kept in memo 0.
        bytes_ += "cpyspark.sql.types\n_create_row_inbound_converter\n";
        bytes_ += "cpyspark.sql.types\n_parse_datatype_json_string\n";
        put_string(&bytes_, row_type_->json());
        bytes_ += "\x85R\x85R";
        bytes_ += std::string(
            "q\x00"
            "0",
            3);
    }
    bytes_ += "](";
}

void RowPickler::add(const Value::List& row) {
    ++rows_;
    if (converts_) bytes_.append("h\x00", 2);
    put_items(&bytes_, row, *row_type_);
    if (converts_) bytes_ += 'R';
}

std::string RowPickler::finish() {
    bytes_ += "e.";
    auto out = std::move(bytes_);
    start();
    return out;
}

}  // namespace hanok::python
