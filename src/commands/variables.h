#pragma once
// Session variables, the local ones of scripts, and arguments of USING.

#include "commands/command.h"

namespace hanok::session {
class RunningScript;
}

namespace hanok::commands {

// DECLARE in a script: in its innermost scope.
void declare_local_variables(Session& session, const plan::DeclareVariable& command);
// Throws UNRESOLVED_VARIABLE.
std::vector<types::TypePtr> variable_types(
    Session& session, const std::vector<plan::Name>& targets);
// Gives each variable its value, cast from the type at its place; `origin`: of the statement.
void assign_values(Session& session, const std::vector<plan::Name>& targets,
    const std::vector<types::TypePtr>& types, const std::vector<types::Value>& values,
    const plan::OriginPtr& origin = nullptr);
// Gives the variables the columns of a query's only row; NULLs when it has none. `isolated`: the
// query is that of EXECUTE IMMEDIATE.
void assign_row(Session& session, const std::vector<plan::Name>& targets,
    const plan::RelationPtr& query, bool isolated = false);

// While it lives, the local variables of a script that the thread runs are not seen.
class HiddenVariables {
public:
    explicit HiddenVariables(Session& session);
    ~HiddenVariables();
    HiddenVariables(const HiddenVariables&) = delete;
    HiddenVariables& operator=(const HiddenVariables&) = delete;

private:
    session::RunningScript* script_;  // null: none runs
    bool before_ = false;
};

// The value of an argument of USING, as a literal.
plan::ExprPtr parameter_value(Session& session, const plan::ExprPtr& argument);

}  // namespace hanok::commands
