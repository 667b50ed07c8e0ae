#include "engine/types/logical_types.h"

#include "base/error.h"
#include "types/geo.h"

namespace hanok::engine {

using duckdb::LogicalType;
using types::DataType;
using types::TypeId;

std::string struct_field_name(size_t index) { return "f" + std::to_string(index); }

LogicalType to_logical_type(const DataType& type) {
    if (types::is_geo(type)) {  // SRID, WKB
        return LogicalType::STRUCT({{struct_field_name(0), LogicalType::INTEGER},
            {struct_field_name(1), LogicalType::BLOB}});
    }
    switch (type.id()) {
        case TypeId::kNull: return LogicalType::INTEGER;
        case TypeId::kBoolean: return LogicalType::BOOLEAN;
        case TypeId::kByte: return LogicalType::TINYINT;
        case TypeId::kShort: return LogicalType::SMALLINT;
        case TypeId::kInteger: return LogicalType::INTEGER;
        case TypeId::kLong: return LogicalType::BIGINT;
        case TypeId::kFloat: return LogicalType::FLOAT;
        case TypeId::kDouble: return LogicalType::DOUBLE;
        case TypeId::kDecimal:
            return LogicalType::DECIMAL(
                static_cast<uint8_t>(type.precision()), static_cast<uint8_t>(type.scale()));
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return LogicalType::VARCHAR;
        case TypeId::kBinary: return LogicalType::BLOB;
        case TypeId::kDate: return LogicalType::DATE;
        case TypeId::kTimestamp: return LogicalType::TIMESTAMP_TZ;
        case TypeId::kTimestampNtz: return LogicalType::TIMESTAMP;
        case TypeId::kTime: return LogicalType::TIME;
        case TypeId::kYearMonthInterval: return LogicalType::INTEGER;
        case TypeId::kDayTimeInterval: return LogicalType::BIGINT;
        case TypeId::kCalendarInterval: return LogicalType::INTERVAL;
        case TypeId::kArray: return LogicalType::LIST(to_logical_type(*type.element()));
        case TypeId::kMap:
            return LogicalType::MAP(to_logical_type(*type.key()), to_logical_type(*type.value()));
        case TypeId::kStruct: {
            duckdb::child_list_t<LogicalType> children;
            for (const auto& field : type.fields())
                children.emplace_back(
                    struct_field_name(children.size()), to_logical_type(*field.type));
            // DuckDB has no struct without fields.
            if (children.empty()) children.emplace_back(struct_field_name(0), LogicalType::BOOLEAN);
            return LogicalType::STRUCT(std::move(children));
        }
        case TypeId::kVariant:
            return LogicalType::STRUCT({{struct_field_name(0), LogicalType::BLOB},
                {struct_field_name(1), LogicalType::BLOB}});
    }
    throw internal_error("no engine type for " + type.simple_string());
}

namespace {

duckdb::Value decimal_to_duckdb(types::Int128 unscaled, const DataType& type) {
    auto width = static_cast<uint8_t>(type.precision());
    auto scale = static_cast<uint8_t>(type.scale());
    if (width <= 4) return duckdb::Value::DECIMAL(static_cast<int16_t>(unscaled), width, scale);
    if (width <= 9) return duckdb::Value::DECIMAL(static_cast<int32_t>(unscaled), width, scale);
    if (width <= 18) return duckdb::Value::DECIMAL(static_cast<int64_t>(unscaled), width, scale);
    duckdb::hugeint_t wide(static_cast<int64_t>(unscaled >> 64), static_cast<uint64_t>(unscaled));
    return duckdb::Value::DECIMAL(wide, width, scale);
}

duckdb::Value nested_to_duckdb(const types::Value& value, const DataType& type) {
    const auto& items = value.as_list();
    duckdb::vector<duckdb::Value> first;
    if (types::is_geo(type)) {
        first.push_back(duckdb::Value::INTEGER(static_cast<int32_t>(items[0].as_int())));
        first.push_back(duckdb::Value::BLOB_RAW(items[1].as_string()));
        return duckdb::Value::STRUCT(to_logical_type(type), std::move(first));
    }
    switch (type.id()) {
        case TypeId::kArray:
            for (const auto& item : items) first.push_back(to_duckdb_value(item, *type.element()));
            return duckdb::Value::LIST(to_logical_type(*type.element()), std::move(first));
        case TypeId::kMap: {
            duckdb::vector<duckdb::Value> second;
            for (size_t i = 0; i + 1 < items.size(); i += 2) {
                first.push_back(to_duckdb_value(items[i], *type.key()));
                second.push_back(to_duckdb_value(items[i + 1], *type.value()));
            }
            return duckdb::Value::MAP(to_logical_type(*type.key()), to_logical_type(*type.value()),
                std::move(first), std::move(second));
        }
        case TypeId::kVariant:
            for (const auto& item : items)
                first.push_back(duckdb::Value::BLOB_RAW(item.as_string()));
            return duckdb::Value::STRUCT(to_logical_type(type), std::move(first));
        default:
            for (size_t i = 0; i < items.size(); ++i)
                first.push_back(to_duckdb_value(items[i], *type.fields()[i].type));
            if (first.empty()) first.emplace_back(LogicalType::BOOLEAN);
            return duckdb::Value::STRUCT(to_logical_type(type), std::move(first));
    }
}

types::Int128 decimal_from_duckdb(const duckdb::Value& value) {
    switch (value.type().InternalType()) {
        case duckdb::PhysicalType::INT16: return value.GetValueUnsafe<int16_t>();
        case duckdb::PhysicalType::INT32: return value.GetValueUnsafe<int32_t>();
        case duckdb::PhysicalType::INT64: return value.GetValueUnsafe<int64_t>();
        default: {
            auto wide = value.GetValueUnsafe<duckdb::hugeint_t>();
            return (static_cast<types::Int128>(wide.upper) << 64) | wide.lower;
        }
    }
}

types::Value nested_from_duckdb(const duckdb::Value& value, const DataType& type) {
    types::Value::List items;
    if (type.is(TypeId::kArray)) {
        for (const auto& item : duckdb::ListValue::GetChildren(value))
            items.push_back(from_duckdb_value(item, *type.element()));
    } else if (type.is(TypeId::kMap)) {
        for (const auto& entry : duckdb::MapValue::GetChildren(value)) {
            const auto& pair = duckdb::StructValue::GetChildren(entry);
            items.push_back(from_duckdb_value(pair[0], *type.key()));
            items.push_back(from_duckdb_value(pair[1], *type.value()));
        }
    } else if (types::is_geo(type)) {
        const auto& parts = duckdb::StructValue::GetChildren(value);
        items.push_back(types::int_value(parts[0].GetValueUnsafe<int32_t>()));
        items.push_back(types::string_value(duckdb::StringValue::Get(parts[1])));
    } else {
        const auto& children = duckdb::StructValue::GetChildren(value);
        for (size_t i = 0; i < children.size(); ++i) {
            if (type.is(TypeId::kVariant))
                items.push_back(types::string_value(duckdb::StringValue::Get(children[i])));
            else if (i < type.fields().size())
                items.push_back(from_duckdb_value(children[i], *type.fields()[i].type));
        }
    }
    return types::list_value(std::move(items));
}

}  // namespace

duckdb::Value to_duckdb_value(const types::Value& value, const DataType& type) {
    if (value.is_null()) return duckdb::Value(to_logical_type(type));
    switch (type.id()) {
        case TypeId::kNull: return duckdb::Value(LogicalType::INTEGER);
        case TypeId::kBoolean: return duckdb::Value::BOOLEAN(value.as_bool());
        case TypeId::kByte: return duckdb::Value::TINYINT(static_cast<int8_t>(value.as_int()));
        case TypeId::kShort: return duckdb::Value::SMALLINT(static_cast<int16_t>(value.as_int()));
        case TypeId::kYearMonthInterval:
        case TypeId::kInteger: return duckdb::Value::INTEGER(static_cast<int32_t>(value.as_int()));
        case TypeId::kDayTimeInterval:
        case TypeId::kLong: return duckdb::Value::BIGINT(value.as_int());
        case TypeId::kFloat: return duckdb::Value::FLOAT(static_cast<float>(value.as_double()));
        case TypeId::kDouble: return duckdb::Value::DOUBLE(value.as_double());
        case TypeId::kDecimal: return decimal_to_duckdb(value.as_decimal(), type);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return duckdb::Value(value.as_string());
        case TypeId::kBinary: return duckdb::Value::BLOB_RAW(value.as_string());
        case TypeId::kDate:
            return duckdb::Value::DATE(duckdb::date_t(static_cast<int32_t>(value.as_int())));
        case TypeId::kTimestamp:
            return duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(value.as_int()));
        case TypeId::kTimestampNtz:
            return duckdb::Value::TIMESTAMP(duckdb::timestamp_t(value.as_int()));
        case TypeId::kTime: return duckdb::Value::TIME(duckdb::dtime_t(value.as_int() / 1000));
        case TypeId::kCalendarInterval: {
            const auto& interval = value.as_interval();
            return duckdb::Value::INTERVAL(interval.months, interval.days, interval.microseconds);
        }
        default: return nested_to_duckdb(value, type);
    }
}

