// CHAR(n) and VARCHAR(n): strings that are checked and padded when they are stored, read and
// compared.

#include "analyzer/char_columns.h"

#include <algorithm>
#include <set>

#include "analyzer/coercion.h"
#include "analyzer/impl.h"
#include "types/char_type.h"
#include "types/type_parts.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

ExprPtr over_text(const std::string& function, const ExprPtr& text, int length) {
    auto out = std::make_shared<resolved::Call>(function,
        resolved::Exprs{text, Impl::int_literal(length)}, DataType::string(), text->nullable);
    out->origin = text->origin;
    out->shown = expression_sql(*text);
    return out;
}

// A column's type with the CHARs that its metadata names; null of anything else.
types::TypePtr char_type(const ExprPtr& e) {
    if (!e || e->kind != ExprKind::kAttribute) return nullptr;
    const auto& ref = e->as<resolved::AttributeRef>();
    return types::with_char_type({ref.name, ref.type, true, ref.metadata}).type;
}

// n of a CHAR(n) column, 0 of anything else.
int char_length(const ExprPtr& e) {
    auto type = char_type(e);
    return type && type->is(TypeId::kChar) ? type->length() : 0;
}

bool holds_padded(const DataType& type) {
    return types::any_part(type, [](const DataType& part) { return part.is(TypeId::kChar); });
}

// What to do with each part of a nested value, for the engine: "c3" and "v3" for a string of
// CHAR(3) and VARCHAR(3), "[…]" the elements, "<…>" keys and values, "{…}" the fields, "-" nothing.
std::string lengths_in(const DataType& type) {
    switch (type.id()) {
        case TypeId::kChar: return "c" + std::to_string(type.length());
        case TypeId::kVarchar: return "v" + std::to_string(type.length());
        case TypeId::kArray: return "[" + lengths_in(*type.element()) + "]";
        case TypeId::kMap: return "<" + lengths_in(*type.key()) + lengths_in(*type.value()) + ">";
        case TypeId::kStruct: {
            std::string out = "{";
            for (const auto& field : type.fields()) out += lengths_in(*field.type);
            return out + "}";
        }
        default: return "-";
    }
}

ExprPtr over_parts(const std::string& function, const ExprPtr& value, const DataType& type) {
    auto lengths = std::make_shared<resolved::Literal>(
        DataType::string(), types::string_value(lengths_in(type)));
    auto out = std::make_shared<resolved::Call>(
        function, resolved::Exprs{value, lengths}, value->type, value->nullable);
    out->origin = value->origin;
    out->shown = expression_sql(*value);
    return out;
}

// Characters of a constant, nullopt of anything else.
std::optional<int> text_length(const ExprPtr& e) {
    if (!e || e->kind != ExprKind::kLiteral) return std::nullopt;
    const auto* text = std::get_if<std::string>(&e->as<resolved::Literal>().value.v);
    if (!text || !e->type->is_string()) return std::nullopt;
    return static_cast<int>(
        std::count_if(text->begin(), text->end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

ExprPtr stored_text(const ExprPtr& text, const DataType& type) {
    if (type.is(TypeId::kChar)) return over_text("char_write_check", text, type.length());
    if (type.is(TypeId::kVarchar)) return over_text("varchar_write_check", text, type.length());
    return types::holds_char(type) ? over_parts("char_parts_write_check", text, type) : text;
}

void pad_compared(const std::string& function, resolved::Exprs& args) {
    static const std::set<std::string> kComparisons{
        "=", "==", "<=>", "<", ">", "<=", ">=", "!=", "<>", "in"};
    if (!kComparisons.contains(function)) return;
    int longest = 0;
    bool has_column = false;
    for (const auto& arg : args) {
        int length = char_length(arg);
        has_column = has_column || length > 0;
        auto constant = text_length(arg);
        if (length == 0 && !constant) return;
        longest = std::max({longest, length, constant.value_or(0)});
    }
    if (!has_column) return;
    for (auto& arg : args) {
        int length = std::max(char_length(arg), text_length(arg).value_or(0));
        if (length < longest) arg = over_text("char_pad", arg, longest);
    }
}

Rel Impl::pad_char_columns(const Rel& rel) {
    bool any = std::any_of(rel.scope.begin(), rel.scope.end(),
        [](const resolved::Attribute& a) { return holds_padded(*char_type(resolved::ref(a))); });
    if (!any || conf("spark.sql.readSideCharPadding", "true") != "true") return rel;
    resolved::NamedExprs columns;
    for (const auto& a : rel.plan->output) {
        auto column = pass_column(a);
        auto type = char_type(column.expr);
        if (type && holds_padded(*type)) {
            column.expr = type->is(TypeId::kChar)
                              ? over_text("char_pad", column.expr, type->length())
                              : over_parts("char_parts_pad", column.expr, *type);
            column.attribute.id = Analyzer::next_id();
        }
        columns.push_back(std::move(column));
    }
    auto out = make_project(rel, std::move(columns));
    out.hidden = nullptr;
    out.extra.assign(out.scope.begin() + static_cast<long>(rel.scope.size()), out.scope.end());
    out.scope.resize(rel.scope.size());
    return out;
}

}  // namespace hanok::analyzer
