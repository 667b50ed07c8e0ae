// Joins.
#include "sql/parser_impl.h"

namespace hanok::sql {

bool Parser::at_join() const {
    size_t i = c_.at(Kw::kNatural) ? 1 : 0;
    switch (c_.peek(i).keyword) {
        case Kw::kJoin: return true;
        case Kw::kInner:
        case Kw::kCross:
        case Kw::kSemi:
        case Kw::kAnti: return c_.at(Kw::kJoin, i + 1);
        case Kw::kLeft:
            return c_.at(Kw::kJoin, i + 1) ||
                   (c_.at_any({Kw::kOuter, Kw::kSemi, Kw::kAnti}, i + 1) &&
                       c_.at(Kw::kJoin, i + 2));
        case Kw::kRight:
        case Kw::kFull:
            return c_.at(Kw::kJoin, i + 1) || (c_.at(Kw::kOuter, i + 1) && c_.at(Kw::kJoin, i + 2));
        default: return false;
    }
}

plan::JoinType Parser::join_type(std::string* text) {
    auto type = plan::JoinType::kInner;
    *text = "INNER";
    switch (c_.peek().keyword) {
        case Kw::kInner: c_.take(); break;
        case Kw::kCross:
            c_.take();
            type = plan::JoinType::kCross;
            *text = "CROSS";
            break;
        case Kw::kSemi:
        case Kw::kAnti:
        case Kw::kLeft:
            c_.accept(Kw::kLeft);
            if (c_.at_any({Kw::kSemi, Kw::kAnti})) {
                bool semi = c_.take().keyword == Kw::kSemi;
                type = semi ? plan::JoinType::kLeftSemi : plan::JoinType::kLeftAnti;
                *text = semi ? "LEFT SEMI" : "LEFT ANTI";
            } else {
                type = plan::JoinType::kLeft;
                *text = "LEFT OUTER";
            }
            break;
        case Kw::kRight:
            c_.take();
            type = plan::JoinType::kRight;
            *text = "RIGHT OUTER";
            break;
        case Kw::kFull:
            c_.take();
            type = plan::JoinType::kFull;
            *text = "FULL OUTER";
            break;
        default: break;
    }
    c_.accept(Kw::kOuter);
    c_.expect(Kw::kJoin);
    return type;
}

RelationPtr Parser::join(RelationPtr left, size_t first) {
    size_t place = c_.pos();
    auto j = std::make_shared<plan::Join>();
    j->natural = c_.accept(Kw::kNatural);
    std::string type_text;
    j->type = join_type(&type_text);
    if (j->natural && j->type == plan::JoinType::kCross) {
        c_.fail(
            "INCOMPATIBLE_JOIN_TYPES", {{"joinType1", "NATURAL"}, {"joinType2", "CROSS"}}, place);
    }
    j->lateral = c_.at(Kw::kLateral) && (c_.at(Tok::kLeftParen, 1) || at_identifier(1));
    size_t right_place = c_.pos();
    if (j->lateral) {
        c_.take();
        bool allowed = j->type == plan::JoinType::kInner || j->type == plan::JoinType::kCross ||
                       j->type == plan::JoinType::kLeft;
        if (!allowed) c_.fail("INVALID_LATERAL_JOIN_TYPE", {{"joinType", type_text}}, place);
    }
    j->left = std::move(left);
    j->right = relation_primary();
    if (j->lateral) {
        const plan::Relation* inner = j->right.get();
        if (inner->kind == plan::RelationKind::kSubqueryAlias)
            inner = inner->as<plan::SubqueryAlias>().child.get();
        if (inner->kind == plan::RelationKind::kNamedTable) {
            c_.fail("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", {},
                right_place);
        }
    }
    if (c_.at_any({Kw::kApprox, Kw::kExact}) && c_.at(Kw::kNearest, 1)) {
        nearest_by(j.get(), type_text);
        return done(j, first);
    }
    if (j->natural) return done(j, first);
    if (c_.accept(Kw::kOn)) {
        j->condition = expression();
    } else if (c_.at(Kw::kUsing) && c_.at(Tok::kLeftParen, 1)) {
        if (j->lateral) c_.fail("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", {}, place);
        c_.take();
        j->using_columns = identifier_list();
    }
    return done(j, first);
}

// left JOIN right APPROX | EXACT NEAREST [n] BY SIMILARITY | DISTANCE expr.
void Parser::nearest_by(plan::Join* j, const std::string& type_text) {
    constexpr int64_t kMaxResults = 100000;
    size_t place = c_.pos();
    if (j->lateral) c_.fail("UNSUPPORTED_FEATURE.LATERAL_JOIN_NEAREST_BY", {}, place);
    c_.take();
    c_.take();
    int64_t count = 1;
    if (c_.at(Tok::kInteger)) count = integer_value();
    c_.expect(Kw::kBy);
    if (!c_.at_any({Kw::kSimilarity, Kw::kDistance})) c_.fail_syntax();
    bool descending = c_.take().keyword == Kw::kSimilarity;
    ExprPtr rank = expression();
    if (j->type != plan::JoinType::kInner && j->type != plan::JoinType::kLeft) {
        c_.fail("NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE",
            {{"joinType", type_text}, {"supported", "'INNER', 'LEFT OUTER'"}}, place);
    }
    if (count < 1 || count > kMaxResults) {
        c_.fail("NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE",
            {{"numResults", std::to_string(count)}, {"min", "1"},
                {"max", std::to_string(kMaxResults)}},
            place);
    }
    j->nearest = plan::NearestBy{std::move(rank), descending, count};
}

}  // namespace hanok::sql
