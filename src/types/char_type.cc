#include "types/char_type.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "types/type_parts.h"

namespace hanok::types {

namespace {

using Json = nlohmann::ordered_json;

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

bool take_name(std::string_view& text, const std::string& name) {
    std::string quoted = "`" + name + "`";
    return take(text, quoted + ":") || take(text, name + ":");
}

// char(n) or varchar(n) at the start of `text`.
TypePtr take_length(std::string_view& text) {
    bool is_char = take(text, "char(");
    if (!is_char && !take(text, "varchar(")) return nullptr;
    int length = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc() || length <= 0) return nullptr;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (!take(text, ")")) return nullptr;
    return is_char ? DataType::char_(length) : DataType::varchar(length);
}

// `type` with the CHARs and VARCHARs of the text that its own text begins; null where they differ.
TypePtr overlaid(const TypePtr& type, std::string_view& text) {
    switch (type->id()) {
        case TypeId::kArray: {
            if (!take(text, "array<")) return nullptr;
            auto element = overlaid(type->element(), text);
            if (!element || !take(text, ">")) return nullptr;
            return DataType::array(std::move(element), type->contains_null());
        }
        case TypeId::kMap: {
            if (!take(text, "map<")) return nullptr;
            auto key = overlaid(type->key(), text);
            if (!key || !take(text, ",")) return nullptr;
            auto value = overlaid(type->value(), text);
            if (!value || !take(text, ">")) return nullptr;
            return DataType::map(std::move(key), std::move(value), type->value_contains_null());
        }
        case TypeId::kStruct: {
            if (!take(text, "struct<")) return nullptr;
            Fields fields = type->fields();
            for (size_t i = 0; i < fields.size(); ++i) {
                if ((i > 0 && !take(text, ",")) || !take_name(text, fields[i].name)) return nullptr;
                fields[i].type = overlaid(fields[i].type, text);
                if (!fields[i].type) return nullptr;
            }
            return take(text, ">") ? DataType::struct_(std::move(fields)) : nullptr;
        }
        default: break;
    }
    if (type->is_string()) {
        if (auto sized = take_length(text)) return sized;
    }
    return take(text, type->simple_string()) ? type : nullptr;
}

}  // namespace

bool holds_char(const DataType& type) {
    return any_part(type,
        [](const DataType& part) { return part.is(TypeId::kChar) || part.is(TypeId::kVarchar); });
}

TypePtr with_char_text(const TypePtr& type, std::string_view text) {
    auto out = overlaid(type, text);
    return out && text.empty() ? out : type;
}

StructField with_char_type(StructField field) {
    if (field.metadata.find(kCharTypeKey) == std::string::npos) return field;
    auto metadata = Json::parse(field.metadata, nullptr, false);
    if (!metadata.is_object() || !metadata.contains(kCharTypeKey)) return field;
    const auto& text = metadata[kCharTypeKey];
    if (text.is_string()) field.type = with_char_text(field.type, text.get<std::string>());
    metadata.erase(kCharTypeKey);
    field.metadata = metadata.empty() ? "" : metadata.dump();
    return field;
}

StructField with_char_metadata(StructField field) {
    if (!holds_char(*field.type)) return field;
    auto metadata = field.metadata.empty() ? Json::object() : Json::parse(field.metadata);
    metadata[kCharTypeKey] = field.type->simple_string();
    field.metadata = metadata.dump();
    field.type = DataType::replace_char_varchar(field.type);
    return field;
}

}  // namespace hanok::types
