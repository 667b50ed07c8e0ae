// CREATE FUNCTION.
#include <algorithm>

#include "sql/parser_impl.h"
#include "sql/python_source.h"

namespace hanok::sql {

namespace {

// Null when the class tells by itself (RETURNS TABLE without columns).
types::TypePtr table_type(const std::vector<plan::ColumnDef>& columns) {
    if (columns.empty()) return nullptr;
    types::Fields fields;
    for (const auto& column : columns) fields.push_back({column.name, column.type, true, ""});
    return types::DataType::struct_(std::move(fields));
}

}  // namespace

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
    auto python = routine_characteristics(f.get());
    bool takes_table = std::any_of(f->parameters.begin(), f->parameters.end(),
        [](const plan::ColumnDef& parameter) { return parameter.type == nullptr; });
    if (takes_table && !(python && f->return_table))
        unsupported("TABLE parameters of functions other than Python table functions", first);
    if (python)
        python_body(f.get(), *python, first);
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
        if (at_identifier() && c_.at(Kw::kTable, 1)) {
            plan::ColumnDef table;
            table.name = identifier();
            c_.take();
            f->parameters.push_back(std::move(table));
            continue;
        }
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

std::optional<Parser::PythonRoutine> Parser::routine_characteristics(plan::CreateFunction* f) {
    bool is_python = false;
    PythonRoutine python;
    size_t begin = c_.pos();
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
        } else if (c_.accept(Kw::kHandler)) {
            once("HANDLER");
            python.handler = string_literal();
        } else if (c_.at_text("PARAMETER") && c_.at_text("STYLE", 1)) {
            c_.seek(c_.pos() + 2);
            once("PARAMETER STYLE");
            python.is_pandas = c_.accept_text("PANDAS");
            if (!python.is_pandas && !c_.accept_text("SCALAR"))
                unsupported("functions with PARAMETER STYLE " + identifier(), place);
        } else if (c_.at_text("ENVIRONMENT") && c_.at(Tok::kLeftParen, 1)) {
            unsupported("functions with an ENVIRONMENT of their own", place);
        } else {
            if (is_python) return python;
            if (seen.contains("HANDLER") || seen.contains("PARAMETER STYLE"))
                not_allowed("SQL function with HANDLER or PARAMETER STYLE", begin);
            return std::nullopt;
        }
    }
}

// AS $$ text $$: the inside of a function over the parameters or, with HANDLER, a module with it.
void Parser::python_body(plan::CreateFunction* f, const PythonRoutine& routine, size_t first) {
    // Of PySpark's eval types.
    constexpr int kRowFunction = 100;
    constexpr int kPandasIterator = 204;
    constexpr int kTableFunction = 300;
    bool is_table = f->return_table.has_value();
    if (!is_table && !f->return_type) unsupported("Python functions without RETURNS", first);
    if ((is_table || routine.is_pandas) && routine.handler.empty())
        unsupported("Python functions of this kind without HANDLER", first);
    if (is_table && routine.is_pandas)
        unsupported("Python table functions with PARAMETER STYLE PANDAS", first);
    c_.expect(Kw::kAs);
    size_t begin = c_.pos();
    std::string text;
    if (c_.at(Tok::kDollarQuoted)) {
        auto spelling = c_.spelling(c_.take());
        text = spelling.substr(2, spelling.size() - 4);
    } else {
        text = string_literal();
    }
    f->body_sql = c_.text_since(begin);
    std::vector<std::string> names;
    Exprs args;
    for (const auto& parameter : f->parameters) {
        names.push_back(parameter.name);
        args.push_back(plan::attribute({parameter.name}));
    }
    auto name = f->name.parts.empty() ? "function" : f->name.parts.back();
    if (is_table) {
        auto table = node<plan::PythonTable>(begin);
        table->name = name;
        table->eval_type = kTableFunction;
        table->return_type = table_type(*f->return_table);
        table->command = pickled_python_class(text, routine.handler);
        table->deterministic = f->deterministic.value_or(true);
        table->args = std::move(args);
        f->body_query = std::move(table);
        return;
    }
    auto call = node<plan::PythonUdf>(begin);
    call->args = std::move(args);
    call->name = name;
    call->eval_type = routine.is_pandas ? kPandasIterator : kRowFunction;
    call->output_type = f->return_type;
    call->command = routine.handler.empty()
                        ? pickled_python_function(names, text, *f->return_type)
                        : pickled_python_handler(text, routine.handler, *f->return_type);
    call->deterministic = f->deterministic.value_or(true);
    f->body = call;
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
