#pragma once
// What the server's configuration gives every session, over Spark's defaults.

#include <map>
#include <string>

namespace hanok::session {

/// Set once at start, before sessions are opened.
void set_session_defaults(std::map<std::string, std::string> conf);
std::map<std::string, std::string> session_defaults();

}  // namespace hanok::session
