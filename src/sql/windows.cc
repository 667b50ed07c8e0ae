// Window specifications and sort items.
#include "sql/parser_impl.h"

namespace hanok::sql {

ExprPtr Parser::sort_item() {
    size_t first = c_.pos();
    ExprPtr child = expression();
    bool ascending = true;
    if (c_.at_any({Kw::kAsc, Kw::kDesc})) ascending = c_.take().keyword == Kw::kAsc;
    auto nulls = plan::NullsOrder::kDefault;
    if (c_.at(Kw::kNulls) && c_.at_any({Kw::kFirst, Kw::kLast}, 1)) {
        c_.take();
        nulls = c_.take().keyword == Kw::kFirst ? plan::NullsOrder::kFirst
                                                : plan::NullsOrder::kLast;
    }
    return node<plan::SortOrder>(first, child, ascending, nulls);
}

Exprs Parser::sort_items() {
    Exprs items{sort_item()};
    while (c_.accept(Tok::kComma)) items.push_back(sort_item());
    return items;
}

plan::WindowSpec Parser::window_spec() {
    plan::WindowSpec spec;
    if (!c_.at(Tok::kLeftParen)) {
        if (at_identifier_clause() && c_.options().legacy_identifier_clause) {
            c_.take();
            c_.fail_syntax();
        }
        spec.reference = error_capturing_identifier();
        return spec;
    }
    c_.take();
    bool starts_clause =
        c_.at_any({Kw::kPartition, Kw::kOrder, Kw::kSort, Kw::kDistribute, Kw::kCluster}) &&
        c_.at(Kw::kBy, 1);
    bool starts_frame = c_.at_any({Kw::kRows, Kw::kRange}) && !c_.at(Tok::kRightParen, 1);
    if (at_identifier() && !starts_clause && !starts_frame) {
        spec.reference = error_capturing_identifier();
        c_.expect(Tok::kRightParen);
        return spec;
    }
    if (c_.accept_words({Kw::kCluster, Kw::kBy})) {
        spec.partition_by = expression_list();
    } else {
        if (c_.at_any({Kw::kPartition, Kw::kDistribute}) && c_.at(Kw::kBy, 1)) {
            c_.seek(c_.pos() + 2);
            spec.partition_by = expression_list();
        }
        if (c_.at_any({Kw::kOrder, Kw::kSort}) && c_.at(Kw::kBy, 1)) {
            c_.seek(c_.pos() + 2);
            spec.order_by = sort_items();
        }
    }
    if (c_.at_any({Kw::kRows, Kw::kRange})) spec.frame = window_frame();
    c_.expect(Tok::kRightParen);
    return spec;
}

plan::WindowFrame Parser::window_frame() {
    plan::WindowFrame frame;
    frame.type = c_.take().keyword == Kw::kRows ? plan::FrameType::kRows : plan::FrameType::kRange;
    if (c_.accept(Kw::kBetween)) {
        frame.lower = frame_bound();
        c_.expect(Kw::kAnd);
        frame.upper = frame_bound();
    } else {
        frame.lower = frame_bound();
        frame.upper.kind = plan::FrameBound::Kind::kCurrentRow;
    }
    return frame;
}

plan::FrameBound Parser::frame_bound() {
    plan::FrameBound bound;
    if (c_.at(Kw::kUnbounded) && c_.at_any({Kw::kPreceding, Kw::kFollowing}, 1)) {
        c_.take();
        bound.kind = plan::FrameBound::Kind::kUnbounded;
        bound.is_following = c_.take().keyword == Kw::kFollowing;
        return bound;
    }
    if (c_.accept_words({Kw::kCurrent, Kw::kRow})) {
        bound.kind = plan::FrameBound::Kind::kCurrentRow;
        return bound;
    }
    size_t first = c_.pos();
    bound.kind = plan::FrameBound::Kind::kValue;
    bound.value = value_expression();
    if (c_.accept(Kw::kPreceding)) {
        bound.value = call_node("-", {bound.value}, first);
    } else {
        c_.expect(Kw::kFollowing);
        bound.is_following = true;
    }
    return bound;
}

}  // namespace hanok::sql
