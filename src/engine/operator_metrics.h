#pragma once
// What the operators of one query did: rows, time, files. DuckDB's profiler counts, our scans add
// what they know of files.

#include <duckdb.hpp>
#include <map>
#include <memory>
#include <vector>

#include "engine/engine.h"

namespace duckdb {
class ProfilingNode;
}

namespace hanok::engine {

struct ScanCounts;  // engine/io/data_scan.h

class OperatorCounts {
public:
    // Before the query is planned: its connection counts.
    explicit OperatorCounts(duckdb::ClientContext& context);

    // Once it is planned and nothing has run. The plan is gone when the query ends.
    void planned();
    // Once it has ended, and before the connection runs another. The tree of operators, top first,
    // each with the id of the one above; the first has `root_id` and no parent (-1).
    std::vector<OperatorMetrics> read(int64_t root_id, int64_t rows) const;

private:
    void add(duckdb::ProfilingNode& node, int64_t parent, std::vector<OperatorMetrics>* out) const;

    duckdb::ClientContext& context_;
    std::map<const duckdb::ProfilingNode*, std::shared_ptr<const ScanCounts>> scans_;
};

}  // namespace hanok::engine
