#pragma once
// The operator of Python stages: a table function over a table.

#include <duckdb.hpp>

namespace hanok::engine {

// hanok_python(TABLE, spec := pointer to a PythonStageSpec that outlives the query).
inline constexpr const char* kPythonFunction = "hanok_python";
void register_python(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
