// DECLARE, SET and DROP of variables.

#include "commands/variables.h"

#include <set>

#include "analyzer/search_path.h"
#include "base/error.h"
#include "resolved/tree.h"
#include "session/script_scopes.h"

namespace hanok::commands {

namespace {

std::vector<std::string> full_name(const std::string& name) {
    return {"system", "session", types::to_lower(name)};
}

// v, session.v and system.session.v name the session's variable v.
bool names_session_variable(const plan::Name& name) {
    if (name.size() == 1) return true;
    if (!types::names_equal(name[name.size() - 2], "session")) return false;
    return name.size() == 2 || (name.size() == 3 && types::names_equal(name[0], "system"));
}

Error unresolved(Session& session, const plan::Name& name) {
    auto now = session.current();
    return analysis_error("UNRESOLVED_VARIABLE",
        {{"variableName", quote_identifier(name)},
            {"searchPath", analyzer::shown_search_path(now.catalog, now.schema)}});
}

// The value as the variable's type.
types::Value fold_as(Session& session, const plan::ExprPtr& expr, const types::TypePtr& type) {
    return session.analyzer()->fold(std::make_shared<plan::Cast>(expr, type)).first;
}

analyzer::Variable find(Session& session, const plan::Name& name) {
    if (auto* script = session::RunningScript::of(session)) {
        if (auto local = script->scopes().find(name)) return *local;
    }
    auto variable = names_session_variable(name) ? session.find_variable(name.back())
                                                 : std::nullopt;
    if (!variable) throw unresolved(session, name);
    return *variable;
}

void store(Session& session, const plan::Name& name, analyzer::Variable variable) {
    auto* script = session::RunningScript::of(session);
    if (script && script->scopes().assign(name, variable.value)) return;
    session.put_variable(std::move(variable));
}

// Type and first value of what a DECLARE declares.
analyzer::Variable declared(Session& session, const plan::DeclareVariable& command) {
    analyzer::Variable variable;
    variable.type = command.type;
    variable.default_value = command.default_value;
    if (command.default_value) {
        if (variable.type) {
            variable.value = fold_as(session, command.default_value, variable.type);
        } else {
            std::tie(variable.value, variable.type) = session.analyzer()->fold(
                command.default_value);
        }
    }
    if (!variable.type) variable.type = types::DataType::null();
    return variable;
}

// Is this the word DEFAULT, which stands for the variable's default?
bool is_default(const plan::ExprPtr& expr) {
    if (expr->kind != plan::ExprKind::kAttribute) return false;
    const auto& parts = expr->as<plan::Attribute>().parts;
    return parts.size() == 1 && types::names_equal(parts[0], "default");
}

// Was it the word DEFAULT that stood for nothing?
bool misses_default(const Error& error) {
    auto name = error.parameters().find("objectName");
    return error.condition().rfind("UNRESOLVED_COLUMN", 0) == 0 &&
           name != error.parameters().end() && types::names_equal(name->second, "`default`");
}

types::Value assigned_value(
    Session& session, const plan::ExprPtr& value, const analyzer::Variable& variable) {
    if (!is_default(value)) {
        try {
            return fold_as(session, value, variable.type);
        } catch (const Error& error) {
            if (misses_default(error)) throw analysis_error("DEFAULT_PLACEMENT_INVALID");
            throw;
        }
    }
    if (!variable.default_value) return {};
    return fold_as(session, variable.default_value, variable.type);
}

plan::Exprs with_defaults(plan::Exprs columns, const std::vector<analyzer::Variable>& variables) {
    for (size_t i = 0; i < columns.size() && i < variables.size(); ++i) {
        if (!is_default(columns[i])) continue;
        const auto& value = variables[i].default_value;
        columns[i] = value ? value : plan::null_literal();
    }
    return columns;
}

// The query with the word DEFAULT in its select list, or row, replaced by the variables' defaults.
plan::RelationPtr with_defaults(
    const plan::RelationPtr& query, const std::vector<analyzer::Variable>& variables) {
    auto above = [&]<class Node>(const Node& node) {
        auto copy = std::make_shared<Node>(node);
        copy->child = with_defaults(node.child, variables);
        return copy;
    };
    switch (query->kind) {
        case plan::RelationKind::kWith: return above(query->as<plan::With>());
        case plan::RelationKind::kLimit: return above(query->as<plan::Limit>());
        case plan::RelationKind::kOffset: return above(query->as<plan::Offset>());
        case plan::RelationKind::kSort: return above(query->as<plan::Sort>());
        case plan::RelationKind::kSubqueryAlias: return above(query->as<plan::SubqueryAlias>());
        case plan::RelationKind::kProject: {
            auto copy = std::make_shared<plan::Project>(query->as<plan::Project>());
            copy->columns = with_defaults(copy->columns, variables);
            return copy;
        }
        case plan::RelationKind::kValues: {
            auto copy = std::make_shared<plan::Values>(query->as<plan::Values>());
            for (auto& row : copy->rows) row = with_defaults(row, variables);
            return copy;
        }
        default: return query;
    }
}

// A column called DEFAULT comes before the variables' defaults.
resolved::PlanPtr analyze_row(Session& session, const plan::RelationPtr& query,
    const std::vector<analyzer::Variable>& variables) {
    try {
        return session.analyze(query);
    } catch (const Error& error) {
        if (!misses_default(error)) throw;
    }
    try {
        return session.analyze(with_defaults(query, variables));
    } catch (const Error& error) {
        if (misses_default(error)) throw analysis_error("DEFAULT_PLACEMENT_INVALID");
        throw;
    }
}

void check_distinct(const std::vector<plan::Name>& targets) {
    std::set<std::string> seen;
    for (const auto& target : targets) {
        if (!seen.insert(types::to_lower(target.back())).second) {
            throw analysis_error(
                "DUPLICATE_ASSIGNMENTS", {{"nameList", quote_identifier(target.back())}});
        }
    }
}

}  // namespace

Output declare_variable(Session& session, const plan::DeclareVariable& command) {
    for (const auto& name : command.names) {
        if (!names_session_variable(name)) throw unresolved(session, name);
        if (session.find_variable(name.back()) && !command.or_replace) {
            throw analysis_error("VARIABLE_ALREADY_EXISTS",
                {{"variableName", quote_identifier(full_name(name.back()))}});
        }
        if (command.default_value) {
            auto typed = session.analyzer()->analyze_expression(command.default_value, {});
            if (resolved::contains(*typed, resolved::ExprKind::kSubquery)) {
                throw analysis_error("INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION",
                    {{"statement", "DECLARE VARIABLE"},
                        {"colName", quote_identifier(full_name(name.back()))},
                        {"defaultValue", ""}});
            }
        }
        auto variable = declared(session, command);
        variable.name = full_name(name.back());
        session.put_variable(std::move(variable));
    }
    return nullptr;
}

void declare_local_variables(Session& session, const plan::DeclareVariable& command) {
    auto& scopes = session::RunningScript::of(session)->scopes();
    for (const auto& name : command.names) {
        if (!scopes.declare(name.back(), declared(session, command))) {
            throw analysis_error(
                "VARIABLE_ALREADY_EXISTS", {{"variableName", quote_identifier(name)}});
        }
    }
}

Output set_variable(Session& session, const plan::SetVariable& command) {
    std::vector<plan::Name> targets;
    for (const auto& assignment : command.assignments) {
        if (assignment.key->kind != plan::ExprKind::kAttribute)
            throw unsupported_feature("assignments to expressions");
        targets.push_back(assignment.key->as<plan::Attribute>().parts);
    }
    std::vector<analyzer::Variable> variables;
    for (const auto& target : targets) variables.push_back(find(session, target));
    check_distinct(targets);
    // All values are of the time before the statement.
    for (size_t i = 0; i < targets.size(); ++i)
        variables[i].value = assigned_value(session, command.assignments[i].value, variables[i]);
    for (size_t i = 0; i < targets.size(); ++i) store(session, targets[i], variables[i]);
    if (command.query) assign_row(session, command.targets, command.query);
    return nullptr;
}

HiddenVariables::HiddenVariables(Session& session) : script_(session::RunningScript::of(session)) {
    if (script_) before_ = script_->scopes().hide_variables(true);
}

HiddenVariables::~HiddenVariables() {
    if (script_) script_->scopes().hide_variables(before_);
}

void assign_row(Session& session, const std::vector<plan::Name>& targets,
    const plan::RelationPtr& query, bool isolated) {
    std::vector<analyzer::Variable> variables;
    for (const auto& target : targets) variables.push_back(find(session, target));
    check_distinct(targets);
    std::optional<HiddenVariables> hidden;
    if (isolated) hidden.emplace(session);
    auto plan = analyze_row(session, query, variables);
    hidden.reset();
    if (plan->output.size() != targets.size()) {
        throw analysis_error(
            "ASSIGNMENT_ARITY_MISMATCH", {{"numTarget", std::to_string(targets.size())},
                                             {"numExpr", std::to_string(plan->output.size())}});
    }
    auto rows = session.platform().engine().collect(
        session.use_cache(plan), session.query_context(), 2);
    if (rows.size() > 1) throw runtime_error("ROW_SUBQUERY_TOO_MANY_ROWS", {});
    std::vector<types::TypePtr> columns;
    for (const auto& column : plan->output) columns.push_back(column.type);
    std::vector<types::Value> values(columns.size());
    assign_values(session, targets, columns, rows.empty() ? values : rows[0]);
}

std::vector<types::TypePtr> variable_types(
    Session& session, const std::vector<plan::Name>& targets) {
    std::vector<types::TypePtr> out;
    for (const auto& target : targets) out.push_back(find(session, target).type);
    return out;
}

void assign_values(Session& session, const std::vector<plan::Name>& targets,
    const std::vector<types::TypePtr>& types, const std::vector<types::Value>& values,
    const plan::OriginPtr& origin) {
    std::vector<analyzer::Variable> variables;
    for (const auto& target : targets) variables.push_back(find(session, target));
    check_distinct(targets);
    for (size_t i = 0; i < targets.size(); ++i) {
        auto cast = std::make_shared<plan::Cast>(
            plan::literal(types[i], values[i]), variables[i].type);
        cast->origin = origin;
        variables[i].value = session.analyzer()->fold(cast).first;
    }
    for (size_t i = 0; i < targets.size(); ++i) store(session, targets[i], variables[i]);
}

Output drop_variable(Session& session, const plan::DropVariable& command) {
    bool dropped = names_session_variable(command.name) &&
                   session.drop_variable(command.name.back());
    if (!dropped && !command.if_exists) {
        throw analysis_error("VARIABLE_NOT_FOUND",
            {{"variableName", quote_identifier(full_name(command.name.back()))}});
    }
    return nullptr;
}

}  // namespace hanok::commands
