// Names, lists of names, strings and whole numbers.
#include "sql/parser_impl.h"

namespace hanok::sql {

namespace {

bool is_plain_word(std::string_view text) {
    for (char c : text) {
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
        if (!ok) return false;
    }
    return true;
}

}  // namespace

bool Parser::at_identifier(size_t ahead) const {
    const Token& t = c_.peek(ahead);
    if (t.kind == Tok::kWord)
        return !c_.options().enforce_reserved_keywords || !is_reserved(t.keyword);
    if (t.kind == Tok::kBackquoted) return true;
    return t.kind == Tok::kDoubleQuoted && c_.options().double_quoted_identifiers;
}

bool Parser::at_strict_identifier(size_t ahead) const {
    return at_identifier(ahead) && !is_strict(c_.peek(ahead).keyword);
}

bool Parser::at_identifier_clause(size_t ahead) const {
    return c_.at(Kw::kIdentifier, ahead) && c_.at(Tok::kLeftParen, ahead + 1);
}

std::string Parser::identifier() {
    if (!at_identifier()) c_.fail_syntax();
    size_t first = c_.pos();
    if (at_identifier_clause() && !c_.options().legacy_identifier_clause) {
        bool literal = c_.peek(2).kind == Tok::kString || c_.peek(2).kind == Tok::kDoubleQuoted;
        if (literal) {  // IDENTIFIER('name') in place of a name
            c_.seek(first + 2);
            std::string text = string_literal();
            c_.expect(Tok::kRightParen);
            Name parts = parse_multipart_identifier(text, c_.options());
            if (parts.size() != 1) {
                c_.fail("IDENTIFIER_TOO_MANY_NAME_PARTS",
                    {{"identifier", quote_identifier(parts)}, {"limit", "1"}}, first);
            }
            return parts[0];
        }
    }
    const Token& t = c_.take();
    std::string_view spelling = c_.spelling(t);
    if (t.kind != Tok::kWord) return quoted_identifier_value(spelling);
    if (!is_plain_word(spelling))
        c_.fail("INVALID_IDENTIFIER", {{"ident", std::string(spelling)}}, first);
    return std::string(spelling);
}

std::string Parser::strict_identifier() {
    if (!at_strict_identifier()) c_.fail_syntax();
    return error_capturing_identifier();
}

std::string Parser::error_capturing_identifier() {
    size_t first = c_.pos();
    std::string name = identifier();
    if (!c_.at(Tok::kMinus) || !at_identifier(1)) return name;
    while (c_.at(Tok::kMinus) && at_identifier(1)) {
        c_.take();
        name += "-" + identifier();
    }
    c_.fail("INVALID_IDENTIFIER", {{"ident", name}}, first);
}

Name Parser::multipart_identifier() {
    Name parts;
    size_t first = c_.pos();
    if (at_identifier_clause() && !c_.options().legacy_identifier_clause &&
        (c_.at(Tok::kString, 2) || c_.at(Tok::kDoubleQuoted, 2))) {
        c_.seek(first + 2);
        std::string text = string_literal();
        c_.expect(Tok::kRightParen);
        parts = parse_multipart_identifier(text, c_.options());
    } else {
        parts.push_back(error_capturing_identifier());
    }
    while (c_.at(Tok::kDot) && at_identifier(1)) {
        c_.take();
        parts.push_back(error_capturing_identifier());
    }
    return parts;
}

std::vector<Name> Parser::multipart_identifier_list() {
    std::vector<Name> names{multipart_identifier()};
    while (c_.accept(Tok::kComma)) names.push_back(multipart_identifier());
    return names;
}

TableName Parser::table_name() {
    TableName name;
    size_t first = c_.pos();
    if (!at_identifier_clause()) {
        name.parts = multipart_identifier();
        return name;
    }
    c_.seek(first + 2);
    name.identifier = expression();
    c_.expect(Tok::kRightParen);
    if (name.identifier->kind != plan::ExprKind::kLiteral) return name;
    const auto& literal = name.identifier->as<plan::Literal>();
    if (!literal.type->is(types::TypeId::kString) || literal.value.is_null()) return name;
    if (c_.at(Tok::kDot) && !c_.options().legacy_identifier_clause) {  // IDENTIFIER('a').b
        c_.seek(first);
        return TableName{multipart_identifier(), nullptr};
    }
    return TableName{parse_multipart_identifier(literal.value.as_string(), c_.options()), nullptr};
}

std::vector<std::string> Parser::identifier_seq() {
    std::vector<std::string> names{error_capturing_identifier()};
    while (c_.accept(Tok::kComma)) names.push_back(error_capturing_identifier());
    return names;
}

std::vector<std::string> Parser::identifier_list() {
    c_.expect(Tok::kLeftParen);
    auto names = identifier_seq();
    c_.expect(Tok::kRightParen);
    return names;
}

bool Parser::at_string() const {
    return c_.at(Tok::kString) ||
           (c_.at(Tok::kDoubleQuoted) && !c_.options().double_quoted_identifiers);
}

std::string Parser::string_literal() {
    if (!at_string()) c_.fail_syntax();
    std::string out;
    while (at_string())
        out += string_literal_value(c_.spelling(c_.take()), c_.options().escaped_string_literals,
            c_.options().consecutive_string_literals);
    return out;
}

int64_t Parser::integer_value() {
    size_t first = c_.pos();
    if (!c_.at(Tok::kInteger)) c_.fail_syntax();
    std::string digits(c_.spelling(c_.take()));
    constexpr size_t kSafeDigits = 18;
    if (digits.size() > kSafeDigits) {
        c_.fail("INVALID_NUMERIC_LITERAL_RANGE",
            {{"rawStrippedQualifier", digits}, {"typeName", "int"}, {"minValue", "-2147483648"},
                {"maxValue", "2147483647"}},
            first);
    }
    return std::stoll(digits);
}

}  // namespace hanok::sql
