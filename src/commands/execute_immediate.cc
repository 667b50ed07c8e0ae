// EXECUTE IMMEDIATE: a statement that is a string.

#include "base/error.h"
#include "commands/command.h"
#include "commands/variables.h"
#include "resolved/tree.h"
#include "session/script_scopes.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

bool has_subquery(Session& session, const plan::ExprPtr& expr) {
    auto typed = session.analyzer()->analyze_expression(expr, {});
    return resolved::contains(*typed, resolved::ExprKind::kSubquery);
}

// BEGIN … END, not a cursor's statement.
bool is_whole_script(const plan::Command& command) {
    return command.kind == plan::CommandKind::kScript &&
           command.as<plan::Script>().block->kind == plan::ScriptStatement::Kind::kBlock;
}

std::string statement_text(Session& session, const plan::ExecuteImmediate& command) {
    if (has_subquery(session, command.sql)) {
        throw analysis_error(
            "UNSUPPORTED_EXPR_FOR_PARAMETER", {{"invalidExprSql", command.sql_text}});
    }
    auto [value, type] = session.analyzer()->fold(command.sql);
    if (!type->is_string() && !type->is(types::TypeId::kNull)) {
        throw analysis_error("INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE",
            {{"exprType", "\"" + type->sql() + "\""}});
    }
    if (value.is_null()) {
        throw analysis_error("NULL_QUERY_STRING_EXECUTE_IMMEDIATE",
            {{"varName", quote_identifier(command.sql_text)}});
    }
    return value.as_string();
}

std::shared_ptr<const sql::ParameterValues> arguments(
    Session& session, const plan::ExecuteImmediate& command) {
    if (command.arguments.empty()) return nullptr;
    auto values = std::make_shared<sql::ParameterValues>();
    for (const auto& argument : command.arguments) {
        if (argument->kind == plan::ExprKind::kAlias) {
            const auto& alias = argument->as<plan::Alias>();
            values->named[alias.names.at(0)] = parameter_value(session, alias.child);
        } else {
            values->positional.push_back(parameter_value(session, argument));
        }
    }
    if (values->named.empty() || values->positional.empty()) return values;
    throw analysis_error("ALL_PARAMETERS_MUST_BE_NAMED", {{"exprs", command.sql_text}});
}

}  // namespace

plan::ExprPtr parameter_value(Session& session, const plan::ExprPtr& argument) {
    if (has_subquery(session, argument))
        throw analysis_error("UNSUPPORTED_EXPR_FOR_PARAMETER", {{"invalidExprSql", "subquery"}});
    auto [value, type] = session.analyzer()->fold(argument);
    return plan::literal(type, std::move(value));
}

Output execute_immediate(Session& session, const plan::ExecuteImmediate& command) {
    auto text = statement_text(session, command);
    auto options = session.parser_options();
    options.parameters = arguments(session, command);
    auto statement = sql::parse_statement(text, options);
    bool unbound = !statement.named_parameters.empty() || statement.positional_parameters > 0;
    if (!options.parameters && unbound) {
        throw analysis_error("UNBOUND_SQL_PARAMETER",
            {{"name", statement.named_parameters.empty() ? "_" + std::to_string(text.find('?'))
                                                         : statement.named_parameters[0]}});
    }
    if (statement.command) {
        if (is_whole_script(*statement.command))
            throw analysis_error("SQL_SCRIPT_IN_EXECUTE_IMMEDIATE", {{"sqlString", text}});
        if (!command.targets.empty()) {
            throw analysis_error(
                "INVALID_STATEMENT_FOR_EXECUTE_INTO", {{"sqlString", types::to_upper(text)}});
        }
        HiddenVariables hidden(session);
        return run(session, statement.command);
    }
    if (command.targets.empty()) {
        HiddenVariables hidden(session);
        return session.analyze(statement.query);
    }
    assign_row(session, command.targets, statement.query, true);
    return nullptr;
}

}  // namespace hanok::commands
