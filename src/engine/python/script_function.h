#pragma once
// The operator that runs a script: its one column of input as bytes, the script's lines as rows.

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "python/worker_pool.h"

namespace hanok::engine {

constexpr const char* kScriptFunction = "hanok_script";

struct ScriptSpec {
    std::string command;
    std::string column;  // of the lines
    std::shared_ptr<python::WorkerPool> pool;
};

// Table function hanok_script(TABLE, spec := pointer to a ScriptSpec).
void register_script(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
