#include "connect/connect_session.h"

#include "base/ids.h"

namespace hanok::connect {

ConnectSession::ConnectSession(std::string user, std::string id,
    std::shared_ptr<SessionBackend> backend, const ConnectOptions& options)
    : user_(std::move(user)),
      id_(std::move(id)),
      server_side_id_(base::new_uuid(base::SystemRandom::instance())),
      backend_(std::move(backend)),
      options_(options),
      artifacts_(options.max_artifact_bytes_per_session),
      errors_(options.max_errors_per_session) {}

std::shared_ptr<Operation> ConnectSession::add_operation(
    const std::shared_ptr<Operation>& operation) {
    std::lock_guard lock(mutex_);
    if (is_closed_) throw invalid_handle("SESSION_CLOSED", id_);
    auto it = operations_.find(operation->id());
    if (it != operations_.end()) {
        bool is_repeat = operation->is_reattachable() && it->second->is_reattachable() &&
                         it->second->fingerprint() == operation->fingerprint();
        if (!is_repeat) throw invalid_handle("OPERATION_ALREADY_EXISTS", operation->id());
        return it->second;
    }
    if (tombstones_.count(operation->id()) > 0)
        throw invalid_handle("OPERATION_ABANDONED", operation->id());
    if (operations_.size() >= options_.max_operations_per_session) {
        throw Error(ErrorKind::kSpark, "HANOK_LIMIT_EXCEEDED.OPERATIONS",
            {{"limit", std::to_string(options_.max_operations_per_session)}});
    }
    operations_.emplace(operation->id(), operation);
    return operation;
}

std::shared_ptr<Operation> ConnectSession::find_operation(const std::string& id) {
    std::lock_guard lock(mutex_);
    auto it = operations_.find(id);
    return it == operations_.end() ? nullptr : it->second;
}

bool ConnectSession::is_abandoned(const std::string& id) {
    std::lock_guard lock(mutex_);
    return tombstones_.count(id) > 0;
}

void ConnectSession::remove_operation(const std::string& id) {
    std::shared_ptr<Operation> operation;
    {
        std::lock_guard lock(mutex_);
        auto it = operations_.find(id);
        if (it == operations_.end()) return;
        operation = std::move(it->second);
        operations_.erase(it);
    }
    // Running to the end after the client let go would help nobody.
    OperationState state = operation->state();
    if (operation->interrupt()) state = OperationState::kCancelled;
    operation->buffer().close();
    std::lock_guard lock(mutex_);
    if (!tombstones_.emplace(id, state).second) return;
    tombstone_order_.push_back(id);
    while (tombstone_order_.size() > options_.abandoned_tombstones) {
        tombstones_.erase(tombstone_order_.front());
        tombstone_order_.pop_front();
    }
}

std::vector<std::shared_ptr<Operation>> ConnectSession::operations() {
    std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Operation>> out;
    for (const auto& [id, operation] : operations_) out.push_back(operation);
    return out;
}

std::optional<OperationState> ConnectSession::past_state(const std::string& id) {
    std::lock_guard lock(mutex_);
    auto it = tombstones_.find(id);
    if (it == tombstones_.end()) return std::nullopt;
    return it->second;
}

void ConnectSession::expire_operations(Clock::time_point deadline) {
    for (const auto& operation : operations()) {
        if (operation->is_detached_since(deadline)) remove_operation(operation->id());
    }
}

void ConnectSession::close() {
    {
        std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    for (const auto& operation : operations()) remove_operation(operation->id());
}

bool ConnectSession::is_idle_since(Clock::time_point deadline) {
    std::lock_guard lock(mutex_);
    return last_used_.load() < deadline && operations_.empty();
}

}  // namespace hanok::connect
