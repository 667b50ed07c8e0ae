#pragma once
// Input rows as the streams that Python workers read.

#include <duckdb.hpp>
#include <memory>
#include <vector>

#include "engine/python/stage_spec.h"

namespace arrow {
class RecordBatch;
}

namespace hanok::engine {

// Rows of chunks, gathered into batches of at most `max_records_per_batch`.
class RowBatches {
public:
    virtual ~RowBatches() = default;
    static std::unique_ptr<RowBatches> make(
        duckdb::ClientContext& context, const PythonStageSpec& spec);

    duckdb::idx_t room() const { return limit_ - rows_; }
    bool empty() const { return rows_ == 0; }
    // The rows [from, from + count) of `input`; not more than room().
    void add(duckdb::DataChunk& input, duckdb::idx_t from, duckdb::idx_t count);

    // Where a task's batches go, one after the other.
    class Stream {
    public:
        virtual ~Stream() = default;
        // The batch that was gathered; the next one starts.
        virtual void send_batch() = 0;
        virtual void close() = 0;
    };
    virtual std::unique_ptr<Stream> open_stream(python::Task& task) = 0;

protected:
    RowBatches(const PythonStageSpec::Input& input, int64_t limit);
    // `part` holds the columns that workers see.
    virtual void gather(duckdb::DataChunk& part, duckdb::idx_t from, duckdb::idx_t count) = 0;

    const PythonStageSpec::Input& input_;
    duckdb::DataChunk part_;
    const duckdb::idx_t limit_;
    duckdb::idx_t rows_ = 0;
};

// Sends every row of `input` as a group (or a pair of groups).
void send_groups(duckdb::ClientContext& context, const PythonStageSpec& spec,
    duckdb::DataChunk& input, python::Task& task);

}  // namespace hanok::engine
