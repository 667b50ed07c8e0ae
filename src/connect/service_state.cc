#include "connect/service_state.h"

#include <malloc.h>
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
      control("hanok-control", o.control_threads, o.worker_stack_bytes),
      analysis("hanok-analyze", o.analysis_threads, o.worker_stack_bytes),
      execution("hanok-execute", o.execution_threads, o.worker_stack_bytes) {
    sweep();
}

ServiceState::~ServiceState() { stop(); }

// Runs again and again. Sessions end on a worker thread: their plans may be deep.
void ServiceState::sweep() {
    auto interval = std::min(options.session_idle_timeout, options.detached_timeout) / 4;
    interval = std::clamp(
        interval, std::chrono::milliseconds(10), std::chrono::milliseconds(5'000));
    timers.after(interval, [this] {
        control.submit([this] {
            if (is_stopping) return;
            sessions.expire();
            // What large requests and results held goes back to the system, unless a query would
            // fetch it again at once.
            if (!sessions.any_running()) malloc_trim(0);
            sweep();
        });
    });
}

void ServiceState::watch_operations() {
    if (is_watching.exchange(true)) return;
    auto interval = std::min(options.progress_interval, options.stream_max_duration / 2);
    interval = std::max(interval, std::chrono::milliseconds(1));
    timers.after(interval, [this] {
        is_watching = false;
        bool any = false;
        for (const auto& session : sessions.all()) {
            for (const auto& operation : session->operations()) {
                operation->cut_old_stream(options.stream_max_duration);
                if (operation->is_running() &&
                    operation->is_progress_due(options.progress_interval)) {
                    report_progress(*session, *operation);
                }
                any = any || operation->is_running() || operation->is_attached();
            }
        }
        if (any) watch_operations();
    });
}

void ServiceState::stop() {
    if (is_stopping.exchange(true)) return;
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
