#include <spark/connect/expressions.pb.h>

#include <algorithm>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/translator/translator.h"

// Older clients fill the fields that 4.x deprecates.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hanok::connect {

namespace {

namespace sc = spark::connect;
using Message = sc::Expression_Literal;
using types::DataType;
using types::TypePtr;
using types::Value;

struct TypedValue {
    TypePtr type;
    Value value;
};

TypedValue typed_value(const Message& m);

TypedValue decimal_value_of(const Message::Decimal& m) {
    types::Int128 unscaled = 0;
    int precision = 0;
    int scale = 0;
    if (!types::parse_decimal(m.value(), &unscaled, &precision, &scale)) {
        throw invalid_plan("UNSUPPORTED_LITERAL_TYPE", {{"typeInfo", "DECIMAL " + m.value()}});
    }
    int wanted_scale = m.has_scale() ? std::max(scale, m.scale()) : scale;
    int digits = precision - scale;
    for (int i = scale; i < wanted_scale; ++i) unscaled *= 10;
    int wanted = std::max({digits + wanted_scale, m.has_precision() ? m.precision() : 1, 1});
    if (wanted > 38)
        throw invalid_plan("UNSUPPORTED_LITERAL_TYPE", {{"typeInfo", "DECIMAL " + m.value()}});
    return {DataType::decimal(wanted, wanted_scale), types::decimal_value(unscaled)};
}

// Elements of a collection share one type: the declared one, else the first that is not NULL.
struct Elements {
    TypePtr type;
    Value::List values;
    bool has_null = false;
};

Elements elements_of(
    const google::protobuf::RepeatedPtrField<Message>& messages, TypePtr declared) {
    Elements out;
    out.type = std::move(declared);
    for (const auto& m : messages) {
        TypedValue e = typed_value(m);
        out.has_null |= e.value.is_null();
        if (!out.type || (out.type->is(types::TypeId::kNull) && !e.value.is_null()))
            out.type = e.type;
        out.values.push_back(std::move(e.value));
    }
    return out;
}

TypePtr declared_type(const Message& m) {
    return m.has_data_type() ? type_from_proto(m.data_type()) : nullptr;
}

TypedValue array_value(const Message& m) {
    TypePtr declared = declared_type(m);
    TypePtr element = declared && declared->is(types::TypeId::kArray) ? declared->element()
                                                                      : nullptr;
    if (!element && m.array().has_element_type())
        element = type_from_proto(m.array().element_type());
    Elements e = elements_of(m.array().elements(), element);
    if (!e.type) throw invalid_plan("ARRAY_LITERAL_MISSING_DATA_TYPE");
    bool contains_null = declared ? declared->contains_null() : (element != nullptr || e.has_null);
    return {DataType::array(e.type, contains_null), types::list_value(std::move(e.values))};
}

TypedValue map_value(const Message& m) {
    TypePtr declared = declared_type(m);
    bool is_map = declared && declared->is(types::TypeId::kMap);
    TypePtr key = is_map ? declared->key() : nullptr;
    TypePtr value = is_map ? declared->value() : nullptr;
    if (!key && m.map().has_key_type()) key = type_from_proto(m.map().key_type());
    if (!value && m.map().has_value_type()) value = type_from_proto(m.map().value_type());
    if (m.map().keys_size() != m.map().values_size()) throw invalid_plan("MAP_LITERAL_NOT_SET");
    Elements keys = elements_of(m.map().keys(), key);
    Elements values = elements_of(m.map().values(), value);
    if (!keys.type || !values.type) throw invalid_plan("MAP_LITERAL_MISSING_DATA_TYPE");
    Value::List entries;
    for (size_t i = 0; i < keys.values.size(); ++i) {
        entries.push_back(std::move(keys.values[i]));
        entries.push_back(std::move(values.values[i]));
    }
    bool contains_null = is_map ? declared->value_contains_null()
                                : (value != nullptr || values.has_null);
    return {DataType::map(keys.type, values.type, contains_null),
        types::list_value(std::move(entries))};
}

TypedValue struct_value(const Message& m) {
    TypePtr declared = declared_type(m);
    if (!declared && m.struct_().has_struct_type())
        declared = type_from_proto(m.struct_().struct_type());
    if (!declared || !declared->is(types::TypeId::kStruct))
        throw invalid_plan("STRUCT_LITERAL_MISSING_DATA_TYPE");
    if (declared->fields().size() != static_cast<size_t>(m.struct_().elements_size())) {
        throw invalid_plan("STRUCT_LITERAL_NOT_SET");
    }
    Value::List values;
    types::Fields fields = declared->fields();
    for (int i = 0; i < m.struct_().elements_size(); ++i) {
        TypedValue e = typed_value(m.struct_().elements(i));
        types::StructField& field = fields[static_cast<size_t>(i)];
        if (!e.value.is_null() && !e.type->same_type(*field.type)) field.type = e.type;
        values.push_back(std::move(e.value));
    }
    return {DataType::struct_(std::move(fields)), types::list_value(std::move(values))};
}

template <class Numbers, class Make>
TypedValue primitive_array(const Numbers& numbers, TypePtr element, Make make) {
    Value::List values;
    values.reserve(static_cast<size_t>(numbers.size()));
    for (const auto& x : numbers) values.push_back(make(x));
    return {DataType::array(std::move(element), false), types::list_value(std::move(values))};
}

TypedValue specialized_array_value(const Message::SpecializedArray& m) {
    using A = Message::SpecializedArray;
    auto as_int = [](int64_t x) { return types::int_value(x); };
    auto as_double = [](double x) { return types::double_value(x); };
    switch (m.value_type_case()) {
        case A::kBools:
            return primitive_array(m.bools().values(), DataType::boolean(),
                [](bool x) { return types::bool_value(x); });
        case A::kInts: return primitive_array(m.ints().values(), DataType::integer(), as_int);
        case A::kLongs: return primitive_array(m.longs().values(), DataType::long_(), as_int);
        case A::kFloats: return primitive_array(m.floats().values(), DataType::float_(), as_double);
        case A::kDoubles:
            return primitive_array(m.doubles().values(), DataType::double_(), as_double);
        case A::kStrings:
            return primitive_array(m.strings().values(), DataType::string(),
                [](const std::string& x) { return types::string_value(x); });
        case A::VALUE_TYPE_NOT_SET: break;
    }
    throw invalid_plan("ARRAY_LITERAL_NOT_SET");
}

TypedValue interval_value(const Message::CalendarInterval& m) {
    types::CalendarInterval v{m.months(), m.days(), m.microseconds()};
    return {DataType::calendar_interval(), Value(v)};
}

// A declared interval or string type refines the plain one (INTERVAL DAY, a collated string).
TypePtr refined(const Message& m, TypePtr plain) {
    TypePtr declared = declared_type(m);
    return declared && declared->id() == plain->id() ? declared : plain;
}

TypedValue typed_value(const Message& m) {
    switch (m.literal_type_case()) {
        case Message::kNull: return {type_from_proto(m.null()), Value()};
        case Message::kBinary: return {DataType::binary(), types::string_value(m.binary())};
        case Message::kBoolean: return {DataType::boolean(), types::bool_value(m.boolean())};
        case Message::kByte: return {DataType::byte(), types::int_value(m.byte())};
        case Message::kShort: return {DataType::short_(), types::int_value(m.short_())};
        case Message::kInteger: return {DataType::integer(), types::int_value(m.integer())};
        case Message::kLong: return {DataType::long_(), types::int_value(m.long_())};
        case Message::kFloat: return {DataType::float_(), types::double_value(m.float_())};
        case Message::kDouble: return {DataType::double_(), types::double_value(m.double_())};
        case Message::kDecimal: return decimal_value_of(m.decimal());
        case Message::kString:
            return {refined(m, DataType::string()), types::string_value(m.string())};
        case Message::kDate: return {DataType::date(), types::int_value(m.date())};
        case Message::kTimestamp: return {DataType::timestamp(), types::int_value(m.timestamp())};
        case Message::kTimestampNtz:
            return {DataType::timestamp_ntz(), types::int_value(m.timestamp_ntz())};
        case Message::kTime:
            return {DataType::time(m.time().has_precision() ? m.time().precision() : 6),
                types::int_value(m.time().nano())};
        case Message::kCalendarInterval: return interval_value(m.calendar_interval());
        case Message::kYearMonthInterval:
            return {refined(m, DataType::year_month_interval()),
                types::int_value(m.year_month_interval())};
        case Message::kDayTimeInterval:
            return {
                refined(m, DataType::day_time_interval()), types::int_value(m.day_time_interval())};
        case Message::kArray: return array_value(m);
        case Message::kMap: return map_value(m);
        case Message::kStruct: return struct_value(m);
        case Message::kSpecializedArray: return specialized_array_value(m.specialized_array());
        case Message::LITERAL_TYPE_NOT_SET: break;
    }
    throw invalid_plan("UNSUPPORTED_LITERAL_TYPE", {{"typeInfo", "LITERAL_TYPE_NOT_SET"}});
}

void number_to_proto(const Value& value, const DataType& type, Message* out) {
    using types::TypeId;
    switch (type.id()) {
        case TypeId::kByte: out->set_byte(static_cast<int32_t>(value.as_int())); return;
        case TypeId::kShort: out->set_short_(static_cast<int32_t>(value.as_int())); return;
        case TypeId::kInteger: out->set_integer(static_cast<int32_t>(value.as_int())); return;
        case TypeId::kLong: out->set_long_(value.as_int()); return;
        case TypeId::kFloat: out->set_float_(static_cast<float>(value.as_double())); return;
        case TypeId::kDouble: out->set_double_(value.as_double()); return;
        default: throw invalid_plan("UNSUPPORTED_LITERAL_TYPE", {{"typeInfo", type.sql()}});
    }
}

void collection_to_proto(const Value& value, const DataType& type, Message* out) {
    const Value::List& items = value.as_list();
    if (type.is(types::TypeId::kArray)) {
        type_to_proto(*type.element(), out->mutable_array()->mutable_element_type());
        for (const auto& item : items)
            literal_to_proto(item, *type.element(), out->mutable_array()->add_elements());
    } else if (type.is(types::TypeId::kMap)) {
        type_to_proto(*type.key(), out->mutable_map()->mutable_key_type());
        type_to_proto(*type.value(), out->mutable_map()->mutable_value_type());
        for (size_t i = 0; i + 1 < items.size(); i += 2) {
            literal_to_proto(items[i], *type.key(), out->mutable_map()->add_keys());
            literal_to_proto(items[i + 1], *type.value(), out->mutable_map()->add_values());
        }
    } else {
        type_to_proto(type, out->mutable_struct_()->mutable_struct_type());
        for (size_t i = 0; i < items.size(); ++i) {
            literal_to_proto(
                items[i], *type.fields()[i].type, out->mutable_struct_()->add_elements());
        }
    }
}

}  // namespace

