// Spark's types in ORC files.

#include <arrow/api.h>

#include "base/error.h"
#include "engine/functions/time_zone.h"
#include "engine/io/orc_file.h"
#include "engine/types/logical_types.h"
#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

using types::DataType;
using types::TypeId;
using ArrayDataPtr = std::shared_ptr<arrow::ArrayData>;

// The attribute by which Spark tells its types from ORC's.
constexpr const char* kCatalystType = "spark.sql.catalyst.type";

types::TypePtr catalyst_type(const arrow::Field& field) {
    if (!field.metadata()) return nullptr;
    auto named = field.metadata()->Get(kCatalystType);
    if (!named.ok()) return nullptr;
    if (*named == "timestamp_ntz") return DataType::timestamp_ntz();
    if (*named == "interval year to month") return DataType::year_month_interval();
    if (*named == "interval day to second") return DataType::day_time_interval();
    return nullptr;
}

types::TypePtr spark_type(const arrow::Field& field);

types::TypePtr spark_struct(const arrow::FieldVector& fields) {
    types::Fields out;
    for (const auto& field : fields) out.push_back({field->name(), spark_type(*field), true, ""});
    return DataType::struct_(std::move(out));
}

types::TypePtr spark_type(const arrow::Field& field) {
    if (auto own = catalyst_type(field)) return own;
    const arrow::DataType& type = *field.type();
    switch (type.id()) {
        case arrow::Type::BOOL: return DataType::boolean();
        case arrow::Type::INT8: return DataType::byte();
        case arrow::Type::INT16: return DataType::short_();
        case arrow::Type::INT32: return DataType::integer();
        case arrow::Type::INT64: return DataType::long_();
        case arrow::Type::FLOAT: return DataType::float_();
        case arrow::Type::DOUBLE: return DataType::double_();
        case arrow::Type::STRING: return DataType::string();
        case arrow::Type::BINARY:
        case arrow::Type::FIXED_SIZE_BINARY: return DataType::binary();
        case arrow::Type::DATE32: return DataType::date();
        case arrow::Type::TIMESTAMP: return DataType::timestamp();
        case arrow::Type::DECIMAL128: {
            const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
            return DataType::decimal(decimal.precision(), decimal.scale());
        }
        case arrow::Type::LIST: return DataType::array(spark_type(*type.field(0)));
        case arrow::Type::MAP: {
            const auto& map = static_cast<const arrow::MapType&>(type);
            return DataType::map(spark_type(*map.key_field()), spark_type(*map.item_field()));
        }
        case arrow::Type::STRUCT: return spark_struct(type.fields());
        default: throw unsupported_feature("ORC's type " + type.ToString());
    }
}

std::shared_ptr<arrow::Field> orc_field(const std::string& name, const DataType& type);

std::shared_ptr<arrow::DataType> orc_type(const DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean: return arrow::boolean();
        case TypeId::kByte: return arrow::int8();
        case TypeId::kShort: return arrow::int16();
        case TypeId::kInteger:
        case TypeId::kYearMonthInterval: return arrow::int32();
        case TypeId::kLong:
        case TypeId::kDayTimeInterval: return arrow::int64();
        case TypeId::kFloat: return arrow::float32();
        case TypeId::kDouble: return arrow::float64();
        case TypeId::kDecimal: return arrow::decimal128(type.precision(), type.scale());
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return arrow::utf8();
        case TypeId::kBinary: return arrow::binary();
        case TypeId::kDate: return arrow::date32();
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return arrow::timestamp(arrow::TimeUnit::MICRO);
        case TypeId::kArray: return arrow::list(orc_field("element", *type.element()));
        case TypeId::kMap:
            return std::make_shared<arrow::MapType>(
                orc_field("key", *type.key())->WithNullable(false),
                orc_field("value", *type.value()));
        case TypeId::kStruct: {
            arrow::FieldVector fields;
            for (const auto& field : type.fields())
                fields.push_back(orc_field(field.name, *field.type));
            return arrow::struct_(std::move(fields));
        }
        default: break;
    }
    throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        {{"columnName", ""}, {"columnType", "\"" + type.sql() + "\""}, {"format", "ORC"}});
}

std::shared_ptr<arrow::Field> orc_field(const std::string& name, const DataType& type) {
    auto field = arrow::field(name, orc_type(type));
    auto named = [&](const char* text) {
        return field->WithMetadata(arrow::key_value_metadata({kCatalystType}, {text}));
    };
    if (type.is(TypeId::kTimestampNtz)) return named("timestamp_ntz");
    if (type.is(TypeId::kYearMonthInterval)) return named("interval year to month");
    if (type.is(TypeId::kDayTimeInterval)) return named("interval day to second");
    return field;
}

// What happens to a timestamp on its way.
using Shift = int64_t (*)(int64_t micros, const TimeZone& zone);

