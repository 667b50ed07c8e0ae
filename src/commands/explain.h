#pragma once
// What EXPLAIN and df.explain() say.

#include <string>

#include "plan/fwd.h"

namespace hanok::session {
class Session;
}

namespace hanok::commands {

// `mode`: SIMPLE, EXTENDED, COST, FORMATTED; CODEGEN is refused.
std::string explain_query(
    session::Session& session, const plan::RelationPtr& query, const std::string& mode);

// A tree of "Operator arguments" lines, as "Operator (number)" lines and a paragraph for each.
std::string formatted_plan(const std::string& tree);

}  // namespace hanok::commands