plan::ExprPtr literal_from_proto(const Message& message) {
    TypedValue v = typed_value(message);
    return plan::literal(std::move(v.type), std::move(v.value));
}

void literal_to_proto(const Value& value, const DataType& type, Message* out) {
    using types::TypeId;
    if (value.is_null()) {
        type_to_proto(type, out->mutable_null());
        return;
    }
    switch (type.id()) {
        case TypeId::kBoolean: out->set_boolean(value.as_bool()); return;
        case TypeId::kDecimal:
            out->mutable_decimal()->set_value(
                types::decimal_to_string(value.as_decimal(), type.scale()));
            out->mutable_decimal()->set_precision(type.precision());
            out->mutable_decimal()->set_scale(type.scale());
            return;
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: out->set_string(value.as_string()); return;
        case TypeId::kBinary: out->set_binary(value.as_string()); return;
        case TypeId::kDate: out->set_date(static_cast<int32_t>(value.as_int())); return;
        case TypeId::kTimestamp: out->set_timestamp(value.as_int()); return;
        case TypeId::kTimestampNtz: out->set_timestamp_ntz(value.as_int()); return;
        case TypeId::kTime:
            out->mutable_time()->set_nano(value.as_int());
            out->mutable_time()->set_precision(type.precision());
            return;
        case TypeId::kYearMonthInterval:
            out->set_year_month_interval(static_cast<int32_t>(value.as_int()));
            return;
        case TypeId::kDayTimeInterval: out->set_day_time_interval(value.as_int()); return;
        case TypeId::kCalendarInterval: {
            auto* interval = out->mutable_calendar_interval();
            interval->set_months(value.as_interval().months);
            interval->set_days(value.as_interval().days);
            interval->set_microseconds(value.as_interval().microseconds);
            return;
        }
        case TypeId::kArray:
        case TypeId::kMap:
        case TypeId::kStruct: collection_to_proto(value, type, out); return;
        default: return number_to_proto(value, type, out);
    }
}

}  // namespace hanok::connect
