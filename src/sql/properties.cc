// Lists of keys and values: OPTIONS, TBLPROPERTIES, WITH (…).
#include "sql/parser_impl.h"

namespace hanok::sql {

std::string Parser::property_key() {
    if (at_string()) {
        // One string only: 'key' 'value' has no comma or equals sign between.
        return string_literal_value(c_.spelling(c_.take()), c_.options().escaped_string_literals);
    }
    std::string key = error_capturing_identifier();
    while (c_.at(Tok::kDot) && at_identifier(1)) {
        c_.take();
        key += "." + error_capturing_identifier();
    }
    return key;
}

std::string Parser::property_value() {
    if (at_string()) return string_literal();
    if (c_.at_any({Kw::kTrue, Kw::kFalse}))
        return types::to_lower(std::string(c_.spelling(c_.take())));
    std::string sign;
    bool number = c_.at(Tok::kInteger) || c_.at(Tok::kDecimal);
    if (c_.at(Tok::kMinus) && (c_.at(Tok::kInteger, 1) || c_.at(Tok::kDecimal, 1))) {
        c_.take();
        sign = "-";
        number = true;
    }
    if (!number) c_.fail_syntax();
    return sign + std::string(c_.spelling(c_.take()));
}

// (key = value, key value, key): a key without a value has "".
plan::Options Parser::property_list() {
    plan::Options out;
    size_t first = c_.pos();
    c_.expect(Tok::kLeftParen);
    do {
        std::string key = property_key();
        bool equals = c_.accept(Tok::kEqual);
        std::string value;
        if (equals || (!c_.at(Tok::kComma) && !c_.at(Tok::kRightParen))) value = property_value();
        for (const auto& [other, unused] : out) {
            if (other == key)
                c_.fail("DUPLICATE_KEY", {{"keyColumn", quote_identifier(key)}}, first);
        }
        out.emplace_back(std::move(key), std::move(value));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
    return out;
}

// As property_list, but keys only (UNSET TBLPROPERTIES).
std::vector<std::string> Parser::property_keys() {
    std::vector<std::string> keys;
    size_t first = c_.pos();
    for (auto& [key, value] : property_list()) {
        if (!value.empty()) {
            not_allowed("Values should not be specified for key(s): [" + key + "]", first);
        }
        keys.push_back(key);
    }
    return keys;
}

}  // namespace hanok::sql
