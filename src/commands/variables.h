#pragma once
// Session variables and the local ones of scripts.

#include "commands/command.h"

namespace hanok::commands {

// DECLARE in a script: in its innermost scope.
void declare_local_variables(Session& session, const plan::DeclareVariable& command);
// Gives the variables the columns of a query's only row; NULLs when it has none.
void assign_row(
    Session& session, const std::vector<plan::Name>& targets, const plan::RelationPtr& query);

}  // namespace hanok::commands
