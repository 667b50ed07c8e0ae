// Cursors of SQL scripts: DECLARE … CURSOR FOR, OPEN, FETCH and CLOSE.
#include "sql/parser_impl.h"

namespace hanok::sql {

using Kind = plan::ScriptStatement::Kind;

// Does the DECLARE that comes next declare a cursor?
bool Parser::at_cursor_declaration() const {
    if (!c_.at(Kw::kDeclare) || !at_identifier(1)) return false;
    size_t word = 2;
    while (c_.at(Tok::kDot, word)) word += 2;
    if (!c_.at_text("CURSOR", word)) ++word;
    return c_.at_text("CURSOR", word) && c_.at(Kw::kFor, word + 1);
}

// DECLARE name [ASENSITIVE | INSENSITIVE] CURSOR FOR query [FOR READ ONLY]. The query is kept as
// text, since OPEN gives its parameter markers their values.
Parser::ScriptNode Parser::cursor_declaration() {
    auto node = script_node(Kind::kDeclareCursor, c_.pos());
    c_.expect(Kw::kDeclare);
    node->cursor = {identifier()};
    if (!c_.accept_text("ASENSITIVE")) c_.accept_text("INSENSITIVE");
    if (!c_.accept_text("CURSOR")) c_.fail_syntax();
    c_.expect(Kw::kFor);
    auto named = named_parameters_;
    int positional = positional_parameters_;
    size_t first = c_.pos();
    query();
    named_parameters_ = std::move(named);
    positional_parameters_ = positional;
    size_t end = c_.pos();
    bool is_taken = c_.at_text("READ") && c_.token_at(end - 1).keyword == Kw::kFor;
    if (is_taken) c_.seek(--end);  // FOR was read as an alias
    node->cursor_query = std::string(c_.text()->substr(
        c_.token_at(first).start, c_.token_at(end - 1).stop - c_.token_at(first).start));
    if (c_.accept(Kw::kFor)) {
        if (!c_.accept_text("READ")) c_.fail_syntax();
        c_.expect(Kw::kOnly);
    }
    return node;
}

// OPEN and CLOSE are words without meaning elsewhere; FETCH is reserved.
bool Parser::at_cursor_statement() const {
    if (c_.at(Kw::kFetch) || at_cursor_declaration()) return true;
    return (c_.at_text("OPEN") || c_.at_text("CLOSE")) && at_identifier(1);
}

// c, or label.c
Name Parser::cursor_name() {
    size_t first = c_.pos();
    Name name = multipart_identifier();
    if (name.size() > 2) {
        c_.fail(
            "CURSOR_REFERENCE_INVALID_QUALIFIER", {{"cursorName", quote_identifier(name)}}, first);
    }
    return name;
}

// DECLARE …, OPEN cursor [USING values], FETCH [[NEXT] FROM] cursor INTO variables, CLOSE cursor
Parser::ScriptNode Parser::cursor_statement() {
    size_t first = c_.pos();
    if (c_.at(Kw::kDeclare)) return cursor_declaration();
    auto node = script_node(Kind::kCloseCursor, first);
    if (c_.accept_text("OPEN")) {
        node->kind = Kind::kOpenCursor;
        node->cursor = cursor_name();
        if (c_.accept(Kw::kUsing)) {
            bool paren = c_.at(Tok::kLeftParen) && !c_.at_any({Kw::kSelect, Kw::kWith}, 1) &&
                         c_.accept(Tok::kLeftParen);
            node->cursor_arguments = named_expression_list();
            if (paren) c_.expect(Tok::kRightParen);
        }
    } else if (c_.accept(Kw::kFetch)) {
        node->kind = Kind::kFetchCursor;
        if (c_.at_text("NEXT") && c_.at(Kw::kFrom, 1)) c_.take();
        c_.accept(Kw::kFrom);
        node->cursor = cursor_name();
        c_.expect(Kw::kInto);
        node->targets = multipart_identifier_list();
    } else {
        c_.take();
        node->cursor = cursor_name();
    }
    node->origin = c_.origin(first);
    return node;
}

// Outside the statements of a script the parser cannot tell whether one runs: EXECUTE IMMEDIATE.
plan::CommandPtr Parser::lone_cursor_statement() {
    size_t first = c_.pos();
    auto script = std::make_shared<plan::Script>();
    script->block = cursor_statement();
    return done(script, first);
}

}  // namespace hanok::sql
