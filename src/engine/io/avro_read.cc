// Avro's values into vectors.

#include <nlohmann/json.hpp>

#include "avro/datum.h"
#include "base/error.h"
#include "engine/io/avro_values.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

namespace {

using avro::Decoder;
using avro::SchemaPtr;
using avro::Type;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::StringVector;
using duckdb::Vector;
using types::TypeId;
using types::TypePtr;

constexpr int64_t kMostItems = 1 << 28;
constexpr int64_t kMillisPerDay = 86400000;

template <class T>
void put(Vector& out, idx_t row, T value) {
    FlatVector::GetData<T>(out)[row] = value;
}

void put_text(Vector& out, idx_t row, std::string_view text) {
    put(out, row, StringVector::AddStringOrBlob(out, text.data(), text.size()));
}

[[noreturn]] void incompatible(
    const std::string& path, const avro::Schema& writer, const types::DataType& target) {
    throw analysis_error("AVRO_INCOMPATIBLE_READ_TYPE",
        {{"avroPath", path}, {"sqlPath", path}, {"avroType", avro::schema_json(writer)},
            {"sqlType", "\"" + target.sql() + "\""}});
}

__int128 unscaled(std::string_view bytes) {
    if (bytes.size() > 16) avro::throw_malformed("a decimal has more than 16 bytes");
    if (bytes.empty()) return 0;
    unsigned __int128 out = bytes[0] < 0 ? ~static_cast<unsigned __int128>(0) : 0;
    for (char c : bytes) out = (out << 8) | static_cast<uint8_t>(c);
    return static_cast<__int128>(out);
}

void put_decimal(Vector& out, idx_t row, __int128 value, int scale, const types::DataType& target) {
    if (!write_decimal_value(out, row, value, scale, target)) FlatVector::SetNull(out, row, true);
}

template <class T, class Take>
AvroRead number_as(Take take) {
    return [take](Decoder& in, Vector& out, idx_t row) { put(out, row, static_cast<T>(take(in))); };
}

// Numbers by the width of the target.
template <class Take>
AvroRead number(TypeId target, Take take) {
    switch (target) {
        case TypeId::kByte: return number_as<int8_t>(take);
        case TypeId::kShort: return number_as<int16_t>(take);
        case TypeId::kInteger:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval: return number_as<int32_t>(take);
        case TypeId::kFloat: return number_as<float>(take);
        case TypeId::kDouble: return number_as<double>(take);
        default: return number_as<int64_t>(take);
    }
}

int64_t take_integer(Decoder& in) { return in.take_long(); }

AvroRead read_decimal_number(const avro::Schema& writer, const TypePtr& target) {
    int scale = writer.logical_type == "decimal" ? writer.scale : 0;
    return [scale, target](Decoder& in, Vector& out, idx_t row) {
        put_decimal(out, row, in.take_long(), scale, *target);
    };
}

AvroRead read_int(const avro::Schema& writer, const TypePtr& target, const std::string& path) {
    switch (target->id()) {
        case TypeId::kInteger:
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval:
        case TypeId::kLong:
        case TypeId::kDouble: return number(target->id(), take_integer);
        case TypeId::kDecimal: return read_decimal_number(writer, target);
        default: incompatible(path, writer, *target);
    }
}

AvroRead read_long(const avro::Schema& writer, const TypePtr& target, const std::string& path) {
    const std::string& logical = writer.logical_type;
    switch (target->id()) {
        case TypeId::kLong:
        case TypeId::kTime:
        case TypeId::kDayTimeInterval: return number(target->id(), take_integer);
        case TypeId::kDecimal: return read_decimal_number(writer, target);
        case TypeId::kDate:
            return number(
                TypeId::kDate, [](Decoder& in) { return in.take_long() / kMillisPerDay; });
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
            if (logical.ends_with("timestamp-micros")) return number(target->id(), take_integer);
            return number(target->id(), [](Decoder& in) {
                int64_t micros = 0;
                if (__builtin_mul_overflow(in.take_long(), int64_t{1000}, &micros))
                    avro::throw_malformed("a timestamp is out of range");
                return micros;
            });
        default: incompatible(path, writer, *target);
    }
}

AvroRead read_bytes(const avro::Schema& writer, const TypePtr& target, const std::string& path) {
    bool is_fixed = writer.type == Type::kFixed;
    int64_t size = writer.size;
    auto take = [is_fixed, size](
                    Decoder& in) { return is_fixed ? in.take_fixed(size) : in.take_bytes(); };
    if (target->is(TypeId::kBinary) || (target->is_string() && !is_fixed)) {
        return [take](Decoder& in, Vector& out, idx_t row) { put_text(out, row, take(in)); };
    }
    if (!target->is(TypeId::kDecimal) || writer.logical_type != "decimal")
        incompatible(path, writer, *target);
    int scale = writer.scale;
    return [take, scale, target](Decoder& in, Vector& out, idx_t row) {
        put_decimal(out, row, unscaled(take(in)), scale, *target);
    };
}

// Items of the next block that `in` can hold.
idx_t checked_count(int64_t count, idx_t before) {
    if (count > kMostItems || int64_t(before) + count > kMostItems)
        avro::throw_malformed("a list has too many items");
    return idx_t(count);
}

AvroRead read_array(const SchemaPtr& writer, const TypePtr& target, const AvroReadOptions& options,
    const std::string& path) {
    if (!target->is(TypeId::kArray)) incompatible(path, *writer, *target);
    auto item = make_avro_read(writer->items(), target->element(), options, path + ".element");
    return [item](Decoder& in, Vector& out, idx_t row) {
        idx_t start = ListVector::GetListSize(out);
        idx_t size = 0;
        while (int64_t left = in.take_block()) {
            idx_t count = checked_count(left, size);
            for (idx_t i = 0; i < count; i++, size++) {
                ListVector::Reserve(out, start + size + 1);
                // Lists inside this one know their own sizes.
                item(in, ListVector::GetEntry(out), start + size);
            }
        }
        ListVector::SetListSize(out, start + size);
        put(out, row, duckdb::list_entry_t(start, size));
    };
}

AvroRead read_map(const SchemaPtr& writer, const TypePtr& target, const AvroReadOptions& options,
    const std::string& path) {
    if (!target->is(TypeId::kMap) || !target->key()->is_string())
        incompatible(path, *writer, *target);
    auto value = make_avro_read(writer->items(), target->value(), options, path + ".value");
    return [value](Decoder& in, Vector& out, idx_t row) {
        idx_t start = ListVector::GetListSize(out);
        idx_t size = 0;
        while (int64_t left = in.take_block()) {
            idx_t count = checked_count(left, size);
            for (idx_t i = 0; i < count; i++, size++) {
                ListVector::Reserve(out, start + size + 1);
                put_text(duckdb::MapVector::GetKeys(out), start + size, in.take_bytes());
                value(in, duckdb::MapVector::GetValues(out), start + size);
            }
        }
        ListVector::SetListSize(out, start + size);
        put(out, row, duckdb::list_entry_t(start, size));
    };
}

AvroRead read_struct(const SchemaPtr& writer, const TypePtr& target, const AvroReadOptions& options,
    const std::string& path) {
    if (!target->is(TypeId::kStruct)) incompatible(path, *writer, *target);
    std::vector<size_t> all(target->fields().size());
    for (size_t i = 0; i < all.size(); i++) all[i] = i;
    auto inner = options;
    inner.reader_schema = nullptr;
    auto reader = std::make_shared<AvroRecordReader>(writer, *target, all, inner);
    return [reader](Decoder& in, Vector& out, idx_t row) {
        std::vector<Vector*> children;
        for (auto& child : duckdb::StructVector::GetEntries(out)) children.push_back(child.get());
        reader->read(in, children, row);
    };
}

AvroRead read_null() {
    return [](Decoder&, Vector& out, idx_t row) { FlatVector::SetNull(out, row, true); };
}

// A union as a struct with a field for each member.
AvroRead read_member(AvroRead read, size_t place) {
    return [read, place](Decoder& in, Vector& out, idx_t row) {
        auto& children = duckdb::StructVector::GetEntries(out);
        for (size_t i = 0; i < children.size(); i++) {
            if (i == place) {
                read(in, *children[i], row);
            } else {
                FlatVector::SetNull(*children[i], row, true);
            }
        }
    };
}

AvroRead read_union(const SchemaPtr& writer, const TypePtr& target, const AvroReadOptions& options,
    const std::string& path) {
    auto members = avro::union_members(*writer);
    bool as_struct = members.size() > 1 && target->is(TypeId::kStruct) &&
                     avro::spark_type_of_avro(*writer, options.types).type->is(TypeId::kStruct);
    if (as_struct && target->fields().size() != members.size())
        incompatible(path, *writer, *target);
    std::vector<AvroRead> branches;
    size_t place = 0;
    for (const SchemaPtr& child : writer->children) {
        if (child->type == Type::kNull) {
            branches.push_back(read_null());
        } else if (as_struct) {
            branches.push_back(read_member(
                make_avro_read(child, target->fields()[place].type, options, path), place));
            place++;
        } else {
            branches.push_back(make_avro_read(child, target, options, path));
        }
    }
    return [branches](Decoder& in, Vector& out, idx_t row) {
        int64_t branch = in.take_long();
        if (branch < 0 || size_t(branch) >= branches.size())
            avro::throw_malformed("a union has no such branch");
        branches[size_t(branch)](in, out, row);
    };
}

// A default's JSON as a value of its schema; unions take the default of their first branch.
avro::Datum default_datum(const avro::Schema& schema, const nlohmann::json& json) {
    using avro::Datum;
    switch (schema.type) {
        case Type::kNull: return {};
        case Type::kBoolean: return Datum(json.get<bool>());
        case Type::kInt:
        case Type::kLong: return Datum(json.get<int64_t>());
        case Type::kFloat:
        case Type::kDouble: return Datum(json.get<double>());
        case Type::kBytes:
        case Type::kString:
        case Type::kFixed: return Datum(json.get<std::string>());
        case Type::kEnum: {
            auto symbol = json.get<std::string>();
            for (size_t i = 0; i < schema.symbols.size(); i++) {
                if (schema.symbols[i] == symbol) return Datum(int64_t(i));
            }
            avro::throw_malformed("a default is no symbol of its enum");
        }
        case Type::kUnion: return default_datum(*schema.children.at(0), json);
        case Type::kArray:
        case Type::kMap: {
            Datum::List list;
            for (const auto& [key, value] : json.items()) {
                if (schema.type == Type::kMap) list.emplace_back(std::string(key));
                list.push_back(default_datum(*schema.items(), value));
            }
            return Datum(std::move(list));
        }
        case Type::kRecord: {
            Datum::List list;
            for (const auto& field : schema.fields)
                list.push_back(default_datum(*field.type, json.at(field.name)));
            return Datum(std::move(list));
        }
    }
    return {};
}

int field_place(const avro::Schema& record, const std::string& name) {
    for (size_t i = 0; i < record.fields.size(); i++) {
        if (types::names_equal(record.fields[i].name, name)) return int(i);
    }
    return -1;
}

AvroRead read_enum(const avro::Schema& writer, const TypePtr& target, const std::string& path) {
    if (!target->is_string()) incompatible(path, writer, *target);
    auto symbols = writer.symbols;
    return [symbols](Decoder& in, Vector& out, idx_t row) {
        int64_t symbol = in.take_long();
        if (symbol < 0 || size_t(symbol) >= symbols.size())
            avro::throw_malformed("an enum has no such symbol");
        put_text(out, row, symbols[size_t(symbol)]);
    };
}

}  // namespace

