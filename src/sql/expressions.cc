// Operators and predicates, by precedence. Long chains of operators of one level are loops, not
// recursion.
#include "sql/parser_impl.h"

namespace hanok::sql {

using plan::call;

DepthGuard::DepthGuard(Parser* parser) : parser_(parser) {
    auto used = parser->stack_base_ - static_cast<const char*>(__builtin_frame_address(0));
    const ParserOptions& options = parser->c_.options();
    bool stack_full = used > static_cast<std::ptrdiff_t>(options.max_stack_bytes);
    if (++parser->depth_ > options.max_depth || stack_full) {
        --parser->depth_;
        parser->c_.fail("FAILED_TO_PARSE_TOO_COMPLEX", {}, parser->c_.pos());
    }
}

void Parser::check_chain(int length) const {
    if (length > c_.options().max_chain) c_.fail("FAILED_TO_PARSE_TOO_COMPLEX", {}, c_.pos());
}

ExprPtr Parser::call_node(std::string name, Exprs args, size_t first) {
    auto f = std::make_shared<plan::Function>(std::move(name), std::move(args));
    f->is_internal = f->name[0] == "struct";  // a row in parentheses: named differently
    return done(std::move(f), first);
}

void Parser::unsupported(const std::string& feature, size_t first) const {
    c_.fail_as(unsupported_feature(feature), first);
}

void Parser::not_allowed(const std::string& message, size_t first) const {
    c_.fail("_LEGACY_ERROR_TEMP_0035", {{"message", message}}, first);
}

void Parser::rule_broken(const std::string& message, size_t first) const {
    c_.fail("_LEGACY_ERROR_TEMP_0064", {{"msg", message}}, first);
}

ExprPtr Parser::expression() {
    DepthGuard guard(this);
    return or_expression();
}

// A chain of one operator becomes a balanced tree, so that 10,000 conditions are 14 levels deep.
ExprPtr Parser::balanced(
    const char* name, const Exprs& operands, size_t begin, size_t end, size_t first) {
    if (end - begin == 1) return operands[begin];
    size_t middle = begin + (end - begin + 1) / 2;
    return call_node(name,
        {balanced(name, operands, begin, middle, first),
            balanced(name, operands, middle, end, first)},
        first);
}

ExprPtr Parser::or_expression() {
    size_t first = c_.pos();
    Exprs operands{and_expression()};
    while (c_.accept(Kw::kOr)) operands.push_back(and_expression());
    return balanced("or", operands, 0, operands.size(), first);
}

ExprPtr Parser::and_expression() {
    size_t first = c_.pos();
    Exprs operands{not_expression()};
    while (c_.accept(Kw::kAnd)) operands.push_back(not_expression());
    return balanced("and", operands, 0, operands.size(), first);
}

ExprPtr Parser::not_expression() {
    size_t first = c_.pos();
    bool keyword = c_.at(Kw::kNot) && !at_end_of_clause(1) && !c_.at(Tok::kDot, 1);
    if (!keyword && !c_.at(Tok::kBang)) return predicate();
    DepthGuard guard(this);
    c_.take();
    ExprPtr operand = not_expression();
    return call_node("not", {operand}, first);
}

ExprPtr Parser::negate_if(bool negated, ExprPtr e, size_t first) {
    return negated ? call_node("not", {std::move(e)}, first) : e;
}

ExprPtr Parser::predicate() {
    size_t first = c_.pos();
    if (c_.at(Kw::kExists) && c_.at(Tok::kLeftParen, 1) && !at_parsed()) {
        if (ExprPtr e = exists_expression()) return e;
    }
    ExprPtr value = binary(1);  // value_expression without counting a level
    if (c_.at(Kw::kIs)) return is_predicate(std::move(value), first);
    bool negated = false;
    size_t ahead = 0;
    if (c_.at(Kw::kNot) || c_.at(Tok::kBang)) {
        negated = true;
        ahead = 1;
    }
    if (!c_.at_any({Kw::kBetween, Kw::kIn, Kw::kRlike, Kw::kLike, Kw::kIlike}, ahead)) return value;
    if (!negated && at_end_of_clause(1)) return value;  // `a like` with `like` as an alias
    if (negated && c_.at(Tok::kBang) && !c_.options().bang_equals_not) {
        c_.fail("SYNTAX_DISCONTINUED.BANG_EQUALS_NOT", {{"clause", "!"}}, c_.pos());
    }
    c_.seek(c_.pos() + ahead);
    if (c_.accept(Kw::kBetween)) {
        ExprPtr low = value_expression();
        c_.expect(Kw::kAnd);
        ExprPtr high = value_expression();
        return negate_if(negated, call_node("between", {value, low, high}, first), first);
    }
    if (c_.accept(Kw::kIn)) return in_predicate(std::move(value), negated, first);
    if (c_.accept(Kw::kRlike)) {
        ExprPtr pattern = value_expression();
        return negate_if(negated, call_node("rlike", {value, pattern}, first), first);
    }
    return like_predicate(std::move(value), negated, first);
}

ExprPtr Parser::in_predicate(ExprPtr value, bool negated, size_t first) {
    c_.expect(Tok::kLeftParen);
    if (c_.accept(Tok::kRightParen)) c_.fail("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", {}, first);
    ParenContent content;
    if (at_query() || c_.at(Tok::kLeftParen)) {
        content = paren_content();
        bool closed_query = content.query != nullptr;
        if (closed_query) {
            auto subquery = std::make_shared<plan::Subquery>(
                plan::SubqueryKind::kIn, content.query);
            bool row = value->kind == plan::ExprKind::kFunction &&
                       value->as<plan::Function>().name.size() == 1 &&
                       value->as<plan::Function>().name[0] == "struct";
            subquery->in_values = row ? value->as<plan::Function>().args : Exprs{value};
            return negate_if(negated, done(subquery, first), first);
        }
    } else {
        content.expr = expression();
    }
    Exprs args{std::move(value), content.expr};
    while (c_.accept(Tok::kComma)) args.push_back(expression());
    c_.expect(Tok::kRightParen);
    return negate_if(negated, call_node("in", std::move(args), first), first);
}

// LIKE and ILIKE; with ANY, SOME or ALL over a list they become a disjunction or conjunction.
ExprPtr Parser::like_predicate(ExprPtr value, bool negated, size_t first) {
    const char* name = c_.take().keyword == Kw::kLike ? "like" : "ilike";
    bool any = c_.at_any({Kw::kAny, Kw::kSome});
    if ((any || c_.at(Kw::kAll)) && c_.at(Tok::kLeftParen, 1)) {
        c_.take();
        c_.take();
        if (c_.accept(Tok::kRightParen))
            rule_broken("Expected something between '(' and ')'.", first);
        Exprs tests;
        do {
            ExprPtr pattern = expression();
            tests.push_back(negate_if(negated, call_node(name, {value, pattern}, first), first));
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
        return balanced(any ? "or" : "and", tests, 0, tests.size(), first);
    }
    Exprs args{value, value_expression()};
    if (c_.at(Kw::kEscape)) {
        c_.take();
        size_t place = c_.pos();
        std::string escape = string_literal();
        bool one_character = !escape.empty() &&
                             (static_cast<unsigned char>(escape[0]) & 0x80 || escape.size() == 1);
        if (!one_character) {
            c_.fail("INVALID_ESCAPE_CHAR", {{"sqlExpr", "\"" + escape + "\""}}, place);
        }
        args.push_back(plan::string_literal(escape));
    }
    return negate_if(negated, call_node(name, std::move(args), first), first);
}

// NOT, or "!" where it may stand for it.
bool Parser::accept_not() {
    if (c_.at(Tok::kBang)) {
        if (!c_.options().bang_equals_not)
            c_.fail("SYNTAX_DISCONTINUED.BANG_EQUALS_NOT", {{"clause", "!"}}, c_.pos());
        c_.take();
        return true;
    }
    return c_.accept(Kw::kNot);
}

ExprPtr Parser::is_predicate(ExprPtr value, size_t first) {
    c_.expect(Kw::kIs);
    bool negated = accept_not();
    if (c_.accept(Kw::kNull))
        return call_node(negated ? "isnotnull" : "isnull", {std::move(value)}, first);
    if (c_.accept(Kw::kUnknown))
        return call_node(negated ? "isnotnull" : "isnull", {std::move(value)}, first);
    if (c_.at_any({Kw::kTrue, Kw::kFalse})) {
        bool truth = c_.take().keyword == Kw::kTrue;
        return negate_if(
            negated, call_node("<=>", {std::move(value), plan::bool_literal(truth)}, first), first);
    }
    c_.expect(Kw::kDistinct);
    c_.expect(Kw::kFrom);
    ExprPtr right = value_expression();
    return negate_if(!negated, call_node("<=>", {std::move(value), right}, first), first);
}

namespace {

struct BinaryOperator {
    const char* name;
    int precedence;  // 0: none
    int tokens;
};

constexpr int kComparison = 1;
constexpr int kBitOr = 2;
constexpr int kBitXor = 3;
constexpr int kBitAnd = 4;
constexpr int kShift = 5;
constexpr int kAdditive = 6;
constexpr int kMultiplicative = 7;

bool adjacent(const TokenCursor& c, size_t ahead) {
    return c.at(Tok::kGreater, ahead) && c.peek(ahead - 1).stop == c.peek(ahead).start;
}

BinaryOperator greater_operator(const TokenCursor& c) {
    if (adjacent(c, 1) && adjacent(c, 2)) return {">>>", kShift, 3};
    if (adjacent(c, 1)) return {">>", kShift, 2};
    return {">", kComparison, 1};
}

BinaryOperator binary_operator(const TokenCursor& c) {
    switch (c.peek().kind) {
        case Tok::kEqual: return {"=", kComparison, 1};
        case Tok::kNullSafeEqual: return {"<=>", kComparison, 1};
        case Tok::kNotEqual:
        case Tok::kBangEqual: return {"!=", kComparison, 1};
        case Tok::kLess: return {"<", kComparison, 1};
        case Tok::kLessEqual: return {"<=", kComparison, 1};
        case Tok::kGreater: return greater_operator(c);
        case Tok::kGreaterEqual: return {">=", kComparison, 1};
        case Tok::kPipe: return {"|", kBitOr, 1};
        case Tok::kHat: return {"^", kBitXor, 1};
        case Tok::kAmpersand: return {"&", kBitAnd, 1};
        case Tok::kShiftLeft: return {"<<", kShift, 1};
        case Tok::kPlus: return {"+", kAdditive, 1};
        case Tok::kMinus: return {"-", kAdditive, 1};
        case Tok::kConcat: return {"||", kAdditive, 1};
        case Tok::kStar: return {"*", kMultiplicative, 1};
        case Tok::kSlash: return {"/", kMultiplicative, 1};
        case Tok::kPercent: return {"%", kMultiplicative, 1};
        case Tok::kWord:
            if (c.at(Kw::kDiv)) return {"div", kMultiplicative, 1};
            return {nullptr, 0, 0};
        default: return {nullptr, 0, 0};
    }
}

}  // namespace

ExprPtr Parser::value_expression() {
    DepthGuard guard(this);
    return binary(kComparison);
}

ExprPtr Parser::binary(int min_precedence) {
    size_t first = c_.pos();
    ExprPtr left = unary();
    for (int length = 1;; ++length) {
        if (c_.at(Tok::kPipe) && at_pipe()) return left;
        BinaryOperator op = binary_operator(c_);
        if (op.precedence == 0 || op.precedence < min_precedence) return left;
        if (op.precedence == kMultiplicative && c_.at(Kw::kDiv) && at_end_of_clause(1)) return left;
        check_chain(length);
        c_.seek(c_.pos() + static_cast<size_t>(op.tokens));
        ExprPtr right = binary(op.precedence + 1);
        std::string name = op.name;
        if (name == "!=") {
            left = call_node(
                "not", {call_node("=", {std::move(left), std::move(right)}, first)}, first);
        } else {
            left = call_node(std::move(name), {std::move(left), std::move(right)}, first);
        }
    }
}

ExprPtr Parser::go_back(size_t begin, size_t operand_begin, ExprPtr operand) {
    parsed_ = {operand_begin, c_.pos(), std::move(operand)};
    c_.seek(begin);
    return nullptr;
}

ExprPtr Parser::unary() {
    size_t first = c_.pos();
    if (at_parsed()) {
        c_.seek(parsed_.end);
        return postfix(std::move(parsed_.expr), first);
    }
    const char* name = nullptr;
    if (c_.at(Tok::kMinus)) {
        switch (c_.peek(1).kind) {  // "-1" is a literal
            case Tok::kInteger:
            case Tok::kDecimal:
            case Tok::kExponent:
            case Tok::kBigint:
            case Tok::kSmallint:
            case Tok::kTinyint:
            case Tok::kFloat:
            case Tok::kDouble:
            case Tok::kBigDecimal: return primary_expression();
            default: name = "-";
        }
    } else if (c_.at(Tok::kPlus)) {
        name = "positive";
    } else if (c_.at(Tok::kTilde)) {
        name = "~";
    } else {
        return primary_expression();
    }
    DepthGuard guard(this);
    c_.take();
    ExprPtr operand = unary();
    return call_node(name, {operand}, first);
}

Exprs Parser::expression_list() {
    Exprs list{expression()};
    while (c_.accept(Tok::kComma)) list.push_back(expression());
    return list;
}

Exprs Parser::parenthesized_expressions() {
    c_.expect(Tok::kLeftParen);
    Exprs list = expression_list();
    c_.expect(Tok::kRightParen);
    return list;
}

}  // namespace hanok::sql