int64_t to_instant(int64_t local, const TimeZone& zone) { return zone.to_utc(local); }
int64_t to_local(int64_t instant, const TimeZone& zone) {
    return instant + zone.offset_micros(instant);
}

class Layout {
public:
    Layout(const std::string& time_zone, Shift shift, bool names_fields)
        : zone_(TimeZone::get(time_zone)), shift_(shift), names_fields_(names_fields) {}

    ArrayDataPtr convert(const ArrayDataPtr& data, const DataType& type) const {
        switch (type.id()) {
            case TypeId::kTimestamp:
            case TypeId::kTimestampNtz: return timestamps(data, type);
            case TypeId::kStruct: return structs(data, type);
            case TypeId::kArray: return list(data, type);
            case TypeId::kMap: return map(data, type);
            default: return data;
        }
    }

private:
    ArrayDataPtr timestamps(const ArrayDataPtr& data, const DataType& type) const {
        const auto& given = static_cast<const arrow::TimestampType&>(*data->type);
        bool is_nanos = given.unit() == arrow::TimeUnit::NANO;
        // ORC's TIMESTAMP WITH LOCAL TIME ZONE is an instant already.
        bool is_local = type.is(TypeId::kTimestamp) &&
                        (shift_ != to_instant || given.timezone().empty());
        auto out = data->Copy();
        bool keeps_zone = names_fields_ && type.is(TypeId::kTimestamp);
        out->type = keeps_zone ? arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")
                               : arrow::timestamp(arrow::TimeUnit::MICRO);
        auto size = (data->offset + data->length) * 8;
        auto buffer = types::must(arrow::AllocateBuffer(size));
        auto* to = reinterpret_cast<int64_t*>(buffer->mutable_data());
        const auto* from = reinterpret_cast<const int64_t*>(data->buffers[1]->data());
        for (int64_t i = data->offset; i < data->offset + data->length; i++) {
            bool is_null = data->buffers[0] &&
                           !arrow::bit_util::GetBit(data->buffers[0]->data(), i);
            int64_t value = is_null ? 0 : from[i];
            if (is_nanos) value = floor_divide(value, 1000);
            to[i] = is_local && !is_null ? shift_(value, zone_) : value;
        }
        out->buffers[1] = std::move(buffer);
        return out;
    }

    ArrayDataPtr structs(const ArrayDataPtr& data, const DataType& type) const {
        auto out = data->Copy();
        arrow::FieldVector fields;
        for (size_t i = 0; i < data->child_data.size(); i++) {
            out->child_data[i] = convert(data->child_data[i], *type.fields().at(i).type);
            auto name = names_fields_ ? struct_field_name(i) : type.fields()[i].name;
            fields.push_back(
                names_fields_
                    ? arrow::field(name, out->child_data[i]->type)
                    : orc_field(name, *type.fields()[i].type)->WithType(out->child_data[i]->type));
        }
        out->type = arrow::struct_(std::move(fields));
        return out;
    }

    ArrayDataPtr list(const ArrayDataPtr& data, const DataType& type) const {
        auto out = data->Copy();
        out->child_data[0] = convert(data->child_data[0], *type.element());
        out->type = arrow::list(out->child_data[0]->type);
        return out;
    }

    ArrayDataPtr map(const ArrayDataPtr& data, const DataType& type) const {
        auto out = data->Copy();
        auto entries = data->child_data[0]->Copy();
        entries->child_data[0] = convert(entries->child_data[0], *type.key());
        entries->child_data[1] = convert(entries->child_data[1], *type.value());
        auto made = std::make_shared<arrow::MapType>(
            arrow::field("key", entries->child_data[0]->type, false),
            arrow::field("value", entries->child_data[1]->type));
        entries->type = made->value_type();
        out->child_data[0] = entries;
        out->type = made;
        return out;
    }

    const TimeZone& zone_;
    Shift shift_;
    bool names_fields_;
};

}  // namespace

types::TypePtr spark_schema_of_orc(const arrow::Schema& schema) {
    return spark_struct(schema.fields());
}

std::shared_ptr<arrow::Schema> orc_schema(const types::DataType& schema) {
    arrow::FieldVector fields;
    for (const auto& field : schema.fields()) fields.push_back(orc_field(field.name, *field.type));
    return arrow::schema(std::move(fields));
}

ArrayDataPtr from_orc_layout(
    const ArrayDataPtr& data, const DataType& type, const std::string& time_zone) {
    return Layout(time_zone, to_instant, true).convert(data, type);
}

ArrayDataPtr to_orc_layout(
    const ArrayDataPtr& data, const DataType& type, const std::string& time_zone) {
    return Layout(time_zone, to_local, false).convert(data, type);
}

}  // namespace hanok::engine
