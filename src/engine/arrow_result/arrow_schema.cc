#include "engine/arrow_result/arrow_schema.h"

#include <arrow/api.h>

#include "base/error.h"
#include "types/geo.h"

namespace hanok::engine {

using types::TypeId;

namespace {

std::shared_ptr<arrow::DataType> variant_type() {
    // The mark by which clients tell a variant from a struct.
    auto mark = arrow::key_value_metadata({"variant"}, {"true"});
    return arrow::struct_({arrow::field("value", arrow::binary(), false),
        arrow::field("metadata", arrow::binary(), false, mark)});
}

std::shared_ptr<arrow::DataType> geo_type(const types::DataType& type) {
    auto mark = arrow::key_value_metadata(
        {types::is_geography(type) ? "geography" : "geometry", "srid"},
        {"true", std::to_string(types::srid_of(type))});
    return arrow::struct_({arrow::field("srid", arrow::int32(), false),
        arrow::field("wkb", arrow::binary(), false, mark)});
}

}  // namespace

std::shared_ptr<arrow::DataType> to_arrow_type(
    const types::DataType& type, const QueryContext& context) {
    if (types::is_geo(type)) return geo_type(type);
    switch (type.id()) {
        case TypeId::kNull: return arrow::null();
        case TypeId::kBoolean: return arrow::boolean();
        case TypeId::kByte: return arrow::int8();
        case TypeId::kShort: return arrow::int16();
        case TypeId::kInteger: return arrow::int32();
        case TypeId::kLong: return arrow::int64();
        case TypeId::kFloat: return arrow::float32();
        case TypeId::kDouble: return arrow::float64();
        case TypeId::kDecimal: return arrow::decimal128(type.precision(), type.scale());
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return context.large_var_types ? arrow::large_utf8() : arrow::utf8();
        case TypeId::kBinary:
            return context.large_var_types ? arrow::large_binary() : arrow::binary();
        case TypeId::kDate: return arrow::date32();
        case TypeId::kTimestamp: return arrow::timestamp(arrow::TimeUnit::MICRO, context.time_zone);
        case TypeId::kTimestampNtz: return arrow::timestamp(arrow::TimeUnit::MICRO);
        case TypeId::kTime: return arrow::time64(arrow::TimeUnit::NANO);
        case TypeId::kYearMonthInterval: return arrow::month_interval();
        case TypeId::kDayTimeInterval: return arrow::duration(arrow::TimeUnit::MICRO);
        case TypeId::kCalendarInterval: return arrow::month_day_nano_interval();
        case TypeId::kArray:
            return arrow::list(arrow::field(
                "element", to_arrow_type(*type.element(), context), type.contains_null()));
        case TypeId::kMap:
            return std::make_shared<arrow::MapType>(
                arrow::field("key", to_arrow_type(*type.key(), context), false),
                arrow::field(
                    "value", to_arrow_type(*type.value(), context), type.value_contains_null()));
        case TypeId::kStruct: {
            arrow::FieldVector fields;
            for (const auto& field : type.fields())
                fields.push_back(
                    arrow::field(field.name, to_arrow_type(*field.type, context), field.nullable));
            return arrow::struct_(std::move(fields));
        }
        case TypeId::kVariant: return variant_type();
    }
    throw internal_error("no Arrow type for " + type.simple_string());
}

std::shared_ptr<arrow::Schema> to_arrow_schema(
    const resolved::Attributes& columns, const QueryContext& context) {
    arrow::FieldVector fields;
    for (const auto& column : columns)
        fields.push_back(
            arrow::field(column.name, to_arrow_type(*column.type, context), column.nullable));
    return arrow::schema(std::move(fields));
}

}  // namespace hanok::engine
