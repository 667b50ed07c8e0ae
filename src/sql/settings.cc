// SET, RESET and session variables.
#include "sql/parser_impl.h"

namespace hanok::sql {

namespace {

std::string trim(const std::string& s) {
    size_t begin = s.find_first_not_of(" \t\n\r");
    if (begin == std::string::npos) return "";
    return s.substr(begin, s.find_last_not_of(" \t\n\r") - begin + 1);
}

bool is_config_key(const std::string& key) {
    if (key.empty()) return false;
    for (char c : key) {
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == ':' || c == '\\' || c == '-';
        if (!ok) return false;
    }
    return true;
}

}  // namespace

// The text up to the semicolon or the end, as written.
std::string Parser::rest_of_statement() {
    size_t begin = c_.pos();
    while (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon)) c_.take();
    return c_.text_since(begin);
}

plan::CommandPtr Parser::set() {
    size_t first = c_.pos();
    c_.expect(Kw::kSet);
    if (c_.at(Kw::kCatalog) && !c_.at(Tok::kEqual, 1) && !c_.at(Tok::kDot, 1) &&
        !c_.at(Tok::kEnd, 1)) {
        c_.take();
        auto u = std::make_shared<plan::Use>();
        u->is_catalog = true;
        if (at_string()) {
            u->name = {string_literal()};
        } else if (at_identifier_clause()) {
            TableName name = table_name();
            u->name = std::move(name.parts);
            u->identifier = std::move(name.identifier);
        } else {
            u->name = {error_capturing_identifier()};
        }
        return done(u, first);
    }
    if (c_.at(Kw::kRole)) return unsupported_statement("SET ROLE", first);
    if (c_.at(Kw::kPath) && !c_.at(Tok::kDot, 1)) return unsupported_statement("SET PATH", first);
    if (c_.at_words({Kw::kTime, Kw::kZone})) return set_time_zone(first);
    bool variable = c_.at_any({Kw::kVariable, Kw::kVar}) && !c_.at(Tok::kEqual, 1) &&
                    !c_.at(Tok::kDot, 1) && !c_.at(Tok::kEnd, 1);
    if (variable) return set_variable(first);
    return set_config(first);
}

plan::CommandPtr Parser::set_time_zone(size_t first) {
    c_.expect_words({Kw::kTime, Kw::kZone});
    auto s = std::make_shared<plan::SetConfig>();
    s->key = "spark.sql.session.timeZone";
    s->is_time_zone = true;
    if (at_string()) {
        s->time_zone = constant();
    } else if (c_.accept(Kw::kLocal)) {
        s->time_zone = plan::string_literal("LOCAL");
    } else if (at_interval_literal()) {
        constexpr int64_t kMicrosPerSecond = 1000000;
        constexpr int64_t kLimit = 18 * 3600 * kMicrosPerSecond;
        size_t place = c_.pos();
        s->time_zone = interval_literal();
        const auto& literal = s->time_zone->as<plan::Literal>();
        int64_t micros = literal.type->is(types::TypeId::kDayTimeInterval) ? literal.value.as_int()
                                                                           : kLimit + 1;
        bool fits = micros <= kLimit && micros >= -kLimit && micros % kMicrosPerSecond == 0;
        if (!fits) {
            c_.fail("INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE",
                {{"input", c_.text_since(place)}}, first);
        }
    }
    if (!s->time_zone || (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon))) {
        rest_of_statement();
        c_.fail("_LEGACY_ERROR_TEMP_0045", {}, first);
    }
    return done(s, first);
}

plan::CommandPtr Parser::set_variable(size_t first) {
    c_.take();
    return variable_assignments(first);
}

plan::CommandPtr Parser::variable_assignments(size_t first) {
    auto s = std::make_shared<plan::SetVariable>();
    if (!c_.at(Tok::kLeftParen)) {
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        s->assignments = assignments();
        return done(s, first);
    }
    c_.take();
    if (c_.at(Tok::kRightParen)) {
        rest_of_statement();
        c_.fail("INVALID_SET_SYNTAX", {}, first);
    }
    s->targets = multipart_identifier_list();
    c_.expect(Tok::kRightParen);
    c_.expect(Tok::kEqual);
    c_.expect(Tok::kLeftParen);
    s->query = query();
    c_.expect(Tok::kRightParen);
    return done(s, first);
}

// SET, SET -v, SET key, SET key = value; the value is taken as written.
plan::CommandPtr Parser::set_config(size_t first) {
    auto s = std::make_shared<plan::SetConfig>();
    size_t begin = c_.pos();
    bool quoted_key = c_.at(Tok::kBackquoted) &&
                      (c_.at(Tok::kEqual, 1) || c_.at(Tok::kEnd, 1) || c_.at(Tok::kSemicolon, 1));
    std::string key;
    if (quoted_key) {
        key = identifier();
    } else {
        while (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon) && !c_.at(Tok::kEqual)) c_.take();
        key = c_.text_since(begin);
    }
    bool assigned = c_.accept(Tok::kEqual);
    if (assigned) {
        bool quoted = c_.at(Tok::kBackquoted) && (c_.at(Tok::kEnd, 1) || c_.at(Tok::kSemicolon, 1));
        s->value = quoted ? identifier() : trim(rest_of_statement());
    }
    if (key.empty() && !assigned) return done(s, first);
    if (key == "-v" && !assigned) {
        s->verbose = true;
        return done(s, first);
    }
    if (!quoted_key && !is_config_key(key)) c_.fail("INVALID_SET_SYNTAX", {}, first);
    s->key = key;
    return done(s, first);
}

plan::CommandPtr Parser::reset() {
    size_t first = c_.pos();
    c_.expect(Kw::kReset);
    auto r = std::make_shared<plan::ResetConfig>();
    if (c_.at(Tok::kEnd) || c_.at(Tok::kSemicolon)) return done(r, first);
    if (c_.at(Tok::kBackquoted)) {
        r->key = identifier();
    } else {
        r->key = rest_of_statement();
        if (!is_config_key(*r->key)) c_.fail("INVALID_SET_SYNTAX", {}, first);
    }
    return done(r, first);
}

plan::CommandPtr Parser::declare_variable() {
    size_t first = c_.pos();
    c_.expect(Kw::kDeclare);
    auto d = std::make_shared<plan::DeclareVariable>();
    d->or_replace = c_.accept_words({Kw::kOr, Kw::kReplace});
    if (c_.at_any({Kw::kVariable, Kw::kVar}) && at_identifier(1)) c_.take();
    if (c_.at_words({Kw::kIf, Kw::kNot})) c_.take(), c_.fail_syntax();
    do {
        Name name = plain_name();
        for (const auto& other : d->names) {
            if (types::names_equal(other.back(), name.back())) {
                c_.fail("DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE",
                    {{"variableName", quote_identifier(name)}}, first);
            }
        }
        d->names.push_back(std::move(name));
    } while (c_.accept(Tok::kComma));
    bool value_follows = c_.at(Kw::kDefault) || c_.at(Tok::kEqual);
    if (at_identifier() && !value_follows) d->type = data_type();
    if (c_.accept(Kw::kDefault) || c_.accept(Tok::kEqual)) d->default_value = expression();
    if (!d->type && !d->default_value)
        c_.fail("INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED", {}, first);
    return done(d, first);
}

plan::CommandPtr Parser::drop_variable(size_t first) {
    c_.expect(Kw::kTemporary);
    c_.take();
    auto d = std::make_shared<plan::DropVariable>();
    d->if_exists = if_exists();
    d->name = plain_name();
    return done(d, first);
}

}  // namespace hanok::sql
