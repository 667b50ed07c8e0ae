#include "iceberg/delta_schema.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "delta/snapshot.h"

namespace hanok::iceberg {

namespace {

using Json = nlohmann::ordered_json;
using types::TypeId;

constexpr int32_t kFirstPartitionId = 1000;

[[noreturn]] void violated(const std::string& violation) {
    throw unsupported_error(
        "DELTA_UNIVERSAL_FORMAT_VIOLATION", {{"format", "iceberg"}, {"violation", violation}});
}

std::string primitive_name(const types::DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean: return "boolean";
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger: return "int";
        case TypeId::kLong: return "long";
        case TypeId::kFloat: return "float";
        case TypeId::kDouble: return "double";
        case TypeId::kDecimal:
            return "decimal(" + std::to_string(type.precision()) + ", " +
                   std::to_string(type.scale()) + ")";
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return "string";
        case TypeId::kBinary: return "binary";
        case TypeId::kDate: return "date";
        case TypeId::kTimestamp: return "timestamptz";
        case TypeId::kTimestampNtz: return "timestamp";
        default: violated("Iceberg has no type " + type.sql());
    }
}

// Ids of elements, keys and values below one field.
class NestedIds {
public:
    explicit NestedIds(const types::StructField& field) {
        if (auto text = delta::field_metadata(field, delta::kNestedIds))
            ids_ = Json::parse(*text, nullptr, false);
    }
    int32_t operator[](const std::string& path) const {
        auto it = ids_.is_object() ? ids_.find(path) : ids_.end();
        if (!ids_.is_object() || it == ids_.end() || !it->is_number_integer())
            violated("column " + path + " has no id");
        return it->get<int32_t>();
    }

private:
    Json ids_;
};

TypePtr iceberg_type(
    const types::TypePtr& type, const std::string& path, const NestedIds& nested_ids) {
    Type out;
    auto child = [&](const char* name, const types::TypePtr& inner, bool is_required) {
        std::string inner_path = path + "." + name;
        out.fields.push_back({nested_ids[inner_path], name, is_required,
            iceberg_type(inner, inner_path, nested_ids)});
    };
    if (type->is(TypeId::kStruct)) {
        out.kind = TypeKind::kStruct;
        out.fields = iceberg_fields(type);
    } else if (type->is(TypeId::kArray)) {
        out.kind = TypeKind::kList;
        child("element", type->element(), !type->contains_null());
    } else if (type->is(TypeId::kMap)) {
        out.kind = TypeKind::kMap;
        child("key", type->key(), true);
        child("value", type->value(), !type->value_contains_null());
    } else {
        return primitive_type(primitive_name(*type));
    }
    return std::make_shared<const Type>(std::move(out));
}

Json mapping_of(const types::TypePtr& schema);

// Adds the mappings below a field.
void add_nested(const types::TypePtr& type, const std::string& path, const NestedIds& nested_ids,
    Json* fields) {
    auto child = [&](const char* name, const types::TypePtr& inner) {
        std::string inner_path = path + "." + name;
        Json one = {{"field-id", nested_ids[inner_path]}, {"names", {name}}};
        Json below = Json::array();
        add_nested(inner, inner_path, nested_ids, &below);
        if (!below.empty()) one["fields"] = std::move(below);
        fields->push_back(std::move(one));
    };
    if (type->is(TypeId::kStruct)) *fields = mapping_of(type);
    if (type->is(TypeId::kArray)) child("element", type->element());
    if (type->is(TypeId::kMap)) {
        child("key", type->key());
        child("value", type->value());
    }
}

Json mapping_of(const types::TypePtr& schema) {
    Json out = Json::array();
    for (const types::StructField& field : schema->fields()) {
        std::string name = delta::physical_name(field);
        Json one = {{"field-id", delta::field_id(field).value_or(0)}, {"names", {name}}};
        Json below = Json::array();
        add_nested(field.type, name, NestedIds(field), &below);
        if (!below.empty()) one["fields"] = std::move(below);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

std::vector<Field> iceberg_fields(const types::TypePtr& delta_schema) {
    std::vector<Field> out;
    for (const types::StructField& field : delta_schema->fields()) {
        auto id = delta::field_id(field);
        if (!id) violated("column " + field.name + " has no id");
        out.push_back({static_cast<int32_t>(*id), field.name, !field.nullable,
            iceberg_type(field.type, delta::physical_name(field), NestedIds(field)),
            field.comment().value_or("")});
    }
    return out;
}

std::vector<PartitionField> iceberg_partition(
    const delta::Snapshot& snapshot, const std::vector<Field>& fields) {
    std::vector<PartitionField> out;
    for (const delta::PartitionColumn& column : snapshot.partition_columns()) {
        for (const Field& field : fields) {
            if (!types::names_equal(field.name, column.name)) continue;
            int32_t id = kFirstPartitionId + static_cast<int32_t>(out.size());
            out.push_back({field.id, id, field.name, "identity"});
        }
    }
    return out;
}

std::string name_mapping(const types::TypePtr& delta_schema) {
    return mapping_of(delta_schema).dump();
}

}  // namespace hanok::iceberg
