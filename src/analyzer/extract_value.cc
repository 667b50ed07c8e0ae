// base.field, base[i], withField and dropFields.

#include <algorithm>

#include "analyzer/field_errors.h"
#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

// Index of the only field of that name; throws FIELD_NOT_FOUND or AMBIGUOUS_REFERENCE_TO_FIELDS.
size_t find_field(const DataType& type, const std::string& name, bool case_sensitive) {
    size_t found = 0;
    int count = 0;
    for (size_t i = 0; i < type.fields().size(); ++i) {
        if (!types::names_equal(type.fields()[i].name, name, case_sensitive)) continue;
        if (count++ == 0) found = i;
    }
    if (count == 0) throw field_not_found(type, name);
    if (count > 1) {
        throw analysis_error("AMBIGUOUS_REFERENCE_TO_FIELDS",
            {{"field", quote_identifier(name)}, {"count", std::to_string(count)}});
    }
    return found;
}

// An item of array(…) at a constant place is known; any other may be NULL.
bool item_is_nullable(const resolved::Expression& array, const resolved::Expression& at) {
    bool known = array.kind == resolved::ExprKind::kCall &&
                 array.as<resolved::Call>().function == "array" &&
                 at.kind == resolved::ExprKind::kLiteral && !at.nullable;
    if (!known) return true;
    const auto& items = array.as<resolved::Call>().args;
    auto index = at.as<resolved::Literal>().value.as_int();
    if (index < 0 || index >= static_cast<int64_t>(items.size())) return true;
    return items[static_cast<size_t>(index)]->nullable;
}

ExprPtr make_call(const std::string& function, resolved::Exprs args, types::TypePtr type,
    bool nullable, bool ansi) {
    auto call = std::make_shared<resolved::Call>(
        function, std::move(args), std::move(type), nullable);
    call->ansi = ansi;
    return call;
}

}  // namespace

ExprPtr Impl::struct_field(const ExprPtr& base, size_t index) {
    const auto& field = base->type->fields()[index];
    return make_call("get_struct_field", {base, int_literal(static_cast<int64_t>(index))},
        field.type, base->nullable || field.nullable, ansi());
}

Typed Impl::get_field(const Typed& base, const std::string& field) {
    const auto& type = *base.expr->type;
    auto name = base.name + "." + field;
    if (type.is(TypeId::kStruct)) {
        return {struct_field(base.expr, find_field(type, field, options.case_sensitive)), name};
    }
    if (type.is(TypeId::kArray) && type.element()->is(TypeId::kStruct)) {
        auto index = find_field(*type.element(), field, options.case_sensitive);
        const auto& f = type.element()->fields()[index];
        auto result = DataType::array(f.type, type.contains_null() || f.nullable);
        return {make_call("get_array_struct_fields",
                    {base.expr, int_literal(static_cast<int64_t>(index))}, result,
                    base.expr->nullable, ansi()),
            name};
    }
    if (type.is(TypeId::kMap)) {
        auto key = cast_to(string_literal(field), type.key(), ansi());
        return {make_call("get_map_value", {base.expr, key}, type.value(), true, ansi()),
            base.name + "[" + field + "]"};
    }
    if (type.is(TypeId::kNull)) return {null_of(base.expr->type), name};
    throw analysis_error("INVALID_EXTRACT_BASE_FIELD_TYPE",
        {{"base", quoted_sql(base.name)}, {"other", quoted_type(type)}});
}