types::Value from_duckdb_value(const duckdb::Value& value, const DataType& type) {
    if (value.IsNull() || type.is(TypeId::kNull)) return {};
    switch (type.id()) {
        case TypeId::kBoolean: return types::bool_value(value.GetValueUnsafe<bool>());
        case TypeId::kByte: return types::int_value(value.GetValueUnsafe<int8_t>());
        case TypeId::kShort: return types::int_value(value.GetValueUnsafe<int16_t>());
        case TypeId::kYearMonthInterval:
        case TypeId::kInteger: return types::int_value(value.GetValueUnsafe<int32_t>());
        case TypeId::kDayTimeInterval:
        case TypeId::kLong: return types::int_value(value.GetValueUnsafe<int64_t>());
        case TypeId::kFloat: return types::double_value(value.GetValueUnsafe<float>());
        case TypeId::kDouble: return types::double_value(value.GetValueUnsafe<double>());
        case TypeId::kDecimal: return types::decimal_value(decimal_from_duckdb(value));
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
        case TypeId::kBinary: return types::string_value(duckdb::StringValue::Get(value));
        case TypeId::kDate: return types::int_value(value.GetValueUnsafe<duckdb::date_t>().days);
        case TypeId::kTimestamp:
            return types::int_value(value.GetValueUnsafe<duckdb::timestamp_tz_t>().value);
        case TypeId::kTimestampNtz:
            return types::int_value(value.GetValueUnsafe<duckdb::timestamp_t>().value);
        case TypeId::kTime:
            return types::int_value(value.GetValueUnsafe<duckdb::dtime_t>().micros * 1000);
        case TypeId::kCalendarInterval: {
            auto interval = value.GetValueUnsafe<duckdb::interval_t>();
            return types::Value(
                types::CalendarInterval{interval.months, interval.days, interval.micros});
        }
        default: return nested_from_duckdb(value, type);
    }
}

}  // namespace hanok::engine
