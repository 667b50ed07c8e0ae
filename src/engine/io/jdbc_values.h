#pragma once
// Cells of a database as values of Spark's types.

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "engine/io/data_scan.h"
#include "engine/io/text_values.h"
#include "jdbc/connection.h"

namespace hanok::engine {

// The values of one column. One thread at a time.
class JdbcValueReader {
public:
    // `column` and `values` must outlive it.
    JdbcValueReader(
        const ScanColumn& column, const TextValueOptions& values, const jdbc::Options& options);

    // Throws FAILED_JDBC.UNCLASSIFIED for a value that the column's type cannot hold.
    void read(duckdb::Vector& vector, duckdb::idx_t row, const jdbc::Cell& cell);

private:
    void read_text(duckdb::Vector& vector, duckdb::idx_t row, const types::DataType& type,
        std::string_view text);
    void read_array(duckdb::Vector& vector, duckdb::idx_t row, const types::DataType& type,
        std::string_view text);
    bool read_number(duckdb::Vector& vector, duckdb::idx_t row, const jdbc::Cell& cell);
    [[noreturn]] void refuse(std::string_view value) const;

    const ScanColumn& column_;
    const TextValueOptions& values_;
    std::string url_;
    bool is_sqlite_;
    std::unique_ptr<TextValueWriter> writer_;  // of the innermost type
};

}  // namespace hanok::engine
