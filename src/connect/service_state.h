#pragma once
// What all requests share, and the requests' handlers. Handlers run on worker threads and throw
// Error.

#include <atomic>
#include <memory>
#include <string>

#include "connect/backend.h"
#include "connect/connect_options.h"
#include "connect/query_log.h"
#include "connect/response_stream.h"
#include "connect/session_registry.h"
#include "connect/timer_queue.h"
#include "connect/worker_pool.h"

namespace spark::connect {
class AddArtifactsRequest;
class AnalyzePlanRequest;
class AnalyzePlanResponse;
class ArtifactStatusesRequest;
class ArtifactStatusesResponse;
class CloneSessionRequest;
class CloneSessionResponse;
class ConfigRequest;
class ConfigResponse;
class FetchErrorDetailsRequest;
class FetchErrorDetailsResponse;
class GetStatusRequest;
class GetStatusResponse;
class InterruptRequest;
class InterruptResponse;
class ReleaseExecuteRequest;
class ReleaseExecuteResponse;
class ReleaseSessionRequest;
class ReleaseSessionResponse;
class UserContext;
}  // namespace spark::connect

namespace hanok::connect {

struct ServiceState {
    ServiceState(Backend& b, ConnectOptions o);
    ~ServiceState();

    // Sees to it that running operations report progress and that old streams are cut, until there
    // are none. One timer for all: most operations end before it is due.
    void watch_operations();
    // Ends operations and sessions, then the threads. Idempotent.
    void stop();

    Backend& backend;
    const ConnectOptions options;
    SessionRegistry sessions;
    QueryLog queries;
    WorkerPool control;
    WorkerPool analysis;
    WorkerPool execution;
    TimerQueue timers;
    std::atomic<bool> is_stopping{false};
    std::atomic<bool> is_watching{false};

private:
    void sweep();
};

// One request: who asks, and the session once it is known (errors are kept there).
struct Call {
    ServiceState& state;
    std::string authorization;
    std::shared_ptr<ConnectSession> session;

    // The session of a request, made when there is none (open) or not (find).
    template <class Request>
    ConnectSession& open(const Request& request) {
        session = state.sessions.get_or_create(user_of(request.user_context()),
            request.session_id(), request.client_observed_server_side_session_id());
        return *session;
    }
    template <class Request>
    ConnectSession& find(const Request& request) {
        session = state.sessions.find(user_of(request.user_context()), request.session_id(),
            request.client_observed_server_side_session_id());
        return *session;
    }
    std::string user_of(const spark::connect::UserContext& context) const;
    // The error as the client expects it; keeps it in the session unless that is switched off
    // there.
    grpc::Status status_of(const std::exception_ptr& exception) const;
};

// Every response names the session twice.
template <class Response>
void sign(const ConnectSession& session, Response* response) {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
}

namespace rpc {

namespace sc = spark::connect;

// Runs the operation before it returns when `is_on_execution_thread`; else hands it to the
// execution pool.
void execute_plan(Call& call, const grpc::ByteBuffer& request,
    const std::shared_ptr<ResponseStream>& stream, bool is_on_execution_thread);
void reattach_execute(
    Call& call, const grpc::ByteBuffer& request, const std::shared_ptr<ResponseStream>& stream);
void analyze_plan(
    Call& call, const sc::AnalyzePlanRequest& request, sc::AnalyzePlanResponse* response);
void config(Call& call, const sc::ConfigRequest& request, sc::ConfigResponse* response);
void artifact_status(
    Call& call, const sc::ArtifactStatusesRequest& request, sc::ArtifactStatusesResponse* response);
void interrupt(Call& call, const sc::InterruptRequest& request, sc::InterruptResponse* response);
void release_execute(
    Call& call, const sc::ReleaseExecuteRequest& request, sc::ReleaseExecuteResponse* response);
void release_session(
    Call& call, const sc::ReleaseSessionRequest& request, sc::ReleaseSessionResponse* response);
void fetch_error_details(Call& call, const sc::FetchErrorDetailsRequest& request,
    sc::FetchErrorDetailsResponse* response);
void clone_session(
    Call& call, const sc::CloneSessionRequest& request, sc::CloneSessionResponse* response);
void get_status(Call& call, const sc::GetStatusRequest& request, sc::GetStatusResponse* response);

}  // namespace rpc

}  // namespace hanok::connect
