#pragma once
// Runs a Python stage for one thread: rows in, rows out, in order. The workers compute meanwhile.

#include <deque>
#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "engine/python/stage_input.h"
#include "engine/python/stage_results.h"
#include "engine/python/stage_spec.h"

namespace hanok::engine {

class StageRunner {
public:
    StageRunner(duckdb::ClientContext& context, const PythonStageSpec& spec);
    ~StageRunner();

    // False when the rest must wait for a worker: to be called again with the same input.
    bool add(duckdb::DataChunk& input);
    // No more input comes. To be called again until is_finished().
    void finish();
    bool is_finished() const { return finished_; }
    // Fills `output` if rows are ready.
    bool fetch(duckdb::DataChunk& output);
    // More input would have to wait in memory.
    bool is_full() const;
    // Everything was fetched.
    bool is_done() const;
    // Until a worker has taken or given something.
    void wait();

private:
    struct Lane;  // one worker
    struct Pending {
        Lane* lane;
        std::unique_ptr<duckdb::DataChunk> rows;  // the passed columns
        duckdb::idx_t offset = 0;
    };

    Lane& start_lane();
    Lane& next_lane();
    void add_rows(duckdb::DataChunk& input);
    bool add_partitions(duckdb::DataChunk& input);
    bool reach(int32_t partition);
    void close_partition();
    bool fetch_partition(duckdb::DataChunk& output);
    void read_results(Lane& lane, duckdb::DataChunk& output);
    void send_batch();
    void keep(Lane& lane, duckdb::DataChunk& input, duckdb::idx_t from, duckdb::idx_t count);
    void keep_group_rows(Lane& lane, duckdb::DataChunk& input);
    bool take_results(Lane& lane, const std::function<bool()>& keeps);
    bool load(Lane& lane);
    bool fetch_aligned(duckdb::DataChunk& output);
    bool fetch_batch_a_row(duckdb::DataChunk& output);
    bool next_row();
    void pump();

    duckdb::ClientContext& context_;
    const PythonStageSpec& spec_;
    // In the order in which they were started; with partitions one for each that is not done.
    std::deque<std::unique_ptr<Lane>> lanes_;
    std::unique_ptr<RowBatches> batches_;
    Lane* filling_ = nullptr;  // gets the batch that is being gathered
    std::deque<Pending> pending_;
    bool has_row_ = false;  // has_batch_a_row(): the first pending row is the one of the results
    duckdb::DataChunk results_;
    bool finished_ = false;
    int32_t started_ = 0;      // partitions
    bool is_open_ = false;     // the last of them takes input
    duckdb::idx_t taken_ = 0;  // rows of an input that add() has to be called again with
};

}  // namespace hanok::engine
