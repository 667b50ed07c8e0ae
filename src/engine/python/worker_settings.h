#pragma once
// What a session tells its Python workers.

#include "engine/engine.h"
#include "python/task.h"

namespace hanok::engine {

// Settings that workers read, with Spark's defaults.
python::Settings worker_settings(const QueryContext& query);
// A number among the session's settings; `other` when it is not set or no number.
int64_t worker_setting(const QueryContext& query, const std::string& key, int64_t other);

// Functions without a version of Python are text, or the workers' own: any reads them.
std::string worker_version(const python::WorkerPool& pool, const std::string& version);

python::AddedFiles added_files(const QueryContext& query);

}  // namespace hanok::engine
