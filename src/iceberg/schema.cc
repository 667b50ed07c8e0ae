#include "iceberg/schema.h"

#include <algorithm>
#include <cstdio>

#include "base/error.h"

namespace hanok::iceberg {

namespace {

bool same_type(const Type& a, const Type& b) {
    return a.kind == b.kind && a.primitive == b.primitive && same_fields(a.fields, b.fields);
}

types::TypePtr spark_primitive(const std::string& name) {
    using types::DataType;
    if (name == "boolean") return DataType::boolean();
    if (name == "int") return DataType::integer();
    if (name == "long") return DataType::long_();
    if (name == "float") return DataType::float_();
    if (name == "double") return DataType::double_();
    if (name == "date") return DataType::date();
    if (name == "timestamp") return DataType::timestamp_ntz();
    if (name == "timestamptz") return DataType::timestamp();
    if (name == "string" || name == "uuid") return DataType::string();
    if (name == "binary" || name.starts_with("fixed[")) return DataType::binary();
    int precision = 0, scale = 0;
    if (std::sscanf(name.c_str(), "decimal(%d , %d)", &precision, &scale) == 2)
        return DataType::decimal(precision, scale);
    throw unsupported_feature("Iceberg's type " + name);
}

}  // namespace

TypePtr primitive_type(std::string name) {
    Type out;
    out.primitive = std::move(name);
    return std::make_shared<const Type>(std::move(out));
}

bool same_fields(const std::vector<Field>& a, const std::vector<Field>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& x, const Field& y) {
        return x.id == y.id && x.name == y.name && x.is_required == y.is_required &&
               x.doc == y.doc && same_type(*x.type, *y.type);
    });
}

int32_t highest_id(const std::vector<Field>& fields) {
    int32_t out = 0;
    for (const Field& field : fields)
        out = std::max({out, field.id, highest_id(field.type->fields)});
    return out;
}

const Field* find_field(const std::vector<Field>& fields, int32_t id) {
    for (const Field& field : fields) {
        if (field.id == id) return &field;
        if (const Field* inner = find_field(field.type->fields, id)) return inner;
    }
    return nullptr;
}

types::TypePtr spark_schema(const std::vector<Field>& fields) {
    types::Fields out;
    for (const Field& field : fields) {
        std::string id = "{\"parquet.field.id\":" + std::to_string(field.id) + "}";
        out.push_back({field.name, spark_type(*field.type), !field.is_required, std::move(id)});
    }
    return types::DataType::struct_(std::move(out));
}

types::TypePtr spark_type(const Type& type) {
    using types::DataType;
    const std::vector<Field>& fields = type.fields;
    switch (type.kind) {
        case TypeKind::kStruct: return spark_schema(fields);
        case TypeKind::kList:
            return DataType::array(spark_type(*fields[0].type), !fields[0].is_required);
        case TypeKind::kMap:
            return DataType::map(
                spark_type(*fields[0].type), spark_type(*fields[1].type), !fields[1].is_required);
        case TypeKind::kPrimitive: break;
    }
    return spark_primitive(type.primitive);
}

}  // namespace hanok::iceberg
