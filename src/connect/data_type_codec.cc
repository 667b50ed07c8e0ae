#include "connect/data_type_codec.h"

#include <spark/connect/types.pb.h>

#include "base/error.h"
#include "sql/parser.h"
#include "types/geo.h"

namespace hanok::connect {

namespace {

namespace sc = spark::connect;
using types::DataType;
using types::TypeId;
using types::TypePtr;

TypePtr struct_from_proto(const sc::DataType::Struct& message) {
    types::Fields fields;
    fields.reserve(static_cast<size_t>(message.fields_size()));
    for (const auto& f : message.fields()) {
        types::StructField field;
        field.name = f.name();
        field.type = type_from_proto(f.data_type());
        field.nullable = f.nullable();
        if (f.has_metadata() && f.metadata() != "{}") field.metadata = f.metadata();
        fields.push_back(std::move(field));
    }
    return DataType::struct_(std::move(fields));
}

TypePtr year_month_from_proto(const sc::DataType::YearMonthInterval& message) {
    int start = message.has_start_field() ? message.start_field() : 0;
    int end = message.has_end_field() ? message.end_field()
                                      : (message.has_start_field() ? start : 1);
    return DataType::year_month_interval(start, end);
}

TypePtr day_time_from_proto(const sc::DataType::DayTimeInterval& message) {
    int start = message.has_start_field() ? message.start_field() : 0;
    int end = message.has_end_field() ? message.end_field()
                                      : (message.has_start_field() ? start : 3);
    return DataType::day_time_interval(start, end);
}

TypePtr decimal_from_proto(const sc::DataType::Decimal& message) {
    return DataType::decimal(message.has_precision() ? message.precision() : 10,
        message.has_scale() ? message.scale() : 0);
}

void fields_to_proto(const DataType& type, sc::DataType::Struct* message) {
    for (const auto& f : type.fields()) {
        auto* field = message->add_fields();
        field->set_name(f.name);
        type_to_proto(*f.type, field->mutable_data_type());
        field->set_nullable(f.nullable);
        if (!f.metadata.empty()) field->set_metadata(f.metadata);
    }
}

// Types with parameters or children; false for the others.
bool parameterized_to_proto(const DataType& type, sc::DataType* out) {
    if (types::is_geography(type)) {
        out->mutable_geography()->set_srid(types::srid_of(type));
        return true;
    }
    if (types::is_geo(type)) {
        out->mutable_geometry()->set_srid(types::srid_of(type));
        return true;
    }
    switch (type.id()) {
        case TypeId::kDecimal:
            out->mutable_decimal()->set_precision(type.precision());
            out->mutable_decimal()->set_scale(type.scale());
            return true;
        case TypeId::kString:
            out->mutable_string()->set_collation(
                type.is_default_collation() ? "UTF8_BINARY" : type.collation());
            return true;
        case TypeId::kChar: out->mutable_char_()->set_length(type.length()); return true;
        case TypeId::kVarchar: out->mutable_var_char()->set_length(type.length()); return true;
        case TypeId::kTime: out->mutable_time()->set_precision(type.precision()); return true;
        case TypeId::kYearMonthInterval:
            out->mutable_year_month_interval()->set_start_field(type.start_field());
            out->mutable_year_month_interval()->set_end_field(type.end_field());
            return true;
        case TypeId::kDayTimeInterval:
            out->mutable_day_time_interval()->set_start_field(type.start_field());
            out->mutable_day_time_interval()->set_end_field(type.end_field());
            return true;
        case TypeId::kArray:
            type_to_proto(*type.element(), out->mutable_array()->mutable_element_type());
            out->mutable_array()->set_contains_null(type.contains_null());
            return true;
        case TypeId::kMap:
            type_to_proto(*type.key(), out->mutable_map()->mutable_key_type());
            type_to_proto(*type.value(), out->mutable_map()->mutable_value_type());
            out->mutable_map()->set_value_contains_null(type.value_contains_null());
            return true;
        case TypeId::kStruct: fields_to_proto(type, out->mutable_struct_()); return true;
        default: return false;
    }
}

}  // namespace

TypePtr type_from_proto(const sc::DataType& m) {
    switch (m.kind_case()) {
        case sc::DataType::kNull: return DataType::null();
        case sc::DataType::kBinary: return DataType::binary();
        case sc::DataType::kBoolean: return DataType::boolean();
        case sc::DataType::kByte: return DataType::byte();
        case sc::DataType::kShort: return DataType::short_();
        case sc::DataType::kInteger: return DataType::integer();
        case sc::DataType::kLong: return DataType::long_();
        case sc::DataType::kFloat: return DataType::float_();
        case sc::DataType::kDouble: return DataType::double_();
        case sc::DataType::kDecimal: return decimal_from_proto(m.decimal());
        case sc::DataType::kString:
            return DataType::string(
                m.string().collation() == "UTF8_BINARY" ? "" : m.string().collation());
        case sc::DataType::kChar: return DataType::char_(m.char_().length());
        case sc::DataType::kVarChar: return DataType::varchar(m.var_char().length());
        case sc::DataType::kDate: return DataType::date();
        case sc::DataType::kTimestamp: return DataType::timestamp();
        case sc::DataType::kTimestampNtz: return DataType::timestamp_ntz();
        case sc::DataType::kTime:
            return DataType::time(m.time().has_precision() ? m.time().precision() : 6);
        case sc::DataType::kCalendarInterval: return DataType::calendar_interval();
        case sc::DataType::kYearMonthInterval:
            return year_month_from_proto(m.year_month_interval());
        case sc::DataType::kDayTimeInterval: return day_time_from_proto(m.day_time_interval());
        case sc::DataType::kArray:
            return DataType::array(
                type_from_proto(m.array().element_type()), m.array().contains_null());
        case sc::DataType::kMap:
            return DataType::map(type_from_proto(m.map().key_type()),
                type_from_proto(m.map().value_type()), m.map().value_contains_null());
        case sc::DataType::kStruct: return struct_from_proto(m.struct_());
        case sc::DataType::kVariant: return DataType::variant();
        case sc::DataType::kUnparsed: return sql::parse_data_type(m.unparsed().data_type_string());
        case sc::DataType::kUdt: throw unsupported_feature("user-defined types");
        case sc::DataType::kGeometry: return types::geometry_type(m.geometry().srid());
        case sc::DataType::kGeography: return types::geography_type(m.geography().srid());
        case sc::DataType::KIND_NOT_SET: break;
    }
    throw Error(ErrorKind::kInvalidPlanInput,
        "CONNECT_INVALID_PLAN.DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST",
        {{"kindCase", "KIND_NOT_SET"}});
}

void type_to_proto(const DataType& type, sc::DataType* out) {
    if (parameterized_to_proto(type, out)) return;
    switch (type.id()) {
        case TypeId::kNull: out->mutable_null(); return;
        case TypeId::kBoolean: out->mutable_boolean(); return;
        case TypeId::kByte: out->mutable_byte(); return;
        case TypeId::kShort: out->mutable_short_(); return;
        case TypeId::kInteger: out->mutable_integer(); return;
        case TypeId::kLong: out->mutable_long_(); return;
        case TypeId::kFloat: out->mutable_float_(); return;
        case TypeId::kDouble: out->mutable_double_(); return;
        case TypeId::kBinary: out->mutable_binary(); return;
        case TypeId::kDate: out->mutable_date(); return;
        case TypeId::kTimestamp: out->mutable_timestamp(); return;
        case TypeId::kTimestampNtz: out->mutable_timestamp_ntz(); return;
        case TypeId::kCalendarInterval: out->mutable_calendar_interval(); return;
        case TypeId::kVariant: out->mutable_variant(); return;
        default: throw internal_error("type without a Connect form: " + type.simple_string());
    }
}

TypePtr type_from_text(const std::string& text) {
    size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos) return DataType::struct_({});
    if (text[start] == '{' || text[start] == '"') return types::type_from_json(text);
    return sql::parse_type_or_schema(text);
}

}  // namespace hanok::connect
