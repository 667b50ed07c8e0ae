#pragma once
// DuckDB's chunks as Arrow record batches of a given schema.

#include <duckdb.hpp>
#include <duckdb/common/arrow/arrow_appender.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "engine/arrow_result/plain_column.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hanok::engine {

class BatchBuilder {
public:
    // `types` are to_logical_type() of the Spark types behind `schema`.
    BatchBuilder(std::shared_ptr<arrow::Schema> schema, duckdb::vector<duckdb::LogicalType> types,
        duckdb::ClientContext& context);
    ~BatchBuilder();

    void append(duckdb::DataChunk& chunk) { append(chunk, 0, chunk.size()); }
    // The rows [from, to).
    void append(duckdb::DataChunk& chunk, duckdb::idx_t from, duckdb::idx_t to);
    // Estimated size of what was appended since the last finish().
    int64_t size_bytes() const;
    bool empty() const { return rows_ == 0; }
    // Everything appended as one batch; the builder starts anew.
    std::shared_ptr<arrow::RecordBatch> finish();

private:
    void append_rest(duckdb::DataChunk& chunk, duckdb::idx_t from, duckdb::idx_t to);
    std::vector<std::shared_ptr<arrow::ArrayData>> finish_rest();

    std::shared_ptr<arrow::Schema> schema_;
    std::vector<std::pair<size_t, PlainColumn>> plain_;  // by index
    // The columns of other types.
    std::vector<size_t> rest_;
    duckdb::vector<duckdb::LogicalType> rest_types_;
    std::shared_ptr<arrow::Schema> rest_layout_;  // as DuckDB lays them out
    duckdb::ClientProperties properties_;
    duckdb::unique_ptr<duckdb::ArrowAppender> appender_;
    int64_t rest_bytes_ = 0;
    int64_t rows_ = 0;
    int64_t last_rows_ = 0;  // of the batch before
};

}  // namespace hanok::engine
