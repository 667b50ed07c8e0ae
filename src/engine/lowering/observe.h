#pragma once
// Rows set aside while a query runs, for df.observe.

#include <duckdb.hpp>
#include <mutex>
#include <vector>

namespace hanok::engine {

// Thread-safe. Holds some columns of every row that passed.
class ObservedRows {
public:
    explicit ObservedRows(std::vector<duckdb::idx_t> columns) : columns_(std::move(columns)) {}

    void add(duckdb::ClientContext& context, duckdb::DataChunk& chunk);
    // The rows, in no particular order; null when none passed.
    duckdb::unique_ptr<duckdb::ColumnDataCollection> take();

private:
    const std::vector<duckdb::idx_t> columns_;  // positions in the observed relation
    std::mutex mutex_;                          // guards rows_
    duckdb::unique_ptr<duckdb::ColumnDataCollection> rows_;
};

// Registers the table function that lets rows through and adds them to an ObservedRows.
void register_observe(duckdb::DatabaseInstance& instance);

inline constexpr const char* kObserveFunction = "hanok_observe";

}  // namespace hanok::engine
