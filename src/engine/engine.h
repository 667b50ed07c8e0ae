#pragma once
// The engine's public face. No DuckDB header is needed to use it. Results are Arrow record batches
// whose schema comes from the analyzer's types.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolved/plan.h"
#include "types/value.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hanok::delta {
class CheckpointReader;
class CheckpointWriter;
}  // namespace hanok::delta

namespace hanok::python {
class WorkerPool;
}

namespace hanok::engine {

struct EngineOptions {
    int threads = 0;                 // 0: all cores
    int64_t memory_limit_bytes = 0;  // 0: 70 % of the machine
    std::string spill_directory;
    std::shared_ptr<python::WorkerPool> workers;  // null: one of its own, with the defaults
};

// Everything a query needs to know of its session. Bind data, never SET.
struct QueryContext {
    std::string time_zone = "UTC";
    bool ansi = true;
    int64_t now_micros = 0;
    std::string user;
    std::string operation_id;
    bool large_var_types = false;  // spark.sql.execution.arrow.useLargeVarTypes
    int64_t max_batch_bytes = 4 << 20;
    std::map<std::string, std::string> conf;  // session keys that kernels honour
};

struct OperatorMetrics {
    std::string name;
    int64_t plan_id = 0;
    int64_t parent = -1;
    std::vector<std::pair<std::string, int64_t>> values;  // rows, bytes, files pruned, time_ns
};

struct ObservedMetrics {
    std::string name;
    std::vector<std::string> keys;
    std::vector<types::Value> values;
    std::vector<types::TypePtr> types;
};

// Rows of a running query. One thread at a time; cancel() from any thread.
class ResultStream {
public:
    virtual ~ResultStream() = default;
    virtual std::shared_ptr<arrow::Schema> schema() const = 0;
    // Next batch; nullptr at the end. Throws Error (OPERATION_CANCELED after cancel()).
    virtual std::shared_ptr<arrow::RecordBatch> next() = 0;
    virtual void cancel() = 0;
    // After the end.
    virtual std::vector<ObservedMetrics> observed() const = 0;
    virtual std::vector<OperatorMetrics> metrics() const = 0;
};

// A data file that write() made.
struct WrittenFile {
    std::string path;  // relative to the target folder, not URI-encoded
    int64_t size_bytes = 0;
    int64_t num_rows = 0;
    std::vector<std::optional<std::string>>
        partition_values;  // by partition column, Delta's text form
    // Delta statistics JSON (numRecords, minValues, maxValues, nullCount), "" when not asked for.
    std::string stats_json;
};

struct WriteSpec {
    std::string format = "parquet";  // parquet, csv, json, text, orc
    std::string folder;              // absolute path or URI
    std::vector<std::string> partition_columns;
    std::map<std::string, std::string> options;  // lower-case keys: compression, header, sep, …
    bool delta = false;                          // collect statistics, Delta file names
    std::vector<std::string> stats_columns;      // empty: the first `stats_count` leaves
    int stats_count = 32;
    // Column mapping: logical name -> physical name and field id (nested as "a.b"); empty: none.
    std::map<std::string, std::pair<std::string, int>> physical_names;
    std::optional<int32_t> num_files;  // coalesce/repartition before write
    int64_t max_records_per_file = 0;
    bool any_order = false;     // rows may change places, so that every thread can write
    int64_t expected_rows = 0;  // about how many come; 0: not known
};

class Engine {
public:
    static std::unique_ptr<Engine> open(const EngineOptions& options);
    virtual ~Engine() = default;

    // Starts the query; errors of planning come from here, others from next().
    virtual std::unique_ptr<ResultStream> execute(
        const resolved::PlanPtr& plan, const QueryContext& context) = 0;
    // Runs to the end and returns plain values (small results: commands, folding).
    virtual std::vector<std::vector<types::Value>> collect(
        const resolved::PlanPtr& plan, const QueryContext& context, int64_t max_rows) = 0;
    // Runs the plan into files. Files already written are removed when it fails.
    virtual std::vector<WrittenFile> write(const resolved::PlanPtr& plan, const WriteSpec& spec,
        const QueryContext& context, const std::function<bool()>& is_cancelled = {}) = 0;
    // Rows kept under a key for resolved::Cached nodes.
    virtual void materialize(
        const std::string& key, const resolved::PlanPtr& plan, const QueryContext& context) = 0;
    virtual void drop_materialized(const std::string& key) = 0;
    virtual bool is_materialized(const std::string& key) const = 0;
    // EXPLAIN: the engine's optimised plan as text; with `analyze`, after running it.
    virtual std::string explain(
        const resolved::PlanPtr& plan, const QueryContext& context, bool analyze) = 0;

    // Schema of data files (spark.read without .schema): the merged or first file's schema per the
    // options.
    virtual types::TypePtr infer_schema(const std::string& format,
        const std::vector<std::string>& files, const std::map<std::string, std::string>& options,
        const QueryContext& context) = 0;
    // Reads and writes checkpoints for delta::Handlers; they keep working after this object is
    // gone.
    virtual std::shared_ptr<delta::CheckpointReader> checkpoint_reader() { return nullptr; }
    virtual std::shared_ptr<delta::CheckpointWriter> checkpoint_writer() { return nullptr; }

    virtual int64_t memory_used_bytes() const = 0;
    virtual std::string version() const = 0;
};

}  // namespace hanok::engine
