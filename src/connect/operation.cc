#include "connect/operation.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "base/ids.h"
#include "connect/response_stream.h"

namespace hanok::connect {

namespace {

constexpr size_t kIndexDigits = 12;  // the last group of a UUID

}  // namespace

Operation::Operation(OperationContext context, size_t fingerprint, bool is_reattachable,
    const ConnectOptions& options)
    : context_(std::move(context)),
      fingerprint_(fingerprint),
      is_reattachable_(is_reattachable),
      response_prefix_(base::new_uuid(base::SystemRandom::instance()).substr(0, 36 - kIndexDigits)),
      buffer_(is_reattachable ? options.retry_buffer_bytes : 0, options.pending_buffer_bytes) {}

bool Operation::has_tag(const std::string& tag) const {
    return std::find(context_.tags.begin(), context_.tags.end(), tag) != context_.tags.end();
}

void Operation::set_final_state(OperationState state) {
    OperationState expected = OperationState::kRunning;
    if (state_.compare_exchange_strong(expected, state)) return;
    expected = OperationState::kTerminating;
    state_.compare_exchange_strong(expected, state);
}

bool Operation::interrupt() {
    OperationState expected = OperationState::kRunning;
    state_.compare_exchange_strong(expected, OperationState::kTerminating);
    if (expected != OperationState::kRunning && expected != OperationState::kTerminating)
        return false;
    context_.cancellation->cancel();
    buffer_.interrupt();
    return true;
}

std::string Operation::response_id(int64_t index) const {
    char digits[kIndexDigits + 1];
    std::snprintf(digits, sizeof digits, "%012llx",
        static_cast<unsigned long long>(index) & 0xFFFFFFFFFFFFULL);
    return response_prefix_ + digits;
}

std::optional<int64_t> Operation::response_index(const std::string& response_id) const {
    if (response_id.size() != 36 || response_id.rfind(response_prefix_, 0) != 0)
        return std::nullopt;
    int64_t index = 0;
    const char* end = response_id.data() + response_id.size();
    auto [stop, error] = std::from_chars(
        response_id.data() + response_prefix_.size(), end, index, 16);
    if (error != std::errc() || stop != end) return std::nullopt;
    return index;
}

void Operation::attach(const std::shared_ptr<ResponseStream>& stream) {
    std::shared_ptr<ResponseStream> old;
    {
        std::lock_guard lock(mutex_);
        old = std::exchange(stream_, stream);
        attached_at_ = TimerQueue::Clock::now();
    }
    if (old) old->disconnect();
    std::weak_ptr<ResponseStream> weak = stream;
    buffer_.set_listener([weak] {
        if (auto s = weak.lock()) s->pump();
    });
}

bool Operation::detach(const ResponseStream* stream) {
    std::lock_guard lock(mutex_);
    if (stream_.get() != stream) return false;
    stream_.reset();
    detached_at_ = TimerQueue::Clock::now();
    buffer_.set_listener(nullptr);
    return true;
}

void Operation::cut_old_stream(std::chrono::milliseconds max_duration) {
    std::shared_ptr<ResponseStream> stream;
    {
        std::lock_guard lock(mutex_);
        if (is_reattachable_ && TimerQueue::Clock::now() - attached_at_ >= max_duration)
            stream = stream_;
    }
    if (stream) stream->cut();
}

bool Operation::is_progress_due(std::chrono::milliseconds interval) {
    std::lock_guard lock(mutex_);
    auto now = TimerQueue::Clock::now();
    if (now - progress_at_ < interval) return false;
    progress_at_ = now;
    return true;
}

bool Operation::is_attached() {
    std::lock_guard lock(mutex_);
    return stream_ != nullptr;
}

bool Operation::is_detached_since(TimerQueue::Clock::time_point deadline) {
    std::lock_guard lock(mutex_);
    return stream_ == nullptr && detached_at_ < deadline;
}

}  // namespace hanok::connect
