#pragma once
// The operator that reads Python data sources: a table function whose partitions are tasks of
// workers, as many at once as the query has threads.

#include <duckdb.hpp>
#include <string>
#include <vector>

#include "engine/python/stage_spec.h"

namespace hanok::engine {

struct PythonSourceSpec {
    PythonStageSpec stage;                // its pool, task and results; no input
    std::vector<std::string> partitions;  // pickled
};

// hanok_python_source(spec := pointer to a PythonSourceSpec that outlives the query).
inline constexpr const char* kPythonSourceFunction = "hanok_python_source";
void register_python_source(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
