// Aliases, with and without AS: telling a name from the start of the next clause.
#include "sql/parser_impl.h"

namespace hanok::sql {

// Does a clause end `ahead` tokens from here? Then a keyword before it is a name.
bool Parser::at_end_of_clause(size_t ahead) const {
    const Token& t = c_.peek(ahead);
    switch (t.kind) {
        case Tok::kEnd:
        case Tok::kComma:
        case Tok::kRightParen:
        case Tok::kSemicolon: return true;
        default: return t.keyword == Kw::kFrom;
    }
}

// Is the next word a name given without AS (rather than the start of the next clause)?
bool Parser::at_implicit_alias() const {
    if (!at_identifier()) return false;
    Kw k = c_.peek().keyword;
    switch (k) {
        case Kw::kNone: return !at_qualify();
        case Kw::kDo: return !do_follows_;
        case Kw::kFrom: return c_.at(Tok::kEnd, 1) || c_.at(Tok::kRightParen, 1);
        case Kw::kAs: return false;
        case Kw::kGroup:
        case Kw::kOrder:
        case Kw::kSort:
        case Kw::kCluster:
        case Kw::kDistribute:
        case Kw::kPartition: return !c_.at(Kw::kBy, 1);
        case Kw::kWhere:
        case Kw::kHaving:
        case Kw::kLimit:
        case Kw::kOffset:
        case Kw::kWindow:
        case Kw::kLateral:
        case Kw::kFor:
        case Kw::kUsing:
        case Kw::kSelect:
        case Kw::kInsert:
        case Kw::kWhen:
        case Kw::kSet:
        case Kw::kWith:
        case Kw::kInto:
        case Kw::kOn:
        case Kw::kDelay: return at_end_of_clause(1);
        case Kw::kUnion:
        case Kw::kExcept:
        case Kw::kIntersect:
        case Kw::kSetminus: return at_end_of_clause(1) && !c_.at(Kw::kFrom, 1);
        case Kw::kPivot:
        case Kw::kTablesample:
        case Kw::kUnpivot:
            return !c_.at(Tok::kLeftParen, 1) && !c_.at_any({Kw::kInclude, Kw::kExclude}, 1);
        case Kw::kGrouping: return !c_.at(Kw::kSets, 1);
        case Kw::kMap:
        case Kw::kReduce: return !at_transform();
        case Kw::kApprox:
        case Kw::kExact: return !c_.at(Kw::kNearest, 1);
        default: return true;
    }
}

ExprPtr Parser::named_expression() {
    size_t first = c_.pos();
    ExprPtr e = expression();
    bool as = c_.accept(Kw::kAs);
    if (as && c_.at(Tok::kLeftParen)) {
        auto names = identifier_list();
        return node<plan::Alias>(first, e, std::move(names));
    }
    if (!as && c_.at(Tok::kLeftParen) && at_identifier(1) &&
        (c_.at(Tok::kComma, 2) || c_.at(Tok::kRightParen, 2))) {
        auto names = identifier_list();
        return node<plan::Alias>(first, e, std::move(names));
    }
    if (!as && !at_implicit_alias()) return e;
    std::vector<std::string> names{error_capturing_identifier()};
    return node<plan::Alias>(first, e, std::move(names));
}

Exprs Parser::named_expression_list() {
    Exprs list{named_expression()};
    while (c_.accept(Tok::kComma)) list.push_back(named_expression());
    return list;
}

}  // namespace hanok::sql
