// SELECT TRANSFORM (…) [ROW FORMAT …] USING 'script' [AS …] [ROW FORMAT …], and MAP, REDUCE.
#include "sql/parser_impl.h"

namespace hanok::sql {

bool Parser::at_transform() const {
    constexpr size_t kFarEnough = 10000;
    if (c_.at(Kw::kSelect)) {
        // SELECT TRANSFORM (a, b) [ROW FORMAT …] USING 'script'; else transform() is an ordinary
        // function.
        if (!c_.at(Kw::kTransform, 1) || !c_.at(Tok::kLeftParen, 2)) return false;
        size_t i = 3;
        int open = 1;
        while (open > 0 && i < kFarEnough && !c_.at(Tok::kEnd, i)) {
            if (c_.at(Tok::kLeftParen, i)) ++open;
            if (c_.at(Tok::kRightParen, i)) --open;
            ++i;
        }
        return c_.at(Kw::kUsing, i) || (c_.at(Kw::kRow, i) && c_.at(Kw::kFormat, i + 1)) ||
               c_.at(Kw::kRecordwriter, i);
    }
    if (!c_.at_any({Kw::kMap, Kw::kReduce})) return false;
    int open = 0;
    for (size_t i = 1; i < kFarEnough && !c_.at(Tok::kEnd, i) && open >= 0; ++i) {
        if (c_.at(Tok::kLeftParen, i)) ++open;
        if (c_.at(Tok::kRightParen, i)) --open;
        if (open == 0 && c_.at(Kw::kUsing, i) && c_.at(Tok::kString, i + 1)) return true;
    }
    return false;
}

// The first part of such a query; what follows is that of any SELECT.
Parser::SelectClause Parser::transform_clause(std::shared_ptr<plan::ScriptTransform>* script) {
    size_t first = c_.pos();
    SelectClause clause;
    bool in_parentheses = c_.accept(Kw::kSelect);
    c_.take();
    if (in_parentheses) c_.expect(Tok::kLeftParen);
    if (c_.at_any({Kw::kDistinct, Kw::kAll}))
        c_.fail("UNSUPPORTED_FEATURE.TRANSFORM_DISTINCT_ALL", {}, first);
    clause.columns = expression_list();
    if (in_parentheses) c_.expect(Tok::kRightParen);
    auto t = std::make_shared<plan::ScriptTransform>();
    t->input = row_format();
    if (c_.at(Kw::kRecordwriter)) unsupported("RECORDWRITER", c_.pos());
    c_.expect(Kw::kUsing);
    t->script = string_literal();
    if (c_.accept(Kw::kAs)) t->columns = transform_columns();
    t->output = row_format();
    if (c_.at(Kw::kRecordreader)) unsupported("RECORDREADER", c_.pos());
    *script = std::move(t);
    return clause;
}

// a, b or (a, b), with types or without: STRING then.
types::Fields Parser::transform_columns() {
    bool in_parentheses = c_.accept(Tok::kLeftParen);
    types::Fields fields;
    do {
        types::StructField field;
        field.name = error_capturing_identifier();
        bool is_bare = c_.at(Tok::kComma) || c_.at(Tok::kRightParen) || c_.at(Tok::kEnd) ||
                       at_end_of_clause(0) || c_.at_words({Kw::kRow, Kw::kFormat});
        field.type = is_bare ? types::DataType::string()
                             : types::DataType::replace_char_varchar(data_type());
        fields.push_back(std::move(field));
    } while (c_.accept(Tok::kComma));
    if (in_parentheses) c_.expect(Tok::kRightParen);
    return fields;
}

// ROW FORMAT DELIMITED …; without one the defaults. Scripts have no other formats without Hive.
plan::RowFormat Parser::row_format() {
    plan::RowFormat format;
    size_t first = c_.pos();
    if (!c_.accept_words({Kw::kRow, Kw::kFormat})) return format;
    if (c_.at(Kw::kSerde)) c_.fail("UNSUPPORTED_FEATURE.TRANSFORM_NON_HIVE", {}, first);
    c_.expect(Kw::kDelimited);
    if (c_.accept_words({Kw::kFields, Kw::kTerminated, Kw::kBy})) {
        format.field_end = string_literal();
        if (c_.accept_words({Kw::kEscaped, Kw::kBy})) string_literal();
    }
    if (c_.accept_words({Kw::kCollection, Kw::kItems, Kw::kTerminated, Kw::kBy})) string_literal();
    if (c_.accept_words({Kw::kMap, Kw::kKeys, Kw::kTerminated, Kw::kBy})) string_literal();
    if (c_.accept_words({Kw::kLines, Kw::kTerminated, Kw::kBy})) {
        auto end = string_literal();
        if (end != "\n") {
            c_.fail("_LEGACY_ERROR_TEMP_0064",
                {{"msg", "LINES TERMINATED BY only supports newline '\\n' right now: " + end}},
                first);
        }
    }
    if (c_.accept(Kw::kNull)) {
        c_.expect(Kw::kDefined);
        c_.expect(Kw::kAs);
        format.null_text = string_literal();
    }
    return format;
}

}  // namespace hanok::sql
