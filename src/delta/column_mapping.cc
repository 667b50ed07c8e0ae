#include "delta/column_mapping.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/ids.h"

namespace hanok::delta {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kId = "delta.columnMapping.id";
constexpr const char* kPhysicalName = "delta.columnMapping.physicalName";
constexpr const char* kParquetId = "parquet.field.id";

Json metadata_json(const types::StructField& field) {
    if (field.metadata.empty()) return Json::object();
    Json json = Json::parse(field.metadata, nullptr, false);
    return json.is_object() ? json : Json::object();
}

Json nested_ids(const types::StructField& field) {
    Json json = metadata_json(field);
    auto it = json.find(kNestedIds);
    return it != json.end() && it->is_object() ? *it : Json::object();
}

// Paths of the elements, keys and values of a field, down to the next struct.
void collect_nested(
    const types::DataType& type, const std::string& path, std::vector<std::string>* out) {
    auto visit = [&](const char* name, const types::DataType& child) {
        std::string below = path + "." + name;
        out->push_back(below);
        collect_nested(child, below, out);
    };
    if (type.is(types::TypeId::kArray)) visit("element", *type.element());
    if (type.is(types::TypeId::kMap)) {
        visit("key", *type.key());
        visit("value", *type.value());
    }
}

// The same type with change(field, path) applied to every struct field, outer ones first.
template <class Change>
types::TypePtr map_fields(const types::TypePtr& type, const std::string& path, Change change) {
    switch (type->id()) {
        case types::TypeId::kStruct: {
            types::Fields fields;
            for (const types::StructField& field : type->fields()) {
                std::string inner = path.empty() ? field.name : path + "." + field.name;
                types::StructField changed = change(field, inner);
                changed.type = map_fields(field.type, inner, change);
                fields.push_back(std::move(changed));
            }
            return types::DataType::struct_(std::move(fields));
        }
        case types::TypeId::kArray:
            return types::DataType::array(
                map_fields(type->element(), path + ".element", change), type->contains_null());
        case types::TypeId::kMap:
            return types::DataType::map(map_fields(type->key(), path + ".key", change),
                map_fields(type->value(), path + ".value", change), type->value_contains_null());
        default: return type;
    }
}

}  // namespace

std::optional<std::string> field_metadata(const types::StructField& field, const std::string& key) {
    if (field.metadata.find(key) == std::string::npos) return std::nullopt;
    Json json = metadata_json(field);
    auto it = json.find(key);
    if (it == json.end() || it->is_null()) return std::nullopt;
    return it->is_string() ? it->get<std::string>() : it->dump();
}

std::string with_field_metadata(
    const types::StructField& field, const std::string& key, const std::string& json_value) {
    Json json = metadata_json(field);
    json[key] = Json::parse(json_value);
    return json.dump();
}

ColumnMappingMode column_mapping_mode(const Metadata& metadata) {
    auto it = metadata.configuration.find("delta.columnMapping.mode");
    if (it == metadata.configuration.end() || it->second == "none") return ColumnMappingMode::kNone;
    if (it->second == "name") return ColumnMappingMode::kName;
    if (it->second == "id") return ColumnMappingMode::kId;
    throw Error(ErrorKind::kIllegalArgument, "DELTA_MODE_NOT_SUPPORTED",
        {{"mode", it->second}, {"supportedModes", "none, id, name"}});
}

std::string physical_name(const types::StructField& field) {
    return field_metadata(field, kPhysicalName).value_or(field.name);
}

std::optional<int64_t> field_id(const types::StructField& field) {
    auto text = field_metadata(field, kId);
    if (!text || text->find_first_not_of("0123456789") != std::string::npos || text->size() > 18)
        return std::nullopt;
    return std::stoll(*text);
}

types::TypePtr physical_schema(const types::TypePtr& schema, ColumnMappingMode mode) {
    if (mode == ColumnMappingMode::kNone) return schema;
    return map_fields(schema, "", [](const types::StructField& field, const std::string&) {
        types::StructField physical = field;
        physical.name = physical_name(field);
        Json json = Json::object();
        if (auto id = field_id(field)) json[kParquetId] = *id;
        physical.metadata = json.empty() ? "" : json.dump();
        return physical;
    });
}

std::map<std::string, std::pair<std::string, int>> physical_names(const types::TypePtr& schema) {
    std::map<std::string, std::pair<std::string, int>> names;
    map_fields(schema, "", [&](const types::StructField& field, const std::string& path) {
        std::string physical = physical_name(field);
        names[path] = {physical, static_cast<int>(field_id(field).value_or(-1))};
        Json nested_of = nested_ids(field);
        for (const auto& [nested, id] : nested_of.items()) {
            if (!nested.starts_with(physical) || !id.is_number_integer()) continue;
            std::string below = nested.substr(physical.size());
            names[path + below] = {below.substr(below.rfind('.') + 1), id.get<int>()};
        }
        return field;
    });
    return names;
}

types::TypePtr assign_column_mapping(
    const types::TypePtr& schema, bool keep_names, int64_t* max_column_id) {
    map_fields(schema, "", [&](const types::StructField& field, const std::string&) {
        *max_column_id = std::max(*max_column_id, field_id(field).value_or(0));
        Json nested = nested_ids(field);
        for (const auto& [path, id] : nested.items()) {
            if (id.is_number_integer())
                *max_column_id = std::max(*max_column_id, id.get<int64_t>());
        }
        return field;
    });
    return map_fields(schema, "", [&](const types::StructField& field, const std::string&) {
        types::StructField mapped = field;
        if (!field_id(mapped))
            mapped.metadata = with_field_metadata(mapped, kId, std::to_string(++*max_column_id));
        if (!field_metadata(mapped, kPhysicalName)) {
            std::string name = keep_names ? field.name
                                          : "col-" + base::new_uuid(base::SystemRandom::instance());
            mapped.metadata = with_field_metadata(mapped, kPhysicalName, Json(name).dump());
        }
        return mapped;
    });
}

types::TypePtr assign_nested_ids(const types::TypePtr& schema, int64_t* max_column_id) {
    return map_fields(schema, "", [&](const types::StructField& field, const std::string&) {
        std::vector<std::string> paths;
        collect_nested(*field.type, physical_name(field), &paths);
        if (paths.empty()) return field;
        types::StructField out = field;
        Json ids = nested_ids(field);
        for (const std::string& path : paths) {
            if (!ids.contains(path)) ids[path] = ++*max_column_id;
        }
        out.metadata = with_field_metadata(out, kNestedIds, ids.dump());
        return out;
    });
}

types::TypePtr without_column_mapping(const types::TypePtr& schema) {
    return map_fields(schema, "", [](const types::StructField& field, const std::string&) {
        types::StructField plain = field;
        Json json = metadata_json(field);
        json.erase(kId);
        json.erase(kPhysicalName);
        json.erase(kNestedIds);
        plain.metadata = json.empty() ? "" : json.dump();
        return plain;
    });
}

}  // namespace hanok::delta
