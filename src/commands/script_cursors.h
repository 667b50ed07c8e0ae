#pragma once
// Cursors of SQL scripts.

#include "commands/command.h"

namespace hanok::commands {

// DECLARE, OPEN, FETCH or CLOSE in the script that the thread runs; CURSOR_OUTSIDE_SCRIPT when it
// runs none. FETCH behind the last row raises CURSOR_NO_MORE_ROWS and leaves the variables.
void run_cursor_statement(Session& session, const plan::ScriptStatement& statement);

}  // namespace hanok::commands
