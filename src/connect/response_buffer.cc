#include "connect/response_buffer.h"

#include <algorithm>

namespace hanok::connect {

namespace {

int64_t bytes_of(const grpc::ByteBuffer& buffer) { return static_cast<int64_t>(buffer.Length()); }

}  // namespace

void ResponseBuffer::notify(std::unique_lock<std::mutex>& lock) {
    auto listener = listener_;
    lock.unlock();
    if (listener) listener();
}

void ResponseBuffer::add(const Make& make) {
    responses_.push_back(make(first_ + static_cast<int64_t>(responses_.size())));
    pending_bytes_ += bytes_of(responses_.back());
}

bool ResponseBuffer::push(int64_t size_bytes, const Make& make, Wake wake) {
    std::unique_lock lock(mutex_);
    auto has_room = [&] {
        return interrupted_ || pending_bytes_ == 0 || pending_bytes_ + size_bytes <= pending_limit_;
    };
    if (!has_room()) {
        notify(lock);  // of what was pushed with kSoon
        lock.lock();
    }
    space_.wait(lock, has_room);
    if (interrupted_) return false;
    add(make);
    if (wake == Wake::kNow) notify(lock);
    return true;
}

void ResponseBuffer::push_if_idle(const Make& make) {
    std::unique_lock lock(mutex_);
    if (interrupted_ || finished_ || pending_bytes_ > 0 || !listener_) return;
    add(make);
    notify(lock);
}

void ResponseBuffer::finish(grpc::Status status) {
    std::unique_lock lock(mutex_);
    if (finished_) return;
    finished_ = true;
    end_ = std::move(status);
    notify(lock);
}

ResponseBuffer::Step ResponseBuffer::at(int64_t index, grpc::ByteBuffer* bytes, grpc::Status* end) {
    std::lock_guard lock(mutex_);
    if (index < first_) return Step::kGone;
    size_t position = static_cast<size_t>(index - first_);
    if (position < responses_.size()) {
        *bytes = responses_[position];
        bool is_last = finished_ && end_.ok() && position + 1 == responses_.size();
        return is_last ? Step::kLastResponse : Step::kResponse;
    }
    if (finished_) {
        *end = end_;
        return Step::kEnd;
    }
    return closed_ ? Step::kGone : Step::kWait;
}

void ResponseBuffer::sent(int64_t index) {
    std::lock_guard lock(mutex_);
    while (sent_ < index && sent_ + 1 < first_ + static_cast<int64_t>(responses_.size())) {
        ++sent_;
        int64_t size = bytes_of(responses_[static_cast<size_t>(sent_ - first_)]);
        pending_bytes_ -= size;
        kept_bytes_ += size;
    }
    trim();
    space_.notify_all();
}

// Drops the oldest sent responses until the rest fits; the last one stays, for a client that did
// not get it.
void ResponseBuffer::trim() {
    bool keep_last = retry_bytes_ > 0;
    while (!responses_.empty() && first_ <= sent_ && kept_bytes_ > retry_bytes_ &&
           !(keep_last && first_ == sent_)) {
        kept_bytes_ -= bytes_of(responses_.front());
        responses_.pop_front();
        ++first_;
    }
}

void ResponseBuffer::release_until(int64_t index) {
    std::lock_guard lock(mutex_);
    while (!responses_.empty() && first_ <= index) {
        int64_t size = bytes_of(responses_.front());
        (first_ <= sent_ ? kept_bytes_ : pending_bytes_) -= size;
        responses_.pop_front();
        ++first_;
    }
    sent_ = std::max(sent_, first_ - 1);
    space_.notify_all();
}

void ResponseBuffer::set_listener(std::function<void()> listener) {
    std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
}

void ResponseBuffer::interrupt() {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    space_.notify_all();
}

void ResponseBuffer::close() {
    std::unique_lock lock(mutex_);
    interrupted_ = true;
    closed_ = true;
    first_ += static_cast<int64_t>(responses_.size());
    // A write may still be under way: its sent() must find nothing to count.
    sent_ = std::max(sent_, first_ - 1);
    responses_.clear();
    pending_bytes_ = 0;
    kept_bytes_ = 0;
    space_.notify_all();
    notify(lock);
}

int64_t ResponseBuffer::highest_sent() {
    std::lock_guard lock(mutex_);
    return sent_;
}

bool ResponseBuffer::is_finished() {
    std::lock_guard lock(mutex_);
    return finished_;
}

int64_t ResponseBuffer::size() {
    std::lock_guard lock(mutex_);
    return first_ + static_cast<int64_t>(responses_.size()) - 1;
}

bool ResponseBuffer::holds(int64_t index) {
    std::lock_guard lock(mutex_);
    return !closed_ && index >= first_;
}

}  // namespace hanok::connect