AvroRead make_avro_read(const SchemaPtr& writer, const TypePtr& target,
    const AvroReadOptions& options, const std::string& path) {
    switch (writer->type) {
        case Type::kNull: return read_null();
        case Type::kBoolean:
            if (!target->is(TypeId::kBoolean)) break;
            return [](Decoder& in, Vector& out, idx_t row) { put(out, row, in.take_boolean()); };
        case Type::kInt: return read_int(*writer, target, path);
        case Type::kLong: return read_long(*writer, target, path);
        case Type::kFloat:
            if (!target->is(TypeId::kFloat) && !target->is(TypeId::kDouble)) break;
            return number(target->id(), [](Decoder& in) { return in.take_float(); });
        case Type::kDouble:
            if (!target->is(TypeId::kDouble)) break;
            return number(target->id(), [](Decoder& in) { return in.take_double(); });
        case Type::kString:
            if (!target->is_string() && !target->is(TypeId::kBinary)) break;
            return [](Decoder& in, Vector& out, idx_t row) { put_text(out, row, in.take_bytes()); };
        case Type::kBytes:
        case Type::kFixed: return read_bytes(*writer, target, path);
        case Type::kEnum: return read_enum(*writer, target, path);
        case Type::kArray: return read_array(writer, target, options, path);
        case Type::kMap: return read_map(writer, target, options, path);
        case Type::kUnion: return read_union(writer, target, options, path);
        case Type::kRecord: return read_struct(writer, target, options, path);
    }
    incompatible(path, *writer, *target);
}

