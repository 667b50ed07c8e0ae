#include "commands/script_cursors.h"

#include "base/error.h"
#include "commands/variables.h"
#include "session/row_pages.h"
#include "session/script_scopes.h"

namespace hanok::commands {

namespace {

using Kind = plan::ScriptStatement::Kind;

std::string as_written(const plan::Name& name) {
    std::string out;
    for (const auto& part : name) out += (out.empty() ? "" : ".") + part;
    return out;
}

// The query with the values of USING in place of its parameter markers. Those of `?` are in the
// order of USING, whatever their names are there.
plan::RelationPtr bound_query(
    Session& session, const std::string& query, const plan::ScriptStatement& open) {
    auto options = session.parser_options();
    auto statement = sql::parse_statement(query, options);
    bool is_positional = statement.positional_parameters > 0;
    if (!is_positional && statement.named_parameters.empty()) return statement.query;
    auto values = std::make_shared<sql::ParameterValues>();
    std::string unnamed;
    for (const auto& argument : open.cursor_arguments) {
        bool has_name = argument->kind == plan::ExprKind::kAlias;
        auto value = parameter_value(
            session, has_name ? argument->as<plan::Alias>().child : argument);
        if (is_positional) {
            values->positional.push_back(std::move(value));
        } else if (has_name) {
            values->named.emplace(argument->as<plan::Alias>().names.at(0), std::move(value));
        } else {
            const auto& literal = value->as<plan::Literal>();
            unnamed += (unnamed.empty() ? "\"" : ", \"") +
                       types::value_sql(literal.value, *literal.type) + "\"";
        }
    }
    if (!unnamed.empty() && statement.positional_parameters == 0)
        throw analysis_error("ALL_PARAMETERS_MUST_BE_NAMED", {{"exprs", unnamed}});
    options.parameters = values;
    return sql::parse_statement(query, options).query;
}

// One STRUCT variable takes all the columns, where they are several.
void fetch(Session& session, session::ScriptCursor& cursor, const plan::ScriptStatement& s) {
    auto variables = variable_types(session, s.targets);
    auto& rows = *cursor.rows;
    const auto* row = rows.next();
    if (!row) {
        throw Error(
            ErrorKind::kSpark, "CURSOR_NO_MORE_ROWS", {{"cursorName", quote_identifier(s.cursor)}});
    }
    std::vector<types::TypePtr> columns;
    types::Fields fields;
    for (const auto& column : rows.columns()) {
        columns.push_back(column.type);
        fields.push_back({column.name, column.type, column.nullable, {}});
    }
    auto values = *row;
    bool is_struct = s.targets.size() == 1 && columns.size() > 1 &&
                     variables[0]->is(types::TypeId::kStruct);
    if (is_struct && variables[0]->fields().size() == columns.size()) {
        columns = {types::DataType::struct_(std::move(fields))};
        values = {types::list_value(std::move(values))};
    }
    size_t targets = is_struct ? variables[0]->fields().size() : s.targets.size();
    if (s.targets.size() != columns.size()) {
        throw analysis_error("ASSIGNMENT_ARITY_MISMATCH",
            {{"numTarget", std::to_string(targets)}, {"numExpr", std::to_string(columns.size())}});
    }
    assign_values(session, s.targets, columns, values, s.origin);
}

}  // namespace

void run_cursor_statement(Session& session, const plan::ScriptStatement& s) {
    auto* script = session::RunningScript::of(session);
    if (!script) {
        if (s.kind == Kind::kFetchCursor) variable_types(session, s.targets);
        throw analysis_error("CURSOR_OUTSIDE_SCRIPT",
            {{"cursorName", s.kind == Kind::kDeclareCursor ? quote_identifier(s.cursor)
                                                           : as_written(s.cursor)}});
    }
    if (s.kind == Kind::kDeclareCursor) {
        if (script->scopes().declare_cursor(s.cursor[0], s.cursor_query)) return;
        throw analysis_error("CURSOR_ALREADY_EXISTS", {{"cursorName", quote_identifier(s.cursor)}});
    }
    if (s.kind == Kind::kFetchCursor) variable_types(session, s.targets);
    auto* cursor = script->scopes().find_cursor(s.cursor);
    if (!cursor) throw analysis_error("CURSOR_NOT_FOUND", {{"cursorName", as_written(s.cursor)}});
    ErrorParameters name{{"cursorName", quote_identifier(cursor->name)}};
    bool opens = s.kind == Kind::kOpenCursor;
    if (opens && cursor->rows) throw analysis_error("CURSOR_ALREADY_OPEN", name);
    if (!opens && !cursor->rows) throw analysis_error("CURSOR_NOT_OPEN", name);
    if (opens) {
        auto plan = session.analyze(bound_query(session, cursor->query, s));
        cursor->rows = std::make_unique<session::RowPages>(session, plan);
    } else if (s.kind == Kind::kFetchCursor) {
        fetch(session, *cursor, s);
    } else {
        cursor->rows.reset();
    }
}

}  // namespace hanok::commands
