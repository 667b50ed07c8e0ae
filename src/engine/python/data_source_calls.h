#pragma once
// The questions to Python workers that plan reads and writes of Python data sources. Each throws
// Error PYTHON_DATA_SOURCE_ERROR with the traceback when the class's code fails.

#include <optional>
#include <string>
#include <vector>

#include "engine/python_sources.h"
#include "python/worker_pool.h"

namespace hanok::engine {

// How the rows of a source are read: a function over one pickled partition each.
struct PythonReadPlan {
    std::string function;
    std::vector<std::string> partitions;
    std::vector<size_t> pushed;  // which of the offered filters the reader takes care of
};

// `filters`: a JSON array of what the reader is offered; nullopt offers nothing.
PythonReadPlan plan_python_read(python::WorkerPool& pool, const PythonScanSource& source,
    const std::optional<std::string>& filters, const QueryContext& query);

struct PythonWritePlan {
    std::string function;  // from rows to a pickled message
    std::string writer;    // pickled
};

PythonWritePlan plan_python_write(python::WorkerPool& pool, const PythonSourceCall& call,
    const types::DataType& schema, bool overwrite, const QueryContext& query);

// Tells the writer how it ended; a null message is of a task that failed.
void end_python_write(python::WorkerPool& pool, const PythonSourceCall& call,
    const std::string& writer, const std::vector<std::optional<std::string>>& messages,
    bool is_abort, const QueryContext& query);

PythonSourceInstance create_python_source(python::WorkerPool& pool, const PythonSourceCall& call,
    const types::TypePtr& schema, const QueryContext& query);

std::vector<PythonSourceClassPtr> installed_python_sources(python::WorkerPool& pool);

// The columns that go to a read function and come from a write function.
types::TypePtr python_partition_schema();
types::TypePtr python_message_schema();

}  // namespace hanok::engine
