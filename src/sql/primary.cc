// Primary expressions: literals, names, calls, parentheses, CASE, CAST, subqueries, and what may
// follow them.
#include "sql/parser_impl.h"

namespace hanok::sql {

ExprPtr Parser::primary_expression() {
    size_t first = c_.pos();
    return postfix(base_expression(), first);
}

ExprPtr Parser::postfix(ExprPtr base, size_t first) {
    for (int length = 1;; ++length) {
        check_chain(length);
        if (c_.at(Tok::kDot) && at_identifier(1)) {
            base = dereference(std::move(base), first);
        } else if (c_.accept(Tok::kLeftBracket)) {
            ExprPtr index = value_expression();
            c_.expect(Tok::kRightBracket);
            base = node<plan::ExtractValue>(first, base, index);
        } else if (c_.accept(Tok::kDoubleColon)) {
            types::TypePtr type = data_type();
            base = node<plan::Cast>(first, base, type);
        } else if (c_.at(Kw::kCollate) && at_identifier(1)) {
            c_.take();
            ExprPtr name = plan::string_literal(quote_if_needed(multipart_identifier()));
            base = call_node("collate", {base, name}, first);
        } else if (c_.at(Tok::kColon) && (at_identifier(1) || c_.at(Tok::kLeftBracket, 1))) {
            base = json_path(std::move(base), first);
        } else {
            return base;
        }
    }
}

ExprPtr Parser::dereference(ExprPtr base, size_t first) {
    c_.expect(Tok::kDot);
    if (at_identifier_clause()) c_.fail_syntax();
    std::string field = identifier();
    if (base->kind == plan::ExprKind::kAttribute) {
        auto parts = base->as<plan::Attribute>().parts;
        parts.push_back(std::move(field));
        return node<plan::Attribute>(first, std::move(parts));
    }
    return node<plan::ExtractValue>(first, base, plan::string_literal(std::move(field)));
}

// v:a.b[0]['c'] becomes semi_structured_extract(v, '$.a.b[0]["c"]').
ExprPtr Parser::json_path(ExprPtr base, size_t first) {
    c_.expect(Tok::kColon);
    std::string path = "$";
    bool more = true;
    if (at_identifier()) path += "." + identifier();
    while (more) {
        if (c_.at(Tok::kDot) && at_identifier(1)) {
            c_.take();
            path += "." + identifier();
        } else if (c_.accept(Tok::kLeftBracket)) {
            if (at_string()) {
                path += "['" + string_literal() + "']";
            } else if (c_.at(Tok::kInteger)) {
                path += "[" + std::to_string(integer_value()) + "]";
            } else {
                path += "['" + identifier() + "']";
            }
            c_.expect(Tok::kRightBracket);
        } else {
            more = false;
        }
    }
    return call_node(
        "semi_structured_extract", {std::move(base), plan::string_literal(path)}, first);
}

ExprPtr Parser::base_expression() {
    size_t first = c_.pos();
    switch (c_.peek().kind) {
        case Tok::kString: return constant();
        case Tok::kDoubleQuoted: return at_string() ? constant() : name_expression();
        case Tok::kInteger:
        case Tok::kDecimal:
        case Tok::kExponent:
        case Tok::kBigint:
        case Tok::kSmallint:
        case Tok::kTinyint:
        case Tok::kFloat:
        case Tok::kDouble:
        case Tok::kBigDecimal:
        case Tok::kMinus:
        case Tok::kQuestion:
        case Tok::kColon: return constant();
        case Tok::kStar: c_.take(); return star({}, first);
        case Tok::kLeftParen: return parenthesized();
        case Tok::kBackquoted: return name_expression();
        case Tok::kWord: return word_expression();
        default: c_.fail_syntax();
    }
}

ExprPtr Parser::star(std::vector<std::string> target, size_t first) {
    auto s = std::make_shared<plan::Star>(std::move(target));
    if (c_.at(Kw::kExcept) && c_.at(Tok::kLeftParen, 1) && at_identifier(2)) {
        c_.take();
        c_.take();
        s->except = multipart_identifier_list();
        c_.expect(Tok::kRightParen);
    }
    return done(s, first);
}

ExprPtr Parser::word_expression() {
    bool paren = c_.at(Tok::kLeftParen, 1);
    switch (c_.peek().keyword) {
        case Kw::kNull:
        case Kw::kTrue:
        case Kw::kFalse:
            if (!paren && !c_.at(Tok::kDot, 1)) return constant();
            break;
        case Kw::kCase:
            if (!at_end_of_clause(1) && !c_.at(Tok::kDot, 1)) return case_expression();
            break;
        case Kw::kCast:
        case Kw::kTryCast:
            if (paren) return cast_expression();
            break;
        case Kw::kInterval:
            if (at_interval_literal()) return interval_literal();
            break;
        case Kw::kIdentifier:
            if (paren) return identifier_clause(c_.pos());
            break;
        default: break;
    }
    if (at_typed_literal()) return typed_literal();
    if (at_lambda()) return lambda();
    if (paren) {
        if (ExprPtr e = special_call()) return e;
    }
    return name_expression();
}

// A column, t.*, or a call.
ExprPtr Parser::name_expression() {
    if (at_lambda()) return lambda();
    size_t first = c_.pos();
    if (!at_identifier()) {
        // LEFT, RIGHT and FILTER are function names even where they are reserved.
        bool callable = c_.at_any({Kw::kLeft, Kw::kRight, Kw::kFilter}) &&
                        c_.at(Tok::kLeftParen, 1);
        if (callable) return function_call({std::string(c_.spelling(c_.take()))}, first);
        if (c_.at_any({Kw::kCurrentDate, Kw::kCurrentTimestamp, Kw::kCurrentTime, Kw::kCurrentUser,
                Kw::kUser, Kw::kSessionUser})) {
            return call_node(
                std::string(types::to_lower(std::string(c_.spelling(c_.take())))), {}, first);
        }
        c_.fail_syntax();
    }
    std::vector<std::string> parts{identifier()};
    while (c_.at(Tok::kDot)) {
        if (c_.at(Tok::kStar, 1)) {
            c_.take();
            c_.take();
            return star(std::move(parts), first);
        }
        if (!at_identifier(1) || at_identifier_clause(1)) break;
        c_.take();
        parts.push_back(identifier());
    }
    bool query_next = query_follows_ && c_.at_any({Kw::kSelect, Kw::kWith, Kw::kFrom}, 1);
    if (c_.at(Tok::kLeftParen) && !query_next) return function_call(std::move(parts), first);
    return node<plan::Attribute>(first, std::move(parts));
}

ExprPtr Parser::identifier_clause(size_t first) {
    c_.expect(Kw::kIdentifier);
    c_.expect(Tok::kLeftParen);
    if (c_.at(Tok::kRightParen)) {  // a function of that name
        c_.seek(first);
        return name_expression();
    }
    ExprPtr name = expression();
    c_.expect(Tok::kRightParen);
    bool literal = name->kind == plan::ExprKind::kLiteral &&
                   name->as<plan::Literal>().type->is(types::TypeId::kString) &&
                   !name->as<plan::Literal>().value.is_null();
    if (literal) {
        Name parts = parse_multipart_identifier(
            name->as<plan::Literal>().value.as_string(), c_.options());
        if (c_.at(Tok::kLeftParen)) return function_call(std::move(parts), first);
        while (c_.at(Tok::kDot) && !c_.options().legacy_identifier_clause) {
            if (c_.at(Tok::kStar, 1)) {
                c_.take();
                c_.take();
                return star(std::move(parts), first);
            }
            if (!at_identifier(1)) break;
            c_.take();
            parts.push_back(identifier());
            if (c_.at(Tok::kLeftParen)) return function_call(std::move(parts), first);
        }
        return node<plan::Attribute>(first, std::move(parts));
    }
    std::optional<Exprs> args;
    if (c_.accept(Tok::kLeftParen)) {
        args.emplace();
        if (!c_.at(Tok::kRightParen)) args = expression_list();
        c_.expect(Tok::kRightParen);
    }
    return node<plan::IdentifierClause>(first, name, std::move(args));
}

ExprPtr Parser::parameter() {
    size_t first = c_.pos();
    if (c_.accept(Tok::kQuestion)) {
        int position = positional_parameters_++;
        if (!c_.options().parameters) return node<plan::Parameter>(first, std::string(), position);
        return positional_value(static_cast<size_t>(position), first);
    }
    c_.expect(Tok::kColon);
    if (at_identifier_clause()) {
        c_.take();
        c_.fail_syntax();
    }
    std::string name = identifier();
    named_parameters_.insert(name);
    if (!c_.options().parameters) return node<plan::Parameter>(first, std::move(name), -1);
    const ParameterValues& values = *c_.options().parameters;
    if (!values.positional.empty())
        c_.fail_as(analysis_error("INVALID_QUERY_MIXED_QUERY_PARAMETERS"), first);
    auto it = values.named.find(name);
    if (it == values.named.end())
        c_.fail_as(analysis_error("UNBOUND_SQL_PARAMETER", {{"name", name}}), first);
    return it->second;
}

ExprPtr Parser::positional_value(size_t position, size_t first) {
    const ParameterValues& values = *c_.options().parameters;
    if (!values.named.empty())
        c_.fail_as(analysis_error("INVALID_QUERY_MIXED_QUERY_PARAMETERS"), first);
    if (position < values.positional.size()) return values.positional[position];
    std::string name = "_" + std::to_string(c_.token_at(first).start);
    c_.fail_as(analysis_error("UNBOUND_SQL_PARAMETER", {{"name", name}}), first);
}

ExprPtr Parser::case_expression() {
    size_t first = c_.pos();
    c_.expect(Kw::kCase);
    ExprPtr subject;
    if (!c_.at(Kw::kWhen)) subject = expression();
    Exprs args;
    if (!c_.at(Kw::kWhen)) c_.fail_syntax();
    while (c_.accept(Kw::kWhen)) {
        size_t start = c_.pos();
        ExprPtr condition = expression();
        if (subject) condition = call_node("=", {subject, condition}, start);
        args.push_back(std::move(condition));
        c_.expect(Kw::kThen);
        args.push_back(expression());
    }
    if (c_.accept(Kw::kElse)) args.push_back(expression());
    c_.expect(Kw::kEnd);
    return call_node("when", std::move(args), first);
}

ExprPtr Parser::cast_expression() {
    size_t first = c_.pos();
    bool attempt = c_.take().keyword == Kw::kTryCast;
    c_.expect(Tok::kLeftParen);
    ExprPtr child = expression();
    c_.expect(Kw::kAs);
    types::TypePtr type = data_type();
    c_.expect(Tok::kRightParen);
    return node<plan::Cast>(
        first, child, type, attempt ? plan::CastMode::kTry : plan::CastMode::kDefault);
}

// EXISTS (query); null (and nothing taken) when it is a call of the function exists.
ExprPtr Parser::exists_expression() {
    size_t first = c_.pos();
    c_.take();
    c_.take();
    if (at_query()) {
        RelationPtr plan = query();
        c_.expect(Tok::kRightParen);
        return node<plan::Subquery>(first, plan::SubqueryKind::kExists, plan);
    }
    if (c_.at(Tok::kLeftParen)) {
        ParenContent content = paren_content();
        if (content.query)
            return node<plan::Subquery>(first, plan::SubqueryKind::kExists, content.query);
        parsed_ = {first + 2, c_.pos(), content.expr};
    }
    c_.seek(first);
    return nullptr;
}

bool Parser::at_lambda() const {
    if (at_identifier() && c_.at(Tok::kArrow, 1)) return true;
    if (!c_.at(Tok::kLeftParen) || !at_identifier(1)) return false;
    size_t i = 2;
    while (c_.at(Tok::kComma, i) && at_identifier(i + 1)) i += 2;
    return i > 2 && c_.at(Tok::kRightParen, i) && c_.at(Tok::kArrow, i + 1);
}

ExprPtr Parser::lambda() {
    size_t first = c_.pos();
    std::vector<std::string> parameters;
    if (c_.accept(Tok::kLeftParen)) {
        do {
            parameters.push_back(identifier());
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
    } else {
        parameters.push_back(identifier());
    }
    c_.expect(Tok::kArrow);
    ExprPtr body = expression();
    return node<plan::Lambda>(first, std::move(parameters), body);
}

// (query), (expression), (a, b): a row, or the parameters of a lambda.
ExprPtr Parser::parenthesized() {
    size_t first = c_.pos();
    if (at_lambda()) return lambda();
    c_.expect(Tok::kLeftParen);
    if (at_query() || c_.at(Tok::kLeftParen)) {
        ParenContent content = paren_content();
        if (content.query)
            return node<plan::Subquery>(first, plan::SubqueryKind::kScalar, content.query);
        if (c_.accept(Tok::kRightParen)) return content.expr;
        Exprs row{content.expr};
        while (c_.accept(Tok::kComma)) row.push_back(named_expression());
        c_.expect(Tok::kRightParen);
        return call_node("struct", std::move(row), first);
    }
    ExprPtr e = named_expression();
    if (c_.at(Tok::kRightParen)) {
        if (e->kind == plan::ExprKind::kAlias) c_.fail_syntax();
        c_.take();
        return e;
    }
    Exprs row{e};
    while (c_.accept(Tok::kComma)) row.push_back(named_expression());
    c_.expect(Tok::kRightParen);
    return call_node("struct", std::move(row), first);
}

// Behind '(' when a query or another '(' comes: decides without trying twice, so that deep nesting
// stays linear. For a query the closing parenthesis is taken; for an expression it is not.
Parser::ParenContent Parser::paren_content() {
    if (at_query()) {
        RelationPtr plan = query();
        c_.expect(Tok::kRightParen);
        return {plan, nullptr};
    }
    DepthGuard guard(this);
    size_t inner = c_.pos();
    if (at_lambda()) return {nullptr, named_expression()};
    c_.expect(Tok::kLeftParen);
    ExprPtr base;
    if (at_query() || (c_.at(Tok::kLeftParen))) {
        ParenContent content = paren_content();
        if (content.query) {
            if (c_.accept(Tok::kRightParen)) return {content.query, nullptr};
            if (at_query_continuation()) {
                RelationPtr plan = query_continuation(content.query, inner);
                c_.expect(Tok::kRightParen);
                return {plan, nullptr};
            }
            base = node<plan::Subquery>(inner, plan::SubqueryKind::kScalar, content.query);
        } else {
            Exprs row{content.expr};
            while (c_.accept(Tok::kComma)) row.push_back(named_expression());
            c_.expect(Tok::kRightParen);
            base = row.size() == 1 ? row[0] : call_node("struct", std::move(row), inner);
        }
    } else {
        c_.seek(inner);
        return {nullptr, named_expression()};
    }
    parsed_ = {inner, c_.pos(), std::move(base)};
    c_.seek(inner);
    return {nullptr, named_expression()};
}

}  // namespace hanok::sql
