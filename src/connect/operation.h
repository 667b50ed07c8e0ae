#pragma once
// One ExecutePlan on the server: its state, how to cancel it, and the responses it has made.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connect/backend.h"
#include "connect/connect_options.h"
#include "connect/response_buffer.h"
#include "connect/timer_queue.h"

namespace hanok::connect {

class ResponseStream;

enum class OperationState { kRunning, kTerminating, kSucceeded, kFailed, kCancelled };

class Operation {
public:
    Operation(OperationContext context, size_t fingerprint, bool is_reattachable,
        const ConnectOptions& options);

    const std::string& id() const { return context_.operation_id; }
    const OperationContext& context() const { return context_; }
    // Hash of the plan: tells a repeated request from another one under the same id.
    size_t fingerprint() const { return fingerprint_; }
    bool is_reattachable() const { return is_reattachable_; }
    bool has_tag(const std::string& tag) const;
    ResponseBuffer& buffer() { return buffer_; }

    OperationState state() const { return state_.load(); }
    // The execution's last word; ignored once final.
    void set_final_state(OperationState state);
    bool is_running() const {
        return state() == OperationState::kRunning || state() == OperationState::kTerminating;
    }
    // Asks whatever runs it to stop; false when it had ended.
    bool interrupt();

    // Response ids are UUIDs that carry the response's index.
    std::string response_id(int64_t index) const;
    // Index of a response id of this operation; nullopt for others.
    std::optional<int64_t> response_index(const std::string& response_id) const;

    // The stream that sends the responses now. A new one disconnects the old one.
    void attach(const std::shared_ptr<ResponseStream>& stream);
    // Called by a stream that ends; true when it was the attached one.
    bool detach(const ResponseStream* stream);
    bool is_attached();
    // Ends the stream, so that the client reattaches, when it is older than `max_duration`.
    void cut_old_stream(std::chrono::milliseconds max_duration);
    // True at most once in `interval`, from one interval after the start on.
    bool is_progress_due(std::chrono::milliseconds interval);
    // Nobody has read it since `deadline`.
    bool is_detached_since(TimerQueue::Clock::time_point deadline);

private:
    const OperationContext context_;
    const size_t fingerprint_;
    const bool is_reattachable_;
    const std::string response_prefix_;
    ResponseBuffer buffer_;
    std::atomic<OperationState> state_{OperationState::kRunning};
    std::mutex mutex_;  // guards everything below
    std::shared_ptr<ResponseStream> stream_;
    TimerQueue::Clock::time_point progress_at_ = TimerQueue::Clock::now();
    TimerQueue::Clock::time_point attached_at_;
    TimerQueue::Clock::time_point detached_at_ = TimerQueue::Clock::now();
};

}  // namespace hanok::connect
