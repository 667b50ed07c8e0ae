#pragma once
// Reads of Python data sources, planned: their readers say which partitions there are and which
// filters they take care of.

#include "engine/engine.h"
#include "engine/instance/instance.h"
#include "resolved/plan.h"

namespace hanok::engine {

// The same plan with every scan of a PythonScanSource replaced by one that the lowering can run,
// without the filters above it that its reader applies. Asks Python workers. Throws Error
// PYTHON_DATA_SOURCE_ERROR.
resolved::PlanPtr plan_python_scans(
    const resolved::PlanPtr& plan, const QueryContext& query, const Instance& instance);

// A planned scan as lower_scan() wants it; null for scans of other sources. Its spec lives as long
// as the plan.
duckdb::unique_ptr<duckdb::TableRef> python_scan_ref(const resolved::Scan& scan,
    const std::string& alias, const std::vector<std::string>& column_names);

}  // namespace hanok::engine
