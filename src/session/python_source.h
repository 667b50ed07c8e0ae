#pragma once
// Data sources of Python code by name: those of the session, then those of installed packages.

#include "engine/python_sources.h"
#include "plan/relation.h"

namespace hanok::session {

class Session;

// Formats of the server's own, whose names no class can have.
bool is_builtin_format(const std::string& name);

// Keeps a class that a client registered (its eval_type is kDataSource).
void put_python_source(Session& session, const std::shared_ptr<const plan::PythonUdf>& source);

// Null when there is none of the name.
engine::PythonSourceClassPtr find_python_source(Session& session, const std::string& name);

// A source with its options, and the paths as options.
engine::PythonSourceCall python_source_call(const engine::PythonSourceClassPtr& source,
    const std::string& provider, const std::map<std::string, std::string>& options,
    const std::vector<std::string>& paths);

// What a read scans; its schema is the user's (`schema`), or what the class says.
resolved::ScanSourcePtr scan_python_source(
    Session& session, const engine::PythonSourceCall& call, const types::TypePtr& schema);

}  // namespace hanok::session