Typed Impl::extract_value(const plan::ExtractValue& extract) {
    auto base = expression(extract.child);
    bool may_be_hidden = context->reach_hidden && context->input &&
                         extract.child->kind == plan::ExprKind::kAttribute &&
                         base.expr->type->is_atomic();
    if (may_be_hidden) {
        // ORDER BY: what has no elements in the select list may have some below it.
        auto below = find_hidden(extract.child->as<plan::Attribute>(), *context);
        if (below && below->expr->type->is_nested()) base = *below;
    }
    const auto& type = *base.expr->type;
    bool is_name = extract.extraction->kind == plan::ExprKind::kLiteral &&
                   extract.extraction->as<plan::Literal>().type->is_string() &&
                   !extract.extraction->as<plan::Literal>().value.is_null();
    if (is_name && (type.is(TypeId::kStruct) ||
                       (type.is(TypeId::kArray) && type.element()->is(TypeId::kStruct)))) {
        return get_field(base, extract.extraction->as<plan::Literal>().value.as_string());
    }
    auto index = expression(extract.extraction);
    auto name = base.name + "[" + index.name + "]";
    if (type.is(TypeId::kArray)) {
        if (!index.expr->type->is_integral() && !index.expr->type->is(TypeId::kNull)) {
            throw datatype_mismatch("UNEXPECTED_INPUT_TYPE", name,
                {{"paramIndex", "second"}, {"requiredType", "\"INTEGRAL\""},
                    {"inputSql", quoted_sql(index.name)},
                    {"inputType", quoted_type(*index.expr->type)}});
        }
        auto at = index.expr->type->is(TypeId::kNull)
                      ? cast_to(index.expr, DataType::integer(), ansi())
                      : index.expr;
        bool nullable = item_is_nullable(*base.expr, *at);
        return {
            make_call("get_array_item", {base.expr, at}, type.element(), nullable, ansi()), name};
    }
    if (type.is(TypeId::kMap)) {
        if (!can_implicitly_cast(*index.expr->type, *type.key(), ansi())) {
            throw datatype_mismatch("UNEXPECTED_INPUT_TYPE", name,
                {{"paramIndex", "second"}, {"requiredType", quoted_type(*type.key())},
                    {"inputSql", quoted_sql(index.name)},
                    {"inputType", quoted_type(*index.expr->type)}});
        }
        auto key = cast_to(index.expr, type.key(), ansi());
        return {make_call("get_map_value", {base.expr, key}, type.value(), true, ansi()), name};
    }
    if (type.is(TypeId::kNull)) return {null_of(base.expr->type), name};
    if (type.is(TypeId::kStruct)) {
        throw analysis_error(
            "INVALID_EXTRACT_FIELD_TYPE", {{"extraction", quoted_sql(index.name)}});
    }
    throw analysis_error("INVALID_EXTRACT_BASE_FIELD_TYPE",
        {{"base", quoted_sql(base.name)}, {"other", quoted_type(type)}});
}

Typed Impl::update_fields(const plan::UpdateFields& update) {
    auto base = expression(update.child);
    ExprPtr value = update.value ? expression(update.value).expr : nullptr;
    return {update_path(base.expr, update.field, 0, value, base.name),
        "update_fields(" + base.name + ")"};
}

// A struct made anew from its fields, with one replaced, added (value) or left out (no value).
ExprPtr Impl::update_path(const ExprPtr& base, const std::vector<std::string>& path, size_t at,
    const ExprPtr& value, const std::string& sql) {
    if (!base->type->is(TypeId::kStruct)) {
        throw datatype_mismatch("UNEXPECTED_INPUT_TYPE", "update_fields(" + sql + ")",
            {{"paramIndex", "first"}, {"requiredType", "\"STRUCT\""}, {"inputSql", quoted_sql(sql)},
                {"inputType", quoted_type(*base->type)}});
    }
    resolved::Exprs parts;
    types::Fields fields;
    auto add = [&](const std::string& name, const ExprPtr& e) {
        parts.push_back(string_literal(name));
        parts.push_back(e);
        fields.push_back({name, e->type, e->nullable, ""});
    };
    bool last = at + 1 == path.size();
    bool found = false;
    for (size_t i = 0; i < base->type->fields().size(); ++i) {
        const auto& field = base->type->fields()[i];
        auto old = struct_field(base, i);
        if (!types::names_equal(field.name, path[at], options.case_sensitive)) {
            add(field.name, old);
            continue;
        }
        found = true;
        if (!last) {
            add(field.name, update_path(old, path, at + 1, value, sql + "." + path[at]));
        } else if (value) {
            add(path[at], value);
        }
    }
    if (!found && !last) find_field(*base->type, path[at], options.case_sensitive);
    if (!found && last && value) add(path[at], value);
    if (fields.empty())
        throw datatype_mismatch(
            "CANNOT_DROP_ALL_FIELDS", "update_fields(" + sql + ", dropfield())", {});
    auto type = DataType::struct_(fields);
    auto made = make_call("named_struct", parts, type, false, ansi());
    if (!base->nullable) return made;
    auto is_null = make_call("isnull", {base}, DataType::boolean(), false, ansi());
    return make_call("when", {is_null, null_of(type), made}, type, true, ansi());
}

}  // namespace hanok::analyzer
