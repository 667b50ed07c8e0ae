#pragma once
// What the bodies of views and functions must keep to when they are made.

#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "plan/command.h"
#include "session/session.h"

namespace hanok::commands {

// Objects that outlive the session may not stand on the session's own
// (INVALID_TEMP_OBJ_REFERENCE).
void check_temporary_uses(
    const analyzer::BodyUses& uses, const std::string& type, const std::vector<std::string>& name);

// Parameters, defaults, result and body of a function that is about to be created.
void check_new_function(session::Session& session, const plan::CreateFunction& command,
    const analyzer::SqlFunction& function);

}  // namespace hanok::commands
