#pragma once
// What a table function's `analyze` method says of a call, asked of a Python worker.

#include "engine/engine.h"
#include "python/worker_pool.h"
#include "resolved/plan.h"

namespace hanok::engine {

// The one row of a stage whose function has eval_type::kAnalyzeTable; resolved/python_analysis.h
// says what its arguments and columns are. Throws Error
// TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON.
resolved::Values analyzed_table(
    python::WorkerPool& pool, const QueryContext& query, const resolved::PythonStage& stage);

}  // namespace hanok::engine
