// SHOW and DESCRIBE.
#include "sql/parser_impl.h"

namespace hanok::sql {

using What = plan::Show::What;

// [FROM | IN] namespace
void Parser::show_scope(plan::Show* s) {
    if (!c_.at_any({Kw::kFrom, Kw::kIn})) return;
    c_.take();
    TableName name = table_name();
    s->namespace_name = name.parts;
    s->name.identifier = name.identifier;
}

// [LIKE] 'pattern'
void Parser::show_pattern(plan::Show* s) {
    if (c_.accept(Kw::kLike) || at_string()) s->pattern = string_literal();
}

// TABLE EXTENDED, TBLPROPERTIES, COLUMNS, PARTITIONS
void Parser::show_of_table(plan::Show* s) {
    switch (c_.take().keyword) {
        case Kw::kTable:
            c_.expect(Kw::kExtended);
            s->what = What::kTableExtended;
            show_scope(s);
            c_.expect(Kw::kLike);
            s->pattern = string_literal();
            if (c_.at(Kw::kPartition)) s->partition = partition_spec(true);
            return;
        case Kw::kTblproperties:
            s->what = What::kTblProperties;
            s->name = table_name();
            if (!c_.accept(Tok::kLeftParen)) return;
            s->key = property_key();
            c_.expect(Tok::kRightParen);
            return;
        case Kw::kColumns:
            s->what = What::kColumns;
            if (!c_.at_any({Kw::kFrom, Kw::kIn})) c_.fail_syntax();
            c_.take();
            s->name = table_name();
            if (!c_.at_any({Kw::kFrom, Kw::kIn})) return;
            c_.take();
            s->namespace_name = multipart_identifier();
            return;
        default:
            s->what = What::kPartitions;
            s->name = table_name();
            if (c_.at(Kw::kPartition)) s->partition = partition_spec(true);
    }
}

plan::CommandPtr Parser::show() {
    size_t first = c_.pos();
    c_.expect(Kw::kShow);
    auto s = std::make_shared<plan::Show>();
    Kw k = c_.peek().keyword;
    switch (k) {
        case Kw::kCatalogs:
            c_.take();
            s->what = What::kCatalogs;
            show_pattern(s.get());
            break;
        case Kw::kNamespaces:
        case Kw::kDatabases:
        case Kw::kSchemas:
        case Kw::kTables:
        case Kw::kViews:
            c_.take();
            s->what = k == Kw::kTables  ? What::kTables
                      : k == Kw::kViews ? What::kViews
                                        : What::kNamespaces;
            show_scope(s.get());
            show_pattern(s.get());
            break;
        case Kw::kTable:
        case Kw::kTblproperties:
        case Kw::kColumns:
        case Kw::kPartitions: show_of_table(s.get()); break;
        case Kw::kCreate:
            c_.take();
            c_.expect(Kw::kTable);
            s->what = What::kCreateTable;
            s->name = table_name();
            s->as_serde = c_.accept_words({Kw::kAs, Kw::kSerde});
            break;
        case Kw::kCurrent:
            if (!at_namespace_word(1)) return unsupported_statement("SHOW CURRENT", first);
            c_.take();
            c_.take();
            s->what = What::kCurrentNamespace;
            break;
        default: return show_functions(first);
    }
    return done(s, first);
}

plan::CommandPtr Parser::show_functions(size_t first) {
    static constexpr const char* kUnsupported[] = {"GRANT", "GRANTS", "ROLE", "ROLES", "PRINCIPALS",
        "COMPACTIONS", "TRANSACTIONS", "INDEXES", "LOCKS", "PROCEDURES", "VOLUMES", "USERS",
        "GROUPS", "CONNECTIONS", "SHARES", "RECIPIENTS", "PROVIDERS"};
    for (const char* word : kUnsupported) {
        if (c_.at_text(word)) return unsupported_statement(std::string("SHOW ") + word, first);
    }
    auto s = std::make_shared<plan::Show>();
    s->what = What::kFunctions;
    if (!c_.at(Kw::kFunctions)) {
        if (at_identifier_clause()) c_.take(), c_.fail_syntax();
        if (!at_identifier()) c_.fail_syntax();
        if (!c_.at(Kw::kFunctions, 1)) c_.take(), c_.fail_syntax();
        size_t place = c_.pos();
        s->scope = types::to_upper(identifier());
        bool known = s->scope == "USER" || s->scope == "SYSTEM" || s->scope == "ALL";
        if (!known)
            c_.fail("INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE",
                {{"scope", "`" + s->scope + "`"}}, place);
    }
    c_.expect(Kw::kFunctions);
    show_scope(s.get());
    bool like = c_.accept(Kw::kLike);
    if (at_string()) {
        s->pattern = string_literal();
    } else if (at_identifier()) {  // SHOW FUNCTIONS name
        Name name = multipart_identifier();
        s->pattern = name.back();
        name.pop_back();
        if (!name.empty()) s->namespace_name = std::move(name);
    } else if (like) {
        c_.fail_syntax();
    }
    return done(s, first);
}

plan::CommandPtr Parser::describe() {
    size_t first = c_.pos();
    c_.take();
    bool more = !c_.at(Tok::kEnd, 1) && !c_.at(Tok::kSemicolon, 1) && !c_.at(Tok::kDot, 1);
    if (c_.at(Kw::kFunction) && more) return describe_function(first);
    if (c_.at(Kw::kHistory) && (at_identifier(1) || c_.at(Tok::kString, 1)))
        return describe_history(first);
    if (c_.at(Kw::kDetail) && (at_identifier(1) || c_.at(Tok::kString, 1)))
        return describe_detail(first);
    if (c_.at(Kw::kProcedure) && more) return unsupported_statement("DESCRIBE PROCEDURE", first);
    if (c_.at_text("VOLUME") && at_identifier(1))
        return unsupported_statement("DESCRIBE VOLUME", first);
    if ((at_namespace_word() || c_.at(Kw::kCatalog)) && more && at_identifier(1)) {
        auto d = std::make_shared<plan::DescribeNamespace>();
        d->is_catalog = c_.take().keyword == Kw::kCatalog;
        d->extended = c_.at(Kw::kExtended) && at_identifier(1) && c_.accept(Kw::kExtended);
        d->name = table_name();
        return done(d, first);
    }
    bool query_word = c_.at(Kw::kQuery) && more;
    if (query_word) c_.take();
    if (query_word || c_.at(Tok::kLeftParen) || (at_query() && !c_.at(Kw::kTable))) {
        auto d = std::make_shared<plan::DescribeQuery>();
        d->query = query();
        return done(d, first);
    }
    return describe_table(first);
}

plan::CommandPtr Parser::describe_function(size_t first) {
    c_.expect(Kw::kFunction);
    auto d = std::make_shared<plan::DescribeFunction>();
    d->extended = c_.at(Kw::kExtended) && !c_.at(Tok::kEnd, 1) && c_.accept(Kw::kExtended);
    if (at_string()) {
        d->name = {string_literal()};
    } else if (at_identifier()) {
        d->name = plain_name();
    } else {  // an operator
        size_t begin = c_.pos();
        while (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon)) c_.take();
        d->name = {c_.text_since(begin)};
        if (d->name[0].empty()) c_.fail_syntax();
    }
    return done(d, first);
}

plan::CommandPtr Parser::describe_table(size_t first) {
    auto d = std::make_shared<plan::DescribeTable>();
    if (c_.at(Kw::kTable) && (at_identifier(1))) c_.take();
    if (c_.at_any({Kw::kExtended, Kw::kFormatted}) && at_identifier(1) && !c_.at(Kw::kAs, 1)) {
        c_.take();
        d->extended = true;
    }
    d->name = table_name();
    if (c_.at(Kw::kPartition) && c_.at(Tok::kLeftParen, 1)) d->partition = partition_spec(true);
    if (at_identifier() && !c_.at(Kw::kAs)) {
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        d->column = multipart_identifier();
        if (!d->partition.empty())
            c_.fail("UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_PARTITION", {}, first);
    }
    if (c_.accept_words({Kw::kAs, Kw::kJson})) {
        d->as_json = true;
        if (!d->column.empty()) c_.fail("UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON", {}, first);
        if (!d->extended)
            c_.fail("DESCRIBE_JSON_NOT_EXTENDED", {{"tableName", quote_if_needed(d->name.parts)}},
                first);
    }
    return done(d, first);
}

}  // namespace hanok::sql
