#pragma once
// One task of a Python worker: functions sent once, then a stream of input and a stream of results.
// The bytes move when pump() is called; nothing here blocks but wait().

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/added_files.h"
#include "python/framing.h"
#include "python/worker_pool.h"

namespace arrow {
class Buffer;
class RecordBatch;
}  // namespace arrow

namespace hanok::python {

struct Argument {
    int offset = 0;    // of the input's column
    std::string name;  // "" when positional
};

// A function as workers read it: pickled (callable, return type) pairs, the innermost first.
struct Command {
    std::vector<Argument> args;
    std::vector<std::string> functions;
};

using Settings = std::vector<std::pair<std::string, std::string>>;

// What a task runs; shared by the tasks of one operator.
struct TaskSpec {
    int eval_type = 0;
    std::string python_version;  // that pickled the functions; checked by the worker
    AddedFiles files;
    Settings runner_conf;
    Settings eval_conf;
    std::vector<Command> commands;
    // Sent in the place of `commands` when set: what a table function's worker reads.
    std::string raw_commands;
    int64_t silence_limit_ms = 0;  // a worker that neither takes nor gives for so long is ended; 0:
                                   // no limit
};

// All that a worker reads before the data.
std::string task_header(const TaskSpec& spec, int partition);

class Task {
public:
    Task(std::unique_ptr<WorkerPool::Lease> worker, const TaskSpec& spec, int partition);
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    // Queues bytes of input.
    void send(std::shared_ptr<arrow::Buffer> bytes);
    void send(std::string bytes);
    // Queues the end of the input.
    void end_input();
    size_t queued_bytes() const { return queued_bytes_; }

    // Writes and reads what can be without waiting. Throws Error: PYTHON_EXCEPTION with the
    // traceback, HANOK_PYTHON_WORKER_CRASHED, HANOK_PYTHON_TIMEOUT.
    void pump();
    // Results that have come, in order; null when there are none at the moment.
    std::shared_ptr<arrow::RecordBatch> take_batch();
    std::optional<std::string> take_pickle();
    bool has_result() const { return !batches_.empty() || !pickles_.empty(); }
    // All results have come.
    bool is_done() const { return state_ == State::kDone; }

    // Waits until one of the tasks can write or read; throws OPERATION_CANCELED when
    // `is_cancelled`.
    static void wait(const std::vector<Task*>& tasks, const std::function<bool()>& is_cancelled);

private:
    enum class State : uint8_t {
        kMark,
        kPickle,
        kArrow,
        kTiming,
        kExceptionLength,
        kException,
        kAccumulatorCount,
        kAccumulatorLength,
        kAccumulator,
        kEnd,
        kDone,
    };
    class Listener;

    void write_some();
    bool read_some();
    void expect(State state, size_t bytes);
    void step();
    void on_mark(int32_t mark);
    void on_arrow();
    void check_silence();
    [[noreturn]] void crashed();

    std::unique_ptr<WorkerPool::Lease> worker_;
    const int64_t silence_limit_ms_;
    int64_t last_move_ms_ = 0;
    bool input_ended_ = false;
    bool is_broken_ = false;  // the worker does not read any more

    std::deque<std::shared_ptr<arrow::Buffer>> out_;
    size_t out_offset_ = 0;  // of the first buffer
    size_t queued_bytes_ = 0;

    State state_ = State::kMark;
    std::shared_ptr<arrow::Buffer> in_;  // what is being read: exactly as much as the state needs
    size_t in_filled_ = 0;
    int32_t accumulators_ = 0;
    std::shared_ptr<Listener> listener_;
    std::unique_ptr<class ArrowDecoder> decoder_;
    std::deque<std::shared_ptr<arrow::RecordBatch>> batches_;
    std::deque<std::string> pickles_;
    size_t ready_bytes_ = 0;
};

}  // namespace hanok::python