AvroRecordReader::AvroRecordReader(const SchemaPtr& writer, const types::DataType& schema,
    const std::vector<size_t>& needed, const AvroReadOptions& options) {
    if (writer->type != Type::kRecord) incompatible("", *writer, schema);
    for (const avro::Field& field : writer->fields) steps_.push_back({{}, field.type, 0});
    for (size_t target = 0; target < needed.size(); target++) {
        const auto& wanted = schema.fields()[needed[target]];
        int place = options.by_position ? int(needed[target]) : field_place(*writer, wanted.name);
        if (place >= 0 && size_t(place) < steps_.size()) {
            auto& step = steps_[size_t(place)];
            step.read = make_avro_read(step.schema, wanted.type, options, wanted.name);
            step.target = target;
            continue;
        }
        Absent absent;
        absent.target = target;
        int known = options.reader_schema ? field_place(*options.reader_schema, wanted.name) : -1;
        if (known >= 0 && options.reader_schema->fields[size_t(known)].default_json) {
            const avro::Field& field = options.reader_schema->fields[size_t(known)];
            avro::Encoder encoder(&absent.bytes);
            auto json = nlohmann::json::parse(*field.default_json);
            avro::encode(*field.type, default_datum(*field.type, json), &encoder);
            absent.read = make_avro_read(field.type, wanted.type, options, wanted.name);
        }
        absent_.push_back(std::move(absent));
    }
}

void AvroRecordReader::read(Decoder& in, const std::vector<Vector*>& columns, idx_t row) {
    for (const Step& step : steps_) {
        if (step.read) {
            step.read(in, *columns[step.target], row);
        } else {
            avro::skip(*step.schema, &in);
        }
    }
    for (const Absent& absent : absent_) {
        if (absent.read) {
            Decoder bytes(absent.bytes);
            absent.read(bytes, *columns[absent.target], row);
        } else {
            FlatVector::SetNull(*columns[absent.target], row, true);
        }
    }
}

}  // namespace hanok::engine
