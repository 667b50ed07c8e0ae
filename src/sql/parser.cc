#include "sql/parser.h"

#include "sql/parser_impl.h"

namespace hanok::sql {

void Parser::finish(plan::Statement* statement) {
    statement->named_parameters.assign(named_parameters_.begin(), named_parameters_.end());
    statement->positional_parameters = positional_parameters_;
    named_parameters_.clear();
    positional_parameters_ = 0;
}

plan::Statement Parser::statement() {
    plan::Statement out;
    if (at_query() || c_.at(Tok::kLeftParen)) {
        size_t first = c_.pos();
        bool with = c_.at(Kw::kWith);
        std::vector<plan::Cte> ctes;
        bool recursive = with && parse_ctes(&ctes);
        if (c_.at(Kw::kFrom)) {  // FROM t INSERT …
            size_t from = c_.pos();
            int positional = positional_parameters_;
            from_relations();
            if (c_.at(Kw::kInsert)) unsupported("INSERT behind FROM", first);
            c_.seek(from);
            positional_parameters_ = positional;
        }
        if (with && c_.at_any({Kw::kInsert, Kw::kDelete, Kw::kUpdate, Kw::kMerge})) {
            out.command = data_change(std::move(ctes), recursive);
        } else {
            out.query = query_no_with();
            if (with)
                out.query = with_clause_wrap(
                    std::move(out.query), std::move(ctes), recursive, first);
        }
    } else {
        out.command = command();
    }
    finish(&out);
    return out;
}

namespace {

template <class F>
auto parse_whole(const std::string& text, const ParserOptions& options, F&& parse) {
    auto substituted = substitute_variables(text, options.variables);
    Parser parser(substituted, options);
    auto result = parse(parser);
    while (parser.cursor().accept(Tok::kSemicolon)) {}
    parser.cursor().expect_end();
    return result;
}

}  // namespace

plan::Statement parse_statement(const std::string& text, const ParserOptions& options) {
    return parse_whole(text, options, [](Parser& p) { return p.statement(); });
}

std::vector<plan::Statement> parse_statements(
    const std::string& text, const ParserOptions& options) {
    std::vector<plan::Statement> statements;
    auto substituted = substitute_variables(text, options.variables);
    Parser parser(substituted, options);
    TokenCursor& c = parser.cursor();
    while (true) {
        while (c.accept(Tok::kSemicolon)) {}
        if (c.at(Tok::kEnd)) return statements;
        statements.push_back(parser.statement());
        if (!c.at(Tok::kSemicolon)) c.expect_end();
    }
}

plan::RelationPtr parse_query(const std::string& text, const ParserOptions& options) {
    return parse_whole(text, options, [](Parser& p) { return p.query(); });
}

plan::ExprPtr parse_expression(const std::string& text, const ParserOptions& options) {
    auto substituted = substitute_variables(text, options.variables);
    Parser parser(substituted, options);
    ExprPtr e = parser.named_expression();
    parser.cursor().expect_end();
    return e;
}

plan::Name parse_multipart_identifier(const std::string& text, const ParserOptions& options) {
    Parser parser(text, options);
    Name name = parser.multipart_identifier();
    parser.cursor().expect_end();
    return name;
}

types::TypePtr parse_data_type(const std::string& text, const ParserOptions& options) {
    Parser parser(text, options);
    types::TypePtr type = parser.data_type();
    parser.cursor().expect_end();
    return type;
}

types::TypePtr parse_table_schema(const std::string& text, const ParserOptions& options) {
    Parser parser(text, options);
    if (parser.cursor().at(Tok::kEnd)) return types::DataType::struct_({});
    types::TypePtr type = parser.column_type_list();
    parser.cursor().expect_end();
    return type;
}

types::TypePtr parse_type_or_schema(const std::string& text, const ParserOptions& options) {
    try {
        return parse_data_type(text, options);
    } catch (const Error&) {
        try {
            return parse_table_schema(text, options);
        } catch (const Error&) {}
        throw;
    }
}

std::vector<plan::ColumnDef> parse_column_definitions(
    const std::string& text, const ParserOptions& options) {
    Parser parser(text, options);
    std::vector<plan::ColumnDef> columns;
    do {
        columns.push_back(parser.column_definition(nullptr));
    } while (parser.cursor().accept(Tok::kComma));
    parser.cursor().expect_end();
    return columns;
}

}  // namespace hanok::sql
