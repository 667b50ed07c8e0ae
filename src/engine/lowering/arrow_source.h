#pragma once
// Arrow IPC streams from the client as something DuckDB scans.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "types/data_type.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hanok::engine {

// The batch in the layout of to_logical_type() of `types`, its columns named as below. Throws Error
// when there are not as many.
std::shared_ptr<arrow::RecordBatch> normalized_batch(
    const arrow::RecordBatch& batch, const std::vector<types::TypePtr>& types);

// Immutable and pinned by the query that scans it. Columns are called a0, a1, …; struct fields f0,
// f1, …; intervals are numbers, as to_logical_type() has them.
class ArrowSource {
public:
    // Decodes the streams; throws Error when they do not hold `types` (by position).
    static std::shared_ptr<ArrowSource> decode(
        const std::vector<std::shared_ptr<const std::string>>& streams,
        const std::vector<types::TypePtr>& types);

    // A scan of all rows. The source must outlive the query.
    duckdb::unique_ptr<duckdb::TableRef> scan(const std::string& alias) const;
    bool empty() const { return batches_.empty(); }
    const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches() const { return batches_; }

private:
    std::shared_ptr<arrow::Schema> schema_;
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches_;
};

}  // namespace hanok::engine
