// DECLARE, SET and DROP session variables.

#include "base/error.h"
#include "commands/command.h"

namespace hanok::commands {

namespace {

std::vector<std::string> full_name(const std::string& name) {
    return {"system", "session", types::to_lower(name)};
}

// The value as the variable's type.
types::Value fold_as(Session& session, const plan::ExprPtr& expr, const types::TypePtr& type) {
    return session.analyzer()->fold(std::make_shared<plan::Cast>(expr, type)).first;
}

analyzer::Variable find(Session& session, const plan::Name& name) {
    auto variable = session.find_variable(name.back());
    if (!variable) {
        throw analysis_error("UNRESOLVED_VARIABLE",
            {{"variableName", quote_identifier(name)}, {"searchPath", "`system`.`session`"}});
    }
    return *variable;
}

}  // namespace

Output declare_variable(Session& session, const plan::DeclareVariable& command) {
    for (const auto& name : command.names) {
        if (session.find_variable(name.back()) && !command.or_replace) {
            throw analysis_error("VARIABLE_ALREADY_EXISTS",
                {{"variableName", quote_identifier(full_name(name.back()))}});
        }
        analyzer::Variable variable;
        variable.name = full_name(name.back());
        variable.type = command.type;
        if (command.default_value) {
            if (variable.type) {
                variable.value = fold_as(session, command.default_value, variable.type);
            } else {
                std::tie(variable.value, variable.type) = session.analyzer()->fold(
                    command.default_value);
            }
        }
        if (!variable.type) variable.type = types::DataType::null();
        session.put_variable(std::move(variable));
    }
    return nullptr;
}

Output set_variable(Session& session, const plan::SetVariable& command) {
    for (const auto& assignment : command.assignments) {
        if (assignment.key->kind != plan::ExprKind::kAttribute)
            throw unsupported_feature("assignments to expressions");
        auto variable = find(session, assignment.key->as<plan::Attribute>().parts);
        variable.value = fold_as(session, assignment.value, variable.type);
        session.put_variable(std::move(variable));
    }
    if (!command.query) return nullptr;
    auto plan = session.analyze(command.query);
    if (plan->output.size() != command.targets.size()) {
        throw analysis_error(
            "ASSIGNMENT_ARITY_MISMATCH", {{"numTarget", std::to_string(command.targets.size())},
                                             {"numExpr", std::to_string(plan->output.size())}});
    }
    auto rows = session.platform().engine().collect(
        session.use_cache(plan), session.query_context(), 2);
    if (rows.size() > 1) throw runtime_error("ROW_SUBQUERY_TOO_MANY_ROWS", {});
    for (size_t i = 0; i < command.targets.size(); ++i) {
        auto variable = find(session, command.targets[i]);
        types::Value value = rows.empty() ? types::Value() : rows[0][i];
        variable.value = fold_as(
            session, plan::literal(plan->output[i].type, std::move(value)), variable.type);
        session.put_variable(std::move(variable));
    }
    return nullptr;
}

Output drop_variable(Session& session, const plan::DropVariable& command) {
    if (!session.drop_variable(command.name.back()) && !command.if_exists) {
        throw analysis_error("VARIABLE_NOT_FOUND",
            {{"variableName", quote_identifier(full_name(command.name.back()))}});
    }
    return nullptr;
}

}  // namespace hanok::commands
