// Function calls: the ordinary form with its suffixes, and the forms with words between arguments.
#include "sql/parser_impl.h"

namespace hanok::sql {

bool Parser::at_datetime_unit() const {
    return c_.at_any({Kw::kYear, Kw::kQuarter, Kw::kMonth, Kw::kWeek, Kw::kDay, Kw::kDayofyear,
        Kw::kHour, Kw::kMinute, Kw::kSecond, Kw::kMillisecond, Kw::kMicrosecond});
}

ExprPtr Parser::special_call() {
    size_t first = c_.pos();
    switch (c_.peek().keyword) {
        case Kw::kTimestampadd:
        case Kw::kDateadd:
        case Kw::kDateAdd: return datetime_unit_call("timestampadd", first);
        case Kw::kTimestampdiff:
        case Kw::kDatediff:
        case Kw::kDateDiff:
        case Kw::kTimediff: return datetime_unit_call("timestampdiff", first);
        case Kw::kExtract: return extract_call(first);
        case Kw::kTrim: return trim_call(first);
        case Kw::kSubstr:
        case Kw::kSubstring: return substring_call(first);
        case Kw::kOverlay: return overlay_call(first);
        case Kw::kPosition: return position_call(first);
        case Kw::kStruct: {
            c_.take();
            auto f = std::make_shared<plan::Function>("struct", Exprs());
            call_arguments(&f->args, &f->distinct, &f->ignore_nulls, true);
            return done(f, first);
        }
        default: return nullptr;
    }
}

// timestampadd(MONTH, 1, t); null when the first argument is no unit.
ExprPtr Parser::datetime_unit_call(const std::string& name, size_t first) {
    std::string written = types::to_lower(std::string(c_.spelling(c_.peek())));
    c_.seek(first + 2);
    bool unit = at_datetime_unit() && c_.at(Tok::kComma, 1);
    bool text = at_string() && c_.at(Tok::kComma, 1);
    if (!unit && !text) {
        c_.seek(first);
        return nullptr;
    }
    size_t unit_place = c_.pos();
    std::string unit_text(c_.spelling(c_.take()));
    c_.expect(Tok::kComma);
    ExprPtr amount = value_expression();
    if (!c_.accept(Tok::kComma)) return go_back(first, unit_place + 2, amount);
    if (text) {
        c_.seek(unit_place + 1);
        c_.fail("INVALID_PARAMETER_VALUE.DATETIME_UNIT",
            {{"functionName", quote_identifier(written)}, {"parameter", "`unit`"},
                {"invalidValue", unit_text}},
            first);
    }
    ExprPtr time = value_expression();
    c_.expect(Tok::kRightParen);
    return call_node(name, {plan::string_literal(types::to_upper(unit_text)), amount, time}, first);
}

ExprPtr Parser::extract_call(size_t first) {
    if (!at_identifier(2) || !c_.at(Kw::kFrom, 3)) {
        if (c_.at(Kw::kIdentifier, 2) && c_.at(Tok::kLeftParen, 3)) {
            c_.seek(first + 3);
            c_.fail_syntax();
        }
        return nullptr;
    }
    c_.seek(first + 2);
    std::string field = identifier();
    c_.expect(Kw::kFrom);
    ExprPtr source = value_expression();
    c_.expect(Tok::kRightParen);
    return call_node("extract", {plan::string_literal(field), source}, first);
}

// TRIM([BOTH | LEADING | TRAILING] [characters] FROM text) as trim, ltrim or rtrim(characters,
// text).
ExprPtr Parser::trim_call(size_t first) {
    c_.seek(first + 2);
    std::string name = "trim";
    bool option = c_.at_any({Kw::kBoth, Kw::kLeading, Kw::kTrailing}) &&
                  !c_.at(Tok::kRightParen, 1) && !c_.at(Tok::kComma, 1) && !c_.at(Tok::kDot, 1);
    if (option) {
        Kw k = c_.take().keyword;
        name = k == Kw::kBoth ? "trim" : k == Kw::kLeading ? "ltrim" : "rtrim";
    }
    Exprs args;
    if (!c_.at(Kw::kFrom) && !c_.at(Tok::kRightParen)) args.push_back(value_expression());
    if (!c_.accept(Kw::kFrom)) {
        if (option) c_.fail_syntax();
        if (args.empty()) return c_.seek(first), nullptr;
        return go_back(first, first + 2, args[0]);
    }
    args.push_back(value_expression());
    c_.expect(Tok::kRightParen);
    return call_node(name, std::move(args), first);
}

ExprPtr Parser::substring_call(size_t first) {
    c_.seek(first + 2);
    if (c_.at(Tok::kRightParen)) return c_.seek(first), nullptr;
    Exprs args{value_expression()};
    if (!c_.accept(Kw::kFrom)) return go_back(first, first + 2, args[0]);
    args.push_back(value_expression());
    if (c_.accept(Kw::kFor)) args.push_back(value_expression());
    c_.expect(Tok::kRightParen);
    return call_node("substring", std::move(args), first);
}

ExprPtr Parser::overlay_call(size_t first) {
    c_.seek(first + 2);
    if (c_.at(Tok::kRightParen)) return c_.seek(first), nullptr;
    Exprs args{value_expression()};
    if (!c_.accept(Kw::kPlacing)) return go_back(first, first + 2, args[0]);
    args.push_back(value_expression());
    c_.expect(Kw::kFrom);
    args.push_back(value_expression());
    if (c_.accept(Kw::kFor)) args.push_back(value_expression());
    c_.expect(Tok::kRightParen);
    return call_node("overlay", std::move(args), first);
}

ExprPtr Parser::position_call(size_t first) {
    c_.seek(first + 2);
    if (c_.at(Tok::kRightParen)) return c_.seek(first), nullptr;
    ExprPtr needle = value_expression();
    if (!c_.accept(Kw::kIn)) return go_back(first, first + 2, needle);
    ExprPtr text = value_expression();
    c_.expect(Tok::kRightParen);
    return call_node("locate", {needle, text}, first);
}

ExprPtr Parser::call_argument(bool named) {
    size_t first = c_.pos();
    if (at_identifier() && c_.at(Tok::kFatArrow, 1)) {
        std::string name = identifier();
        c_.take();
        ExprPtr value = c_.at(Kw::kTable) && (at_identifier(1) || c_.at(Tok::kLeftParen, 1))
                            ? table_argument()
                            : expression();
        return node<plan::NamedArgument>(first, std::move(name), value);
    }
    if (c_.at(Kw::kTable) && (c_.at(Tok::kLeftParen, 1) || at_identifier(1)) &&
        !at_end_of_clause(1))
        return table_argument();
    return named ? named_expression() : expression();
}

void Parser::call_arguments(
    Exprs* args, bool* distinct, std::optional<bool>* ignore_nulls, bool named) {
    c_.expect(Tok::kLeftParen);
    if (c_.accept(Tok::kRightParen)) return;
    if (c_.at(Kw::kDistinct) && !at_end_of_clause(1)) {
        c_.take();
        *distinct = true;
    } else if (c_.at(Kw::kAll) && !at_end_of_clause(1) && !c_.at(Tok::kDot, 1)) {
        c_.take();
    }
    do {
        args->push_back(call_argument(named));
    } while (c_.accept(Tok::kComma));
    if (c_.accept_words({Kw::kIgnore, Kw::kNulls})) *ignore_nulls = true;
    c_.expect(Tok::kRightParen);
}

ExprPtr Parser::function_call(std::vector<std::string> name, size_t first) {
    auto f = std::make_shared<plan::Function>(std::move(name), Exprs());
    call_arguments(&f->args, &f->distinct, &f->ignore_nulls, false);
    return call_suffixes(std::move(f), first);
}

// WITHIN GROUP (…) FILTER (…) IGNORE NULLS OVER …
ExprPtr Parser::call_suffixes(std::shared_ptr<plan::Function> f, size_t first) {
    if (c_.at_words({Kw::kWithin, Kw::kGroup}) && c_.at(Tok::kLeftParen, 2)) {
        c_.seek(c_.pos() + 3);
        c_.expect_words({Kw::kOrder, Kw::kBy});
        f->within_group = sort_items();
        c_.expect(Tok::kRightParen);
    }
    if (c_.at(Kw::kFilter) && c_.at(Tok::kLeftParen, 1)) {
        c_.take();
        c_.take();
        c_.expect(Kw::kWhere);
        f->filter = expression();
        c_.expect(Tok::kRightParen);
    }
    if (c_.at_any({Kw::kIgnore, Kw::kRespect}) && c_.at(Kw::kNulls, 1)) {
        f->ignore_nulls = c_.take().keyword == Kw::kIgnore;
        c_.take();
    }
    done(f, first);
    if (c_.at(Kw::kOver) && !at_end_of_clause(1)) {
        c_.take();
        plan::WindowSpec spec = window_spec();
        return node<plan::Window>(first, f, std::move(spec));
    }
    return f;
}

}  // namespace hanok::sql
