#pragma once
// A client's session on this server: its backend, operations, artifacts and errors.

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "connect/artifacts.h"
#include "connect/backend.h"
#include "connect/connect_options.h"
#include "connect/errors.h"
#include "connect/operation.h"

namespace hanok::connect {

class ConnectSession {
public:
    using Clock = std::chrono::steady_clock;

    ConnectSession(std::string user, std::string id, std::shared_ptr<SessionBackend> backend,
        const ConnectOptions& options);

    const std::string& user() const { return user_; }
    const std::string& id() const { return id_; }
    // A UUID that only this incarnation of the session has.
    const std::string& server_side_id() const { return server_side_id_; }
    SessionBackend& backend() { return *backend_; }
    ArtifactStore& artifacts() { return artifacts_; }
    ErrorStore& errors() { return errors_; }

    // ---- operations
    // Adds a new one. Throws OPERATION_ALREADY_EXISTS, OPERATION_ABANDONED, and when there are too
    // many. Returns the running one instead when the request repeats it (same plan, reattachable).
    std::shared_ptr<Operation> add_operation(const std::shared_ptr<Operation>& operation);
    std::shared_ptr<Operation> find_operation(const std::string& id);
    bool is_abandoned(const std::string& id);
    // Ends an operation and remembers that it was there. Interrupts it when it runs.
    void remove_operation(const std::string& id);
    std::vector<std::shared_ptr<Operation>> operations();
    // State of an operation that was removed.
    std::optional<OperationState> past_state(const std::string& id);
    // Removes the operations that nobody has read since `deadline`.
    void expire_operations(Clock::time_point deadline);
    // Interrupts everything and refuses further operations.
    void close();

    // ---- idleness
    void touch() { last_used_.store(Clock::now()); }
    bool is_idle_since(Clock::time_point deadline);

private:
    const std::string user_;
    const std::string id_;
    const std::string server_side_id_;
    const std::shared_ptr<SessionBackend> backend_;
    const ConnectOptions& options_;
    ArtifactStore artifacts_;
    ErrorStore errors_;
    std::atomic<Clock::time_point> last_used_{Clock::now()};
    std::mutex mutex_;  // guards everything below
    std::map<std::string, std::shared_ptr<Operation>> operations_;
    std::map<std::string, OperationState> tombstones_;
    std::deque<std::string> tombstone_order_;
    bool is_closed_ = false;
};

}  // namespace hanok::connect
