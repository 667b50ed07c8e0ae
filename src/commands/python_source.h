#pragma once
// Writing rows to data sources of Python code.

#include <string>

#include "plan/command.h"
#include "resolved/plan.h"
#include "session/session.h"

namespace hanok::commands {

// Sends the rows to the source of the name; false when there is none. `path`: option "path" when
// not empty. Throws UNSUPPORTED_DATA_SOURCE_SAVE_MODE for modes but append and overwrite.
bool write_to_python_source(session::Session& session, const std::string& format,
    const std::string& path, const plan::Options& options, plan::SaveMode mode,
    const resolved::PlanPtr& rows);

}  // namespace hanok::commands
