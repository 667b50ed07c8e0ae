// Vectors as Avro's values.

#include "base/error.h"
#include "engine/io/avro_values.h"

namespace hanok::engine {

namespace {

using avro::Encoder;
using avro::SchemaPtr;
using avro::Type;
using duckdb::idx_t;
using types::TypeId;

[[noreturn]] void incompatible(
    const std::string& path, const avro::Schema& schema, const types::DataType& type) {
    throw analysis_error(
        "AVRO_INCOMPATIBLE_WRITE_TYPE", {{"sqlPath", path}, {"avroType", avro::schema_json(schema)},
                                            {"sqlType", "\"" + type.sql() + "\""}});
}

std::string decimal_bytes(__int128 value, size_t size) {
    std::string out;
    do {
        out.insert(out.begin(), static_cast<char>(value & 0xFF));
        bool is_negative = value < 0;
        value >>= 8;
        bool fits = (value == 0 || value == -1) && (out[0] < 0) == is_negative;
        if (fits && out.size() >= size) break;
    } while (out.size() < 16);
    if (out.size() < size) out.insert(0, size - out.size(), out[0] < 0 ? '\xFF' : '\0');
    return out;
}

AvroWrite write_decimal(const avro::Schema& schema, const types::DataType& type) {
    bool is_fixed = schema.type == Type::kFixed;
    auto size = is_fixed ? static_cast<size_t>(schema.size) : 1;
    int rescale = schema.scale - type.scale();
    return [is_fixed, size, rescale](const NestedColumn& in, idx_t row, Encoder& out) {
        __int128 value = in.decimal(row);
        for (int i = 0; i < rescale; i++) value *= 10;
        auto bytes = decimal_bytes(value, size);
        if (is_fixed && bytes.size() > size)
            avro::throw_malformed("a decimal does not fit into its fixed bytes");
        is_fixed ? out.put_fixed(bytes) : out.put_bytes(bytes);
    };
}

// Timestamps are microseconds, or milliseconds where the schema says so.
AvroWrite write_long(const avro::Schema& schema) {
    bool is_millis = schema.logical_type.ends_with("timestamp-millis");
    return [is_millis](const NestedColumn& in, idx_t row, Encoder& out) {
        int64_t value = in.integer(row);
        if (is_millis) value = value / 1000 - (value % 1000 < 0);
        out.put_long(value);
    };
}

AvroWrite write_array(
    const avro::Schema& schema, const types::DataType& type, const std::string& path) {
    auto item = make_avro_write(schema.items(), *type.element(), path + ".element");
    return [item](const NestedColumn& in, idx_t row, Encoder& out) {
        auto entries = in.entries(row);
        if (entries.length > 0) out.put_long(int64_t(entries.length));
        for (idx_t i = 0; i < entries.length; i++) item(in.child(0), entries.offset + i, out);
        out.put_long(0);
    };
}

AvroWrite write_map(
    const avro::Schema& schema, const types::DataType& type, const std::string& path) {
    auto value = make_avro_write(schema.items(), *type.value(), path + ".value");
    return [value](const NestedColumn& in, idx_t row, Encoder& out) {
        auto entries = in.entries(row);
        if (entries.length > 0) out.put_long(int64_t(entries.length));
        for (idx_t i = entries.offset; i < entries.offset + entries.length; i++) {
            out.put_bytes(in.child(0).text(i));
            value(in.child(1), i, out);
        }
        out.put_long(0);
    };
}

AvroWrite write_record(
    const avro::Schema& schema, const types::DataType& type, const std::string& path) {
    std::vector<std::pair<size_t, AvroWrite>> fields;
    if (schema.fields.size() != type.fields().size()) incompatible(path, schema, type);
    for (const avro::Field& field : schema.fields) {
        int place = type.field_index(field.name);
        if (place < 0) incompatible(path + "." + field.name, schema, type);
        const auto& from = type.fields()[size_t(place)];
        auto below = path.empty() ? field.name : path + "." + field.name;
        fields.emplace_back(size_t(place), make_avro_write(field.type, *from.type, below));
    }
    return [fields](const NestedColumn& in, idx_t row, Encoder& out) {
        for (const auto& [place, write] : fields) write(in.child(place), row, out);
    };
}

AvroWrite write_enum(const avro::Schema& schema) {
    auto symbols = schema.symbols;
    return [symbols](const NestedColumn& in, idx_t row, Encoder& out) {
        auto text = in.text(row);
        for (size_t i = 0; i < symbols.size(); i++) {
            if (symbols[i] != text) continue;
            out.put_long(int64_t(i));
            return;
        }
        avro::throw_malformed("\"" + std::string(text) + "\" is no symbol of its enum");
    };
}

// A value that may be NULL: one branch of two, or a union of one type.
AvroWrite write_union(
    const avro::Schema& schema, const types::DataType& type, const std::string& path) {
    int64_t null_branch = -1, value_branch = -1;
    for (size_t i = 0; i < schema.children.size(); i++) {
        (schema.children[i]->type == Type::kNull ? null_branch : value_branch) = int64_t(i);
    }
    if (avro::union_members(schema).size() != 1) incompatible(path, schema, type);
    auto value = make_avro_write(schema.children[size_t(value_branch)], type, path);
    auto name = path;
    return [=](const NestedColumn& in, idx_t row, Encoder& out) {
        bool is_null = in.is_null(row);
        if (is_null && null_branch < 0)
            throw runtime_error("AVRO_CANNOT_WRITE_NULL_FIELD", {{"name", name}, {"dataType", ""}});
        out.put_long(is_null ? null_branch : value_branch);
        if (!is_null) value(in, row, out);
    };
}

AvroWrite write_text(const avro::Schema& schema) {
    bool is_fixed = schema.type == Type::kFixed;
    auto size = static_cast<size_t>(schema.size);
    return [is_fixed, size](const NestedColumn& in, idx_t row, Encoder& out) {
        auto text = in.text(row);
        if (is_fixed && text.size() != size)
            avro::throw_malformed("bytes do not have the size of their fixed type");
        is_fixed ? out.put_fixed(text) : out.put_bytes(text);
    };
}

AvroWrite plain_write(
    const avro::Schema& schema, const types::DataType& type, const std::string& path) {
    bool is_text = type.is_string() || type.is(TypeId::kBinary);
    bool is_number = type.is_integral() || type.is(TypeId::kDate) || type.is(TypeId::kTimestamp) ||
                     type.is(TypeId::kTimestampNtz) || type.is(TypeId::kTime) ||
                     type.is_ansi_interval();
    switch (schema.type) {
        case Type::kBoolean:
            if (!type.is(TypeId::kBoolean)) break;
            return [](const NestedColumn& in, idx_t row, Encoder& out) {
                out.put_boolean(in.boolean(row));
            };
        case Type::kInt:
        case Type::kLong:
            if (is_number) return write_long(schema);
            break;
        case Type::kFloat:
            if (!type.is(TypeId::kFloat)) break;
            return [](const NestedColumn& in, idx_t row, Encoder& out) {
                out.put_float(in.single(row));
            };
        case Type::kDouble:
            if (type.is(TypeId::kFloat))
                return [](const NestedColumn& in, idx_t row, Encoder& out) {
                    out.put_double(in.single(row));
                };
            if (!type.is(TypeId::kDouble)) break;
            return [](const NestedColumn& in, idx_t row, Encoder& out) {
                out.put_double(in.real(row));
            };
        case Type::kBytes:
        case Type::kFixed:
            if (type.is(TypeId::kDecimal) && schema.logical_type == "decimal" &&
                schema.scale >= type.scale())
                return write_decimal(schema, type);
            if (is_text) return write_text(schema);
            break;
        case Type::kString:
            if (is_text) return write_text(schema);
            break;
        case Type::kEnum:
            if (type.is_string()) return write_enum(schema);
            break;
        case Type::kArray:
            if (type.is(TypeId::kArray)) return write_array(schema, type, path);
            break;
        case Type::kMap:
            if (type.is(TypeId::kMap) && type.key()->is_string())
                return write_map(schema, type, path);
            break;
        case Type::kRecord:
            if (type.is(TypeId::kStruct)) return write_record(schema, type, path);
            break;
        default: break;
    }
    incompatible(path, schema, type);
}

}  // namespace

AvroWrite make_avro_write(
    const SchemaPtr& schema, const types::DataType& type, const std::string& path) {
    if (schema->type == Type::kNull) return [](const NestedColumn&, idx_t, Encoder&) {};
    if (schema->type == Type::kUnion) return write_union(*schema, type, path);
    auto write = plain_write(*schema, type, path);
    auto sql = "\"" + type.sql() + "\"";
    return [write, path, sql](const NestedColumn& in, idx_t row, Encoder& out) {
        if (in.is_null(row)) {
            throw runtime_error(
                "AVRO_CANNOT_WRITE_NULL_FIELD", {{"name", path}, {"dataType", sql}});
        }
        write(in, row, out);
    };
}

}  // namespace hanok::engine
