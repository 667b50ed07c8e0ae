#pragma once
// The responses of one operation between the engine that makes them and the streams that send them.
// Responses have indexes from 1. Sent ones are kept for a while, so that a client whose stream
// broke can go back.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

namespace hanok::connect {

class ResponseBuffer {
public:
    // `retry_bytes`: sent responses to keep (0: none). `pending_bytes`: unsent ones before push()
    // waits.
    ResponseBuffer(int64_t retry_bytes, int64_t pending_bytes)
        : retry_bytes_(retry_bytes), pending_limit_(pending_bytes) {}

    // ---- producer
    // Builds the response that gets this index. Called under the lock.
    using Make = std::function<grpc::ByteBuffer(int64_t index)>;
    // Adds a response of about `size_bytes`; waits while too much is unsent. False when the buffer
    // was interrupted or closed: nothing was added. Streams hear of a kSoon response when the next
    // one or the end comes, so that they can send both at once.
    enum class Wake { kNow, kSoon };
    bool push(int64_t size_bytes, const Make& make, Wake wake = Wake::kNow);
    // Adds a response only if a stream is listening and nothing waits to be sent; never blocks.
    void push_if_idle(const Make& make);
    // No response follows. Streams end with `status` after the last one.
    void finish(grpc::Status status);

    // ---- consumer
    enum class Step {
        kResponse,      // the bytes
        kLastResponse,  // the bytes; the operation ended well, nothing follows
        kWait,          // nothing yet
        kEnd,           // the end with its status
        kGone           // no longer there
    };
    // What is at `index`.
    Step at(int64_t index, grpc::ByteBuffer* bytes, grpc::Status* end);
    void sent(int64_t index);
    // Called, outside the lock, when something new can be read; null removes it.
    void set_listener(std::function<void()> listener);

    // ---- control
    // Forgets responses up to and including `index`.
    void release_until(int64_t index);
    // Makes push() return false from now on.
    void interrupt();
    // interrupt(), and everything is forgotten.
    void close();
    int64_t highest_sent();
    bool is_finished();
    // Responses that were made, sent or not.
    int64_t size();
    bool holds(int64_t index);

private:
    void add(const Make& make);
    void trim();
    void notify(std::unique_lock<std::mutex>& lock);

    const int64_t retry_bytes_;
    const int64_t pending_limit_;
    std::mutex mutex_;  // guards everything below
    std::condition_variable space_;
    std::deque<grpc::ByteBuffer> responses_;  // the first has index first_
    int64_t first_ = 1;
    int64_t sent_ = 0;
    int64_t pending_bytes_ = 0;  // of responses after sent_
    int64_t kept_bytes_ = 0;     // of responses up to sent_
    bool interrupted_ = false;
    bool closed_ = false;
    bool finished_ = false;
    grpc::Status end_;
    std::function<void()> listener_;
};

}  // namespace hanok::connect
