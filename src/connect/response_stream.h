#pragma once
// Sends an operation's responses over one ExecutePlan or ReattachExecute call. Never blocks: it
// writes what there is and is woken by the buffer for more.

#include <functional>
#include <memory>
#include <mutex>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "connect/connect_options.h"
#include "connect/operation.h"

namespace hanok::connect {

class ResponseStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                             public std::enable_shared_from_this<ResponseStream> {
public:
    // `on_detached` is called once, after the stream let go of its operation.
    using OnDetached = std::function<void(const std::shared_ptr<Operation>&)>;

    // gRPC owns the call; the object lives until gRPC is done with it.
    static std::shared_ptr<ResponseStream> make(const ConnectOptions& options);

    // Begins to send responses from `next_index` on. At most once.
    void start(std::shared_ptr<Operation> operation, int64_t next_index, OnDetached on_detached);
    // Ends the call with an error instead of start().
    void fail(const grpc::Status& status) { end(status); }
    // Writes the next response if there is one and nothing is being written.
    void pump();
    // Another stream took over: ends with INVALID_CURSOR.DISCONNECTED.
    void disconnect();
    // Ends the call so that the client reattaches.
    void cut();

    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

private:
    explicit ResponseStream(const ConnectOptions& options) : options_(options) {}
    void end(const grpc::Status& status);
    void let_go();

    const ConnectOptions& options_;
    std::shared_ptr<ResponseStream> self_;  // until OnDone
    std::mutex mutex_;                      // guards everything below
    std::shared_ptr<Operation> operation_;
    OnDetached on_detached_;
    grpc::ByteBuffer current_;
    int64_t next_index_ = 1;
    int64_t bytes_sent_ = 0;
    bool is_writing_ = false;
    bool is_ended_ = false;
    bool is_cancelled_ = false;
    std::unique_ptr<grpc::Status> end_after_write_;
};

}  // namespace hanok::connect
