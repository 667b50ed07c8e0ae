#include "connect/backend.h"

namespace hanok::connect {

void Cancellation::cancel() {
    std::lock_guard lock(mutex_);
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    if (handler_) handler_();
}

void Cancellation::on_cancel(std::function<void()> handler) {
    std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
    if (handler_ && is_cancelled()) handler_();
}

std::string Backend::authenticate(const std::string& user_id, const std::string&) {
    return user_id;
}

}  // namespace hanok::connect
