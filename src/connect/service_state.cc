#include "connect/service_state.h"

#include <spark/connect/base.pb.h>

#include <algorithm>
#include <latch>

#include "connect/errors.h"
#include "connect/result_messages.h"

namespace hanok::connect {

ServiceState::ServiceState(Backend& b, ConnectOptions o)
    : backend(b),
      options(o),
      sessions(b, options),
      control(o.control_threads, o.worker_stack_bytes),
      analysis(o.analysis_threads, o.worker_stack_bytes),
      execution(o.execution_threads, o.worker_stack_bytes) {
    sweep();
}

ServiceState::~ServiceState() {
    stop();
}

// Runs again and again. Sessions end on a worker thread: their plans may be deep.
void ServiceState::sweep() {
    auto interval = std::min(options.session_idle_timeout, options.detached_timeout) / 4;
    interval =
        std::clamp(interval, std::chrono::milliseconds(10), std::chrono::milliseconds(15'000));
    timers.after(interval, [this] {
        control.submit([this] {
            if (is_stopping)
                return;
            sessions.expire();
            sweep();
        });
    });
}

void ServiceState::stop() {
    if (is_stopping.exchange(true))
        return;
    timers.stop();
    std::latch closed(1);
    control.submit([&] {
        sessions.close_all();
        closed.count_down();
    });
    closed.wait();
    execution.stop();
    analysis.stop();
    control.stop();
}

std::string Call::user_of(const spark::connect::UserContext& context) const {
    return state.backend.authenticate(context.user_id(), authorization);
}

grpc::Status Call::status_of(const std::exception_ptr& exception) const {
    return to_status(to_error(exception), session ? error_store(*session) : nullptr);
}

}  // namespace hanok::connect
