#pragma once
// A column of numbers, times, decimals or texts as Arrow lays it out, filled chunk by chunk.

#include <arrow/buffer_builder.h>

#include <duckdb.hpp>
#include <memory>

namespace arrow {
struct ArrayData;
class DataType;
}  // namespace arrow

namespace hanok::engine {

class PlainColumn {
public:
    // Columns of other types need DuckDB's ArrowAppender.
    static bool can_hold(const duckdb::LogicalType& type);

    explicit PlainColumn(const duckdb::LogicalType& type);

    // The rows [from, to) of a vector of `count` rows. Slots of NULLs are zero.
    void append(duckdb::Vector& vector, duckdb::idx_t from, duckdb::idx_t to, duckdb::idx_t count);
    // Bytes since the last finish().
    int64_t size_bytes() const { return values_.length() + texts_.length(); }
    // Everything appended, with `type`'s layout; the column starts anew, with room for as much.
    std::shared_ptr<arrow::ArrayData> finish(const std::shared_ptr<arrow::DataType>& type);

private:
    void append_texts(
        const duckdb::UnifiedVectorFormat& format, duckdb::idx_t from, duckdb::idx_t to);
    void append_validity(
        const duckdb::UnifiedVectorFormat& format, duckdb::idx_t from, duckdb::idx_t to);
    void reserve(arrow::BufferBuilder& buffer, int64_t bytes, int64_t usual_bytes);

    duckdb::LogicalType type_;
    bool is_text_;
    bool is_decimal_;  // of 16 bytes, whatever DuckDB keeps
    int64_t rows_ = 0;
    int64_t nulls_ = 0;
    arrow::BufferBuilder values_;  // of texts: where each begins, and where the last ends
    arrow::BufferBuilder texts_;
    arrow::TypedBufferBuilder<bool> validity_;  // empty until the first NULL
    int64_t usual_value_bytes_ = 0;             // of the batch before
    int64_t usual_text_bytes_ = 0;
};

}  // namespace hanok::engine
