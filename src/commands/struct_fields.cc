#include "commands/struct_fields.h"

#include "analyzer/analyzer.h"
#include "base/error.h"
#include "commands/row_level.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

ExprPtr field_at(const ExprPtr& base, int index) {
    const auto& field = base->type->fields()[static_cast<size_t>(index)];
    return make_call(
        "get_struct_field", {base, integer(index)}, field.type, base->nullable || field.nullable);
}

ExprPtr null_of(const types::TypePtr& type) {
    return std::make_shared<resolved::Literal>(type, types::Value());
}

// Is a field missing, or at another place?
bool is_other_shape(const DataType& from, const DataType& to) {
    if (from.is(TypeId::kArray) && to.is(TypeId::kArray))
        return is_other_shape(*from.element(), *to.element());
    if (from.is(TypeId::kMap) && to.is(TypeId::kMap))
        return is_other_shape(*from.key(), *to.key()) || is_other_shape(*from.value(), *to.value());
    if (!from.is(TypeId::kStruct) || !to.is(TypeId::kStruct)) return false;
    for (size_t i = 0; i < to.fields().size(); ++i) {
        int at = from.field_index(to.fields()[i].name);
        if (at != static_cast<int>(i)) return true;
        if (is_other_shape(*from.fields()[i].type, *to.fields()[i].type)) return true;
    }
    return false;
}

bool has_unknown_fields(const DataType& from, const DataType& to) {
    return std::any_of(from.fields().begin(), from.fields().end(),
        [&](const auto& field) { return to.field_index(field.name) < 0; });
}

resolved::Attribute parameter(const char* name, const types::TypePtr& type, bool nullable) {
    return {analyzer::Analyzer::next_id(), name, type, nullable, {}, ""};
}

ExprPtr ref_to(const resolved::Attribute& parameter) {
    auto made = std::make_shared<resolved::AttributeRef>(parameter);
    made->is_lambda = true;
    return made;
}

ExprPtr fill_elements(const ExprPtr& value, const types::TypePtr& target) {
    auto element = parameter("element", value->type->element(), value->type->contains_null());
    auto body = fill_struct(ref_to(element), target->element());
    if (body->type == element.type) return value;
    auto lambda = std::make_shared<resolved::Lambda>(resolved::Attributes{element}, body);
    return make_call(
        "transform", {value, lambda}, DataType::array(body->type, body->nullable), value->nullable);
}

enum class MapPart : uint8_t { kKeys, kValues };

// Keys stay different from each other: each gets the same fields.
ExprPtr fill_map(const ExprPtr& value, const types::TypePtr& target, MapPart part) {
    const auto& type = value->type;
    auto key = parameter("key", type->key(), false);
    auto held = parameter("value", type->value(), type->value_contains_null());
    bool keys = part == MapPart::kKeys;
    const auto& filled = keys ? key : held;
    auto body = fill_struct(ref_to(filled), keys ? target->key() : target->value());
    if (body->type == filled.type) return value;
    auto result = keys ? DataType::map(body->type, type->value(), type->value_contains_null())
                       : DataType::map(type->key(), body->type, body->nullable);
    auto lambda = std::make_shared<resolved::Lambda>(resolved::Attributes{key, held}, body);
    return make_call(
        keys ? "transform_keys" : "transform_values", {value, lambda}, result, value->nullable);
}

void require_known_fields(const DataType& from, const DataType& to, bool may_lack) {
    if (from.is(TypeId::kArray) && to.is(TypeId::kArray))
        return require_known_fields(*from.element(), *to.element(), may_lack);
    if (from.is(TypeId::kMap) && to.is(TypeId::kMap)) {
        require_known_fields(*from.key(), *to.key(), may_lack);
        return require_known_fields(*from.value(), *to.value(), may_lack);
    }
    if (!from.is(TypeId::kStruct) || !to.is(TypeId::kStruct)) return;
    bool lacks = !may_lack && from.fields().size() < to.fields().size();
    if (lacks || has_unknown_fields(from, to)) {
        throw analysis_error("DELTA_UPDATE_SCHEMA_MISMATCH_EXPRESSION",
            {{"fromCatalog", from.simple_string()}, {"toCatalog", to.simple_string()}});
    }
    for (const auto& field : from.fields()) {
        auto at = static_cast<size_t>(to.field_index(field.name));
        require_known_fields(*field.type, *to.fields()[at].type, may_lack);
    }
}

}  // namespace

ExprPtr assigned_struct(
    const ExprPtr& value, const types::TypePtr& target, MissingFields missing, ExprPtr kept) {
    require_known_fields(*value->type, *target, missing != MissingFields::kRefused);
    return fill_struct(value, target, missing == MissingFields::kKept ? kept : nullptr);
}

ExprPtr fill_struct(const ExprPtr& value, const types::TypePtr& target, const ExprPtr& otherwise) {
    if (!is_other_shape(*value->type, *target)) return value;
    if (value->type->is(TypeId::kArray)) return fill_elements(value, target);
    if (value->type->is(TypeId::kMap)) {
        auto with_values = fill_map(value, target, MapPart::kValues);
        return fill_map(with_values, target, MapPart::kKeys);
    }
    if (has_unknown_fields(*value->type, *target)) return value;
    resolved::Exprs parts;
    types::Fields fields;
    for (const auto& field : target->fields()) {
        int at = value->type->field_index(field.name);
        int spare = otherwise ? otherwise->type->field_index(field.name) : -1;
        ExprPtr rest = spare >= 0 ? field_at(otherwise, spare) : nullptr;
        ExprPtr part = at >= 0 ? fill_struct(field_at(value, at), field.type, rest)
                       : rest  ? rest
                               : null_of(field.type);
        parts.push_back(std::make_shared<resolved::Literal>(
            DataType::string(), types::string_value(field.name)));
        parts.push_back(part);
        fields.push_back({field.name, part->type, part->nullable, ""});
    }
    auto made = make_call(
        "named_struct", std::move(parts), DataType::struct_(std::move(fields)), false);
    if (!value->nullable) return made;
    auto is_null = make_call("isnull", {value}, DataType::boolean(), false);
    return make_call("when", {is_null, null_of(made->type), made}, made->type, true);
}

}  // namespace hanok::commands
