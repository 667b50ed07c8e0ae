#include "avro/spark_types.h"

#include <algorithm>

#include "base/error.h"

namespace hanok::avro {

namespace {

using types::DataType;
using types::TypeId;

constexpr const char* kCatalystType = "spark.sql.catalyst.type";

types::TypePtr catalyst_interval(const Schema& schema) {
    auto it = schema.properties.find(kCatalystType);
    if (it == schema.properties.end()) return nullptr;
    bool is_months = it->second.find("year") != std::string::npos ||
                     it->second.find("month") != std::string::npos;
    if (it->second.find("interval") == std::string::npos) return nullptr;
    return is_months ? DataType::year_month_interval() : DataType::day_time_interval();
}

types::TypePtr int_type(const Schema& schema) {
    if (schema.logical_type == "date") return DataType::date();
    if (auto interval = catalyst_interval(schema)) return interval;
    return DataType::integer();
}

types::TypePtr long_type(const Schema& schema) {
    const std::string& logical = schema.logical_type;
    if (logical == "timestamp-millis" || logical == "timestamp-micros")
        return DataType::timestamp();
    if (logical == "local-timestamp-millis" || logical == "local-timestamp-micros")
        return DataType::timestamp_ntz();
    if (logical == "time-micros") return DataType::time();
    if (auto interval = catalyst_interval(schema)) return interval;
    return DataType::long_();
}

types::TypePtr record_type(const Schema& schema, const SparkTypeOptions& options) {
    types::Fields fields;
    for (const Field& field : schema.fields) {
        auto inner = spark_type_of_avro(*field.type, options);
        fields.push_back({field.name, inner.type, inner.is_nullable, ""});
    }
    return DataType::struct_(std::move(fields));
}

SparkField union_type(const Schema& schema, const SparkTypeOptions& options) {
    auto members = union_members(schema);
    bool is_nullable = members.size() != schema.children.size();
    if (members.empty()) return {DataType::null(), true};
    if (members.size() == 1)
        return {spark_type_of_avro(*members[0], options).type,
            is_nullable || spark_type_of_avro(*members[0], options).is_nullable};
    auto is_pair = [&](Type a, Type b) {
        return members.size() == 2 && ((members[0]->type == a && members[1]->type == b) ||
                                          (members[0]->type == b && members[1]->type == a));
    };
    if (is_pair(Type::kInt, Type::kLong)) return {DataType::long_(), is_nullable};
    if (is_pair(Type::kFloat, Type::kDouble)) return {DataType::double_(), is_nullable};
    types::Fields fields;
    for (size_t i = 0; i < members.size(); i++) {
        std::string name = "member" + std::to_string(i);
        if (options.stable_union_names) {
            const Schema& member = *members[i];
            name = options.stable_union_prefix +
                   types::to_lower(member.name.empty() ? type_name(member.type) : member.name);
        }
        fields.push_back({name, spark_type_of_avro(*members[i], options).type, true, ""});
    }
    return {DataType::struct_(std::move(fields)), is_nullable};
}

// Bytes that every decimal of a precision fits into.
int64_t bytes_for(int precision) {
    __int128 highest = 0;
    for (int i = 0; i < precision; i++) highest = highest * 10 + 9;
    int64_t bytes = 1;
    while (bytes < 16 && (highest >> (8 * bytes - 1)) != 0) bytes++;
    return bytes;
}

SchemaPtr with_catalyst_type(Type type, const DataType& spark) {
    Schema out;
    out.type = type;
    out.properties[kCatalystType] = "\"" + spark.simple_string() + "\"";
    return std::make_shared<const Schema>(std::move(out));
}

SchemaPtr decimal_type(
    const DataType& type, const std::string& record_name, const std::string& name_space) {
    Schema out;
    out.type = Type::kFixed;
    out.name = "fixed";
    out.name_space = name_space.empty() ? record_name : name_space + "." + record_name;
    out.logical_type = "decimal";
    out.precision = type.precision();
    out.scale = type.scale();
    out.size = bytes_for(type.precision());
    return std::make_shared<const Schema>(std::move(out));
}

SchemaPtr plain_type(
    const DataType& type, const std::string& record_name, const std::string& name_space) {
    switch (type.id()) {
        case TypeId::kBoolean: return primitive(Type::kBoolean);
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger: return primitive(Type::kInt);
        case TypeId::kLong: return primitive(Type::kLong);
        case TypeId::kFloat: return primitive(Type::kFloat);
        case TypeId::kDouble: return primitive(Type::kDouble);
        case TypeId::kDecimal: return decimal_type(type, record_name, name_space);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return primitive(Type::kString);
        case TypeId::kBinary: return primitive(Type::kBytes);
        case TypeId::kDate: return primitive(Type::kInt, "date");
        case TypeId::kTimestamp: return primitive(Type::kLong, "timestamp-micros");
        case TypeId::kTimestampNtz: return primitive(Type::kLong, "local-timestamp-micros");
        case TypeId::kTime: return primitive(Type::kLong, "time-micros");
        case TypeId::kYearMonthInterval: return with_catalyst_type(Type::kInt, type);
        case TypeId::kDayTimeInterval: return with_catalyst_type(Type::kLong, type);
        case TypeId::kNull: return primitive(Type::kNull);
        case TypeId::kArray:
            return array_of(
                avro_type_of_spark(*type.element(), type.contains_null(), record_name, name_space));
        case TypeId::kMap:
            if (!type.key()->is_string()) break;
            return map_of(avro_type_of_spark(
                *type.value(), type.value_contains_null(), record_name, name_space));
        case TypeId::kStruct: {
            std::string inner = name_space.empty() ? record_name : name_space + "." + record_name;
            std::vector<Field> fields;
            for (const auto& field : type.fields()) {
                fields.push_back({field.name,
                    avro_type_of_spark(*field.type, field.nullable, field.name, inner)});
            }
            return record_of(record_name, std::move(fields), name_space);
        }
        default: break;
    }
    throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        {{"columnName", quote_identifier(record_name)}, {"columnType", "\"" + type.sql() + "\""},
            {"format", "Avro"}});
}

}  // namespace

