#include "avro/schema.h"

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"

namespace hanok::avro {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 14> kTypeNames = {"null", "boolean", "int", "long", "float",
    "double", "bytes", "string", "record", "enum", "array", "map", "union", "fixed"};
constexpr size_t kPrimitives = 8;
constexpr int kMaxDepth = 200;

[[noreturn]] void fail(const std::string& reason) {
    throw Error(ErrorKind::kIllegalArgument, "AVRO_INVALID_SCHEMA", {{"reason", reason}});
}

std::optional<Type> primitive_type(const std::string& name) {
    for (size_t i = 0; i < kPrimitives; i++) {
        if (name == kTypeNames[i]) return static_cast<Type>(i);
    }
    return std::nullopt;
}

std::string text_of(const Json& object, const char* key) {
    auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::vector<std::string> texts_of(const Json& object, const char* key) {
    std::vector<std::string> out;
    auto it = object.find(key);
    if (it == object.end() || !it->is_array()) return out;
    for (const Json& item : *it) {
        if (!item.is_string()) fail(std::string(key) + " holds " + item.dump());
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::map<std::string, std::string> other_keys(
    const Json& object, const std::set<std::string>& known) {
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : object.items()) {
        if (!known.contains(key)) out[key] = value.dump();
    }
    return out;
}

class Parser {
public:
    SchemaPtr parse(const Json& json, const std::string& name_space) {
        if (++depth_ > kMaxDepth) fail("nested too deep");
        SchemaPtr out = json.is_string()   ? by_name(json.get<std::string>(), name_space)
                        : json.is_array()  ? parse_union(json, name_space)
                        : json.is_object() ? parse_object(json, name_space)
                                           : nullptr;
        if (out == nullptr) fail("no type: " + json.dump());
        depth_--;
        return out;
    }

private:
    SchemaPtr by_name(const std::string& name, const std::string& name_space) {
        if (auto type = primitive_type(name)) return primitive(*type);
        bool is_full = name.find('.') != std::string::npos || name_space.empty();
        std::string full = is_full ? name : name_space + "." + name;
        auto known = named_.find(full);
        if (known == named_.end()) known = named_.find(name);
        if (known == named_.end()) fail("unknown type " + name);
        if (known->second == nullptr) fail("recursive type " + name);
        return known->second;
    }

    SchemaPtr parse_union(const Json& json, const std::string& name_space) {
        std::vector<SchemaPtr> branches;
        for (const Json& branch : json) branches.push_back(parse(branch, name_space));
        return union_of(std::move(branches));
    }

    SchemaPtr parse_object(const Json& json, const std::string& name_space) {
        auto it = json.find("type");
        if (it == json.end()) fail("no type in " + json.dump());
        if (!it->is_string()) return parse(*it, name_space);
        std::string type = it->get<std::string>();
        Schema out;
        out.logical_type = text_of(json, "logicalType");
        out.precision = json.value("precision", 0);
        out.scale = json.value("scale", 0);
        out.properties = other_keys(
            json, {"type", "logicalType", "precision", "scale", "name", "namespace", "doc",
                      "aliases", "fields", "symbols", "items", "values", "size", "default"});
        if (auto primitive = primitive_type(type)) {
            out.type = *primitive;
        } else if (type == "array" || type == "map") {
            out.type = type == "array" ? Type::kArray : Type::kMap;
            auto child = json.find(type == "array" ? "items" : "values");
            if (child == json.end()) fail("no elements in " + json.dump());
            out.children.push_back(parse(*child, name_space));
        } else if (type == "record" || type == "error" || type == "enum" || type == "fixed") {
            return parse_named(json, type, name_space, std::move(out));
        } else {
            return by_name(type, name_space);
        }
        return std::make_shared<const Schema>(std::move(out));
    }

    SchemaPtr parse_named(
        const Json& json, const std::string& type, const std::string& name_space, Schema out) {
        out.name = text_of(json, "name");
        if (out.name.empty()) fail("no name in " + json.dump());
        size_t dot = out.name.rfind('.');
        out.name_space = dot != std::string::npos     ? out.name.substr(0, dot)
                         : json.contains("namespace") ? text_of(json, "namespace")
                                                      : name_space;
        if (dot != std::string::npos) out.name = out.name.substr(dot + 1);
        std::string full = out.full_name();
        if (named_.contains(full)) fail("type " + full + " is defined twice");
        named_[full] = nullptr;
        if (type == "enum") {
            out.type = Type::kEnum;
            out.symbols = texts_of(json, "symbols");
        } else if (type == "fixed") {
            out.type = Type::kFixed;
            out.size = json.value("size", int64_t{-1});
            if (out.size < 0) fail("no size in " + json.dump());
        } else {
            out.type = Type::kRecord;
            auto fields = json.find("fields");
            if (fields == json.end() || !fields->is_array()) fail("no fields in " + json.dump());
            for (const Json& field : *fields)
                out.fields.push_back(parse_field(field, out.name_space));
        }
        return named_[full] = std::make_shared<const Schema>(std::move(out));
    }

    Field parse_field(const Json& json, const std::string& name_space) {
        if (!json.is_object() || !json.contains("type")) fail("no field: " + json.dump());
        Field out;
        out.name = text_of(json, "name");
        out.doc = text_of(json, "doc");
        out.type = parse(json["type"], name_space);
        if (json.contains("default")) out.default_json = json["default"].dump();
        out.aliases = texts_of(json, "aliases");
        out.properties = other_keys(json, {"name", "doc", "type", "default", "aliases", "order"});
        return out;
    }

    std::map<std::string, SchemaPtr> named_;  // null while it is being read
    int depth_ = 0;
};

Json to_json(const Schema& schema, std::set<std::string>* written);

void add_properties(const std::map<std::string, std::string>& properties, Json* out) {
    for (const auto& [key, text] : properties) (*out)[key] = Json::parse(text);
}

Json named_json(const Schema& schema, std::set<std::string>* written) {
    if (!written->insert(schema.full_name()).second) return schema.full_name();
    Json out = {{"type", type_name(schema.type)}, {"name", schema.name}};
    if (!schema.name_space.empty()) out["namespace"] = schema.name_space;
    if (schema.type == Type::kFixed) out["size"] = schema.size;
    if (schema.type == Type::kEnum) out["symbols"] = schema.symbols;
    if (schema.type != Type::kRecord) return out;
    out["fields"] = Json::array();
    for (const Field& field : schema.fields) {
        Json one = {{"name", field.name}, {"type", to_json(*field.type, written)}};
        if (!field.doc.empty()) one["doc"] = field.doc;
        if (field.default_json) one["default"] = Json::parse(*field.default_json);
        if (!field.aliases.empty()) one["aliases"] = field.aliases;
        add_properties(field.properties, &one);
        out["fields"].push_back(std::move(one));
    }
    return out;
}

Json to_json(const Schema& schema, std::set<std::string>* written) {
    if (schema.type == Type::kUnion) {
        Json out = Json::array();
        for (const SchemaPtr& branch : schema.children) out.push_back(to_json(*branch, written));
        return out;
    }
    bool is_plain = static_cast<size_t>(schema.type) < kPrimitives && schema.logical_type.empty() &&
                    schema.properties.empty();
    if (is_plain) return type_name(schema.type);
    Json out = {{"type", type_name(schema.type)}};
    if (!schema.name.empty()) out = named_json(schema, written);
    if (!out.is_object()) return out;
    if (schema.type == Type::kArray) out["items"] = to_json(*schema.items(), written);
    if (schema.type == Type::kMap) out["values"] = to_json(*schema.items(), written);
    if (!schema.logical_type.empty()) out["logicalType"] = schema.logical_type;
    if (schema.logical_type == "decimal") {
        out["precision"] = schema.precision;
        out["scale"] = schema.scale;
    }
    add_properties(schema.properties, &out);
    return out;
}

SchemaPtr with_child(Type type, SchemaPtr child) {
    Schema out;
    out.type = type;
    out.children.push_back(std::move(child));
    return std::make_shared<const Schema>(std::move(out));
}

}  // namespace

const char* type_name(Type type) { return kTypeNames[static_cast<size_t>(type)]; }

SchemaPtr primitive(Type type, std::string logical_type) {
    Schema out;
    out.type = type;
    out.logical_type = std::move(logical_type);
    return std::make_shared<const Schema>(std::move(out));
}

SchemaPtr array_of(SchemaPtr items) { return with_child(Type::kArray, std::move(items)); }

SchemaPtr map_of(SchemaPtr values) { return with_child(Type::kMap, std::move(values)); }

SchemaPtr union_of(std::vector<SchemaPtr> branches) {
    Schema out;
    out.type = Type::kUnion;
    out.children = std::move(branches);
    return std::make_shared<const Schema>(std::move(out));
}

SchemaPtr optional_of(SchemaPtr type) {
    return union_of({primitive(Type::kNull), std::move(type)});
}

SchemaPtr record_of(std::string name, std::vector<Field> fields, std::string name_space) {
    Schema out;
    out.type = Type::kRecord;
    out.name = std::move(name);
    out.name_space = std::move(name_space);
    out.fields = std::move(fields);
    return std::make_shared<const Schema>(std::move(out));
}

SchemaPtr parse_schema(const std::string& text) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) fail("no JSON: " + text.substr(0, 200));
    return Parser().parse(json, "");
}

std::string schema_json(const Schema& schema) {
    std::set<std::string> written;
    return to_json(schema, &written).dump();
}

}  // namespace hanok::avro
