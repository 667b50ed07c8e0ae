#pragma once
// Workers' Arrow batches as DuckDB chunks of promised types.

#include <duckdb.hpp>
#include <duckdb/function/table/arrow.hpp>
#include <memory>
#include <vector>

#include "engine/python/stage_spec.h"
#include "python/pickle.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hanok::engine {

class StageResults {
public:
    // `spec` outlives this object.
    StageResults(duckdb::ClientContext& context, const PythonStageSpec& spec);

    // The next batch to read. Throws Error ARROW_TYPE_MISMATCH when it is not of the types.
    void set(const std::shared_ptr<arrow::RecordBatch>& batch);
    // The same for a pickled list: of a value a row or, with several functions, a tuple a row.
    void set(const std::string& pickle);
    duckdb::idx_t left() const { return rows_ - offset_; }
    // Puts `count` rows into `target`, a chunk of the types.
    void read(duckdb::idx_t count, duckdb::DataChunk& target);

private:
    void use_schema(const arrow::Schema& schema);
    void read_pickled(duckdb::idx_t count, duckdb::DataChunk& target);
    void read_arrow(duckdb::idx_t count, duckdb::DataChunk& target);

    duckdb::ClientContext& context_;
    const PythonStageSpec& spec_;
    const std::vector<types::TypePtr>& types_;
    python::PyPtr pickled_;
    std::shared_ptr<arrow::Schema> schema_;
    duckdb::ArrowSchemaWrapper schema_root_;
    duckdb::ArrowTableSchema table_;
    duckdb::unique_ptr<duckdb::ArrowScanLocalState> state_;
    duckdb::idx_t rows_ = 0;
    duckdb::idx_t offset_ = 0;
};

}  // namespace hanok::engine