std::vector<const Schema*> union_members(const Schema& schema) {
    std::vector<const Schema*> out;
    for (const SchemaPtr& child : schema.children) {
        if (child->type != Type::kNull) out.push_back(child.get());
    }
    return out;
}

SparkField spark_type_of_avro(const Schema& schema, const SparkTypeOptions& options) {
    bool is_decimal = schema.logical_type == "decimal";
    switch (schema.type) {
        case Type::kNull: return {DataType::null(), true};
        case Type::kBoolean: return {DataType::boolean()};
        case Type::kInt: return {int_type(schema)};
        case Type::kLong: return {long_type(schema)};
        case Type::kFloat: return {DataType::float_()};
        case Type::kDouble: return {DataType::double_()};
        case Type::kBytes:
        case Type::kFixed:
            return {is_decimal ? DataType::decimal(schema.precision, schema.scale)
                               : DataType::binary()};
        case Type::kString:
        case Type::kEnum: return {DataType::string()};
        case Type::kRecord: return {record_type(schema, options)};
        case Type::kArray: {
            auto inner = spark_type_of_avro(*schema.items(), options);
            return {DataType::array(inner.type, inner.is_nullable)};
        }
        case Type::kMap: {
            auto inner = spark_type_of_avro(*schema.items(), options);
            return {DataType::map(DataType::string(), inner.type, inner.is_nullable)};
        }
        case Type::kUnion: return union_type(schema, options);
    }
    return {};
}

SchemaPtr avro_type_of_spark(const DataType& type, bool is_nullable, const std::string& record_name,
    const std::string& name_space) {
    auto plain = plain_type(type, record_name, name_space);
    if (!is_nullable || type.is(TypeId::kNull)) return plain;
    return union_of({plain, primitive(Type::kNull)});
}

}  // namespace hanok::avro
