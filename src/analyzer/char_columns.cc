// CHAR(n) and VARCHAR(n): strings that are checked and padded when they are stored, read and
// compared.

#include "analyzer/char_columns.h"

#include <algorithm>
#include <set>

#include "analyzer/coercion.h"
#include "analyzer/impl.h"
#include "types/char_type.h"

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

// n of a CHAR(n) column, 0 of anything else.
int char_length(const ExprPtr& e) {
    if (!e || e->kind != ExprKind::kAttribute) return 0;
    const auto& ref = e->as<resolved::AttributeRef>();
    auto field = types::with_char_type({ref.name, ref.type, true, ref.metadata});
    return field.type->is(TypeId::kChar) ? field.type->length() : 0;
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
    return text;
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
        [](const resolved::Attribute& a) { return char_length(resolved::ref(a)) > 0; });
    if (!any || conf("spark.sql.readSideCharPadding", "true") != "true") return rel;
    resolved::NamedExprs columns;
    for (const auto& a : rel.plan->output) {
        auto column = pass_column(a);
        if (int length = char_length(column.expr)) {
            column.expr = over_text("char_pad", column.expr, length);
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
