#include "python/task.h"

#include <arrow/api.h>
#include <arrow/ipc/reader.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "base/error.h"
#include "types/arrow_result.h"

namespace hanok::python {

namespace {

// Results nobody has taken yet: no more is read then, and the worker waits in turn.
constexpr size_t kMaxReadyBytes = 32 << 20;
// How often a waiting thread looks whether its query was cancelled.
constexpr int kPollMs = 50;
constexpr size_t kTimingBytes = 6 * 8;
constexpr size_t kMaxTextBytes = size_t{1} << 30;

int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// "ValueError: …", the last line of a traceback that is not indented.
std::string last_line(const std::string& traceback) {
    auto end = traceback.find_last_not_of('\n');
    if (end == std::string::npos) return "";
    auto begin = traceback.rfind('\n', end);
    begin = begin == std::string::npos ? 0 : begin + 1;
    return traceback.substr(begin, end - begin + 1);
}

Error python_exception(const std::string& traceback) {
    return Error(ErrorKind::kSpark, "PYTHON_EXCEPTION",
        {{"msg", last_line(traceback)}, {"traceback", traceback}});
}

}  // namespace

class Task::Listener final : public arrow::ipc::Listener {
public:
    explicit Listener(Task& task) : task_(task) {}
    arrow::Status OnRecordBatchDecoded(std::shared_ptr<arrow::RecordBatch> batch) override {
        task_.batches_.push_back(std::move(batch));
        return arrow::Status::OK();
    }
    arrow::Status OnEOS() override {
        ended = true;
        return arrow::Status::OK();
    }
    bool ended = false;

private:
    Task& task_;
};

class ArrowDecoder final : public arrow::ipc::StreamDecoder {
public:
    using StreamDecoder::StreamDecoder;
};

Task::Task(std::unique_ptr<WorkerPool::Lease> worker, const TaskSpec& spec, int partition)
    : worker_(std::move(worker)),
      silence_limit_ms_(spec.silence_limit_ms),
      last_move_ms_(now_ms()) {
    send(task_header(spec, partition));
    expect(State::kMark, 4);
}

Task::~Task() = default;

void Task::send(std::shared_ptr<arrow::Buffer> bytes) {
    if (bytes->size() == 0) return;
    queued_bytes_ += static_cast<size_t>(bytes->size());
    out_.push_back(std::move(bytes));
}

void Task::send(std::string bytes) { send(arrow::Buffer::FromString(std::move(bytes))); }

void Task::end_input() {
    std::string end;
    put_int(&end, static_cast<int32_t>(Mark::kEndOfStream));
    send(std::move(end));
    input_ended_ = true;
}

std::shared_ptr<arrow::RecordBatch> Task::take_batch() {
    if (batches_.empty()) return nullptr;
    auto batch = std::move(batches_.front());
    batches_.pop_front();
    if (batches_.empty()) ready_bytes_ = 0;
    return batch;
}

std::optional<std::string> Task::take_pickle() {
    if (pickles_.empty()) return std::nullopt;
    auto bytes = std::move(pickles_.front());
    pickles_.pop_front();
    if (pickles_.empty()) ready_bytes_ = 0;
    return bytes;
}

void Task::pump() {
    if (state_ == State::kDone) return;
    write_some();
    while (state_ != State::kDone && ready_bytes_ < kMaxReadyBytes && read_some()) {}
    check_silence();
}

void Task::check_silence() {
    bool owes = queued_bytes_ > 0 || input_ended_;
    if (silence_limit_ms_ <= 0 || !owes || state_ == State::kDone) return;
    if (now_ms() - last_move_ms_ < silence_limit_ms_ || ready_bytes_ > 0) return;
    throw Error(ErrorKind::kSpark, "HANOK_PYTHON_TIMEOUT",
        {{"seconds", std::to_string(silence_limit_ms_ / 1000)}});
}

void Task::write_some() {
    while (!out_.empty() && !is_broken_) {
        const auto& front = out_.front();
        auto left = static_cast<size_t>(front->size()) - out_offset_;
        auto n = ::send(
            (*worker_)->socket(), front->data() + out_offset_, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            if (errno == EINTR) continue;
            // A worker that failed has said so before it closed: reading tells.
            if (errno != EAGAIN && errno != EWOULDBLOCK) is_broken_ = true;
            break;
        }
        last_move_ms_ = now_ms();
        queued_bytes_ -= static_cast<size_t>(n);
        out_offset_ += static_cast<size_t>(n);
        if (out_offset_ == static_cast<size_t>(front->size())) {
            out_.pop_front();
            out_offset_ = 0;
        }
    }
    if (is_broken_) {
        out_.clear();
        queued_bytes_ = 0;
    }
}

bool Task::read_some() {
    auto left = static_cast<size_t>(in_->size()) - in_filled_;
    auto n = ::recv((*worker_)->socket(), in_->mutable_data() + in_filled_, left, MSG_DONTWAIT);
    if (n < 0) {
        if (errno == EINTR) return true;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
        crashed();
    }
    if (n == 0) crashed();
    last_move_ms_ = now_ms();
    in_filled_ += static_cast<size_t>(n);
    while (in_filled_ == static_cast<size_t>(in_->size()) && state_ != State::kDone) step();
    return true;
}

void Task::expect(State state, size_t bytes) {
    if (bytes > kMaxTextBytes * 4)
        throw internal_error("a Python worker announces " + std::to_string(bytes) + " bytes");
    state_ = state;
    in_ = std::shared_ptr<arrow::Buffer>(
        types::must(arrow::AllocateBuffer(static_cast<int64_t>(bytes))));
    in_filled_ = 0;
}

void Task::step() {
    const auto* bytes = reinterpret_cast<const char*>(in_->data());
    std::string_view text(bytes, in_filled_);
    switch (state_) {
        case State::kMark: return on_mark(decode_int(bytes));
        case State::kPickle:
            ready_bytes_ += text.size();
            pickles_.emplace_back(text);
            return expect(State::kMark, 4);
        case State::kArrow: return on_arrow();
        case State::kTiming: return expect(State::kMark, 4);
        case State::kExceptionLength:
            return expect(State::kException, static_cast<size_t>(decode_int(bytes)));
        case State::kException: throw python_exception(std::string(text));
        case State::kAccumulatorCount: accumulators_ = decode_int(bytes); break;
        case State::kAccumulatorLength:
            return expect(State::kAccumulator, static_cast<size_t>(decode_int(bytes)));
        case State::kAccumulator: --accumulators_; break;
        case State::kEnd:
            if (decode_int(bytes) == static_cast<int32_t>(Mark::kEndOfStream)) worker_->finished();
            state_ = State::kDone;
            worker_.reset();
            return;
        case State::kDone: return;
    }
    expect(accumulators_ > 0 ? State::kAccumulatorLength : State::kEnd, 4);
}

void Task::on_mark(int32_t mark) {
    switch (static_cast<Mark>(mark)) {
        case Mark::kStartArrowStream:
            listener_ = std::make_shared<Listener>(*this);
            decoder_ = std::make_unique<ArrowDecoder>(listener_);
            return expect(State::kArrow, static_cast<size_t>(decoder_->next_required_size()));
        case Mark::kTimingData: return expect(State::kTiming, kTimingBytes);
        case Mark::kPythonExceptionThrown: return expect(State::kExceptionLength, 4);
        case Mark::kEndOfDataSection: return expect(State::kAccumulatorCount, 4);
        default: break;
    }
    if (mark < 0) throw internal_error("a Python worker says " + std::to_string(mark));
    expect(State::kPickle, static_cast<size_t>(mark));
}

void Task::on_arrow() {
    ready_bytes_ += in_filled_;
    auto status = decoder_->Consume(in_);
    if (!status.ok())
        throw Error(
            ErrorKind::kSpark, "HANOK_PYTHON_WORKER_CRASHED", {{"reason", status.ToString()}});
    if (listener_->ended) {
        decoder_.reset();
        return expect(State::kMark, 4);
    }
    expect(State::kArrow, static_cast<size_t>(decoder_->next_required_size()));
}

void Task::crashed() {
    throw Error(ErrorKind::kSpark, "HANOK_PYTHON_WORKER_CRASHED",
        {{"reason",
            "its process ended before its task (out of memory, or a crash in native code)"}});
}

void Task::wait(const std::vector<Task*>& tasks, const std::function<bool()>& is_cancelled) {
    std::vector<pollfd> sockets;
    for (auto* task : tasks) {
        if (task->is_done()) continue;
        short events = task->ready_bytes_ < kMaxReadyBytes ? POLLIN : 0;
        if (task->queued_bytes_ > 0) events |= POLLOUT;
        sockets.push_back({(*task->worker_)->socket(), events, 0});
    }
    if (sockets.empty()) return;
    ::poll(sockets.data(), sockets.size(), kPollMs);
    if (is_cancelled()) throw runtime_error("OPERATION_CANCELED", {{"operationId", ""}});
}

}  // namespace hanok::python
