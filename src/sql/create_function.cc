// CREATE FUNCTION.
#include "sql/parser_impl.h"
#include "sql/python_source.h"

namespace hanok::sql {

plan::CommandPtr Parser::create_function(bool or_replace, bool temporary, size_t first) {
    c_.expect(Kw::kFunction);
    auto f = std::make_shared<plan::CreateFunction>();
    f->or_replace = or_replace;
    f->temporary = temporary;
    f->if_not_exists = if_not_exists();
    f->name = table_name();
    if (c_.accept(Kw::kAs)) {
        f->class_name = string_literal();
        if (c_.accept(Kw::kUsing)) {
            do {
                identifier();
                string_literal();
            } while (c_.accept(Tok::kComma));
        }
        return done(f, first);
    }
    function_parameters(f.get());
    if (c_.accept(Kw::kReturns)) {
        if (c_.at(Kw::kTable) && c_.at(Tok::kLeftParen, 1)) {
            c_.seek(c_.pos() + 2);
            f->return_table.emplace();
            do {
                size_t place = c_.pos();
                types::StructField field = column_type();
                if (!field.nullable) {
                    c_.fail("USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS",
                        {{"input", c_.text_since(place)}}, place);
                }
                plan::ColumnDef column;
                column.name = field.name;
                column.type = field.type;
                column.nullable = field.nullable;
                column.comment = field.comment().value_or("");
                column.has_comment = field.comment().has_value();
                f->return_table->push_back(std::move(column));
            } while (c_.accept(Tok::kComma));
            c_.expect(Tok::kRightParen);
        } else if (c_.at(Kw::kTable)) {
            c_.take();
            f->return_table.emplace();  // the columns of the query
        } else {
            f->return_type = data_type();
        }
    }
    if (routine_characteristics(f.get()))
        python_body(f.get(), first);
    else
        function_body(f.get(), first);
    if (f->or_replace && f->if_not_exists) {
        c_.fail("INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE", {}, first);
    }
    if (temporary && f->if_not_exists)
        c_.fail("INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS", {}, first);
    return done(f, first);
}

void Parser::function_parameters(plan::CreateFunction* f) {
    c_.expect(Tok::kLeftParen);
    if (c_.accept(Tok::kRightParen)) return;
    do {
        size_t place = c_.pos();
        plan::ColumnDef column = column_definition(nullptr);
        if (!column.nullable) {
            c_.fail("USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS",
                {{"input", c_.text_since(place)}}, place);
        }
        if (!column.generation_sql.empty() || column.identity) {
            c_.fail(
                "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS", {}, place);
        }
        f->parameters.push_back(std::move(column));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
}

bool Parser::routine_characteristics(plan::CreateFunction* f) {
    bool is_python = false;
    std::set<std::string> seen;
    auto once = [&](const char* clause) {
        if (!seen.insert(clause).second)
            c_.fail("DUPLICATE_CLAUSES", {{"clauseName", clause}}, c_.pos());
    };
    while (true) {
        size_t place = c_.pos();
        if (c_.accept(Kw::kLanguage)) {
            once("LANGUAGE");
            std::string language = identifier();
            is_python = types::to_upper(language) == "PYTHON";
            if (!is_python && types::to_upper(language) != "SQL")
                unsupported("functions in " + language, place);
        } else if (c_.accept(Kw::kSpecific)) {
            once("SPECIFIC");
            error_capturing_identifier();
            not_allowed("SQL function with SPECIFIC name", place);
        } else if (c_.accept(Kw::kDeterministic)) {
            once("DETERMINISTIC");
            f->deterministic = true;
        } else if (c_.accept_words({Kw::kNot, Kw::kDeterministic})) {
            once("DETERMINISTIC");
            f->deterministic = false;
        } else if (c_.accept_words({Kw::kContains, Kw::kSql})) {
            once("SQL DATA ACCESS");
            f->data_access = "CONTAINS SQL";
        } else if (c_.accept_words({Kw::kReads, Kw::kSql, Kw::kData})) {
            once("SQL DATA ACCESS");
            f->data_access = "READS SQL DATA";
        } else if (c_.accept_words({Kw::kNo, Kw::kSql}) ||
                   c_.accept_words({Kw::kModifies, Kw::kSql, Kw::kData})) {
            not_allowed("SQL function with " + c_.text_since(place), place);
        } else if (c_.accept_words({Kw::kReturns, Kw::kNull, Kw::kOn, Kw::kNull, Kw::kInput})) {
            not_allowed("SQL function with RETURNS NULL ON NULL INPUT", place);
        } else if (c_.accept_words({Kw::kCalled, Kw::kOn, Kw::kNull, Kw::kInput})) {
            once("NULL CALL");
        } else if (c_.accept_words({Kw::kSql, Kw::kSecurity, Kw::kInvoker})) {
            not_allowed("SQL function with SQL SECURITY INVOKER", place);
        } else if (c_.accept_words({Kw::kSql, Kw::kSecurity, Kw::kDefiner})) {
            once("SQL SECURITY");
        } else if (c_.accept(Kw::kComment)) {
            once("COMMENT");
            f->comment = string_literal();
        } else {
            return is_python;
        }
    }
}

// AS $$ text $$: the function over its parameters is the body.
void Parser::python_body(plan::CreateFunction* f, size_t first) {
    constexpr int kRowFunction = 100;  // of PySpark's eval types
    if (f->return_table) unsupported("Python table functions in SQL", first);
    if (!f->return_type) unsupported("Python functions without RETURNS", first);
    c_.expect(Kw::kAs);
    size_t begin = c_.pos();
    std::string text;
    if (c_.at(Tok::kDollarQuoted)) {
        auto spelling = c_.spelling(c_.take());
        text = spelling.substr(2, spelling.size() - 4);
    } else {
        text = string_literal();
    }
    std::vector<std::string> names;
    auto call = node<plan::PythonUdf>(begin);
    for (const auto& parameter : f->parameters) {
        names.push_back(parameter.name);
        call->args.push_back(plan::attribute({parameter.name}));
    }
    call->name = f->name.parts.empty() ? "function" : f->name.parts.back();
    call->eval_type = kRowFunction;
    call->output_type = f->return_type;
    call->command = pickled_python_function(names, text, *f->return_type);
    call->deterministic = f->deterministic.value_or(true);
    f->body = call;
    f->body_sql = c_.text_since(begin);
}

// RETURN query | expression
void Parser::function_body(plan::CreateFunction* f, size_t first) {
    c_.expect(Kw::kReturn);
    size_t begin = c_.pos();
    bool is_query = at_query();
    if (is_query && f->return_table) {
        f->body_query = query();
    } else if (is_query) {
        RelationPtr plan = query();
        f->body = node<plan::Subquery>(begin, plan::SubqueryKind::kScalar, plan);
    } else {
        f->body = expression();
    }
    f->body_sql = c_.text_since(begin);
    if (!f->return_table || f->body_query) return;
    if (f->body->kind == plan::ExprKind::kSubquery &&
        f->body->as<plan::Subquery>().subquery_kind == plan::SubqueryKind::kScalar) {
        f->body_query = f->body->as<plan::Subquery>().plan;
        f->body = nullptr;
        return;
    }
    c_.fail("USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY",
        {{"name", quote_if_needed(f->name.parts)}}, first);
}

}  // namespace hanok::sql
