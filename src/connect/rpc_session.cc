// ReleaseSession, CloneSession, FetchErrorDetails, ArtifactStatus.

#include <spark/connect/base.pb.h>

#include "base/ids.h"
#include "connect/service_state.h"

namespace hanok::connect::rpc {

void release_session(
    Call& call, const sc::ReleaseSessionRequest& request, sc::ReleaseSessionResponse* response) {
    auto session = call.state.sessions.release(
        call.user_of(request.user_context()), request.session_id(), request.allow_reconnect());
    response->set_session_id(request.session_id());
    if (session) response->set_server_side_session_id(session->server_side_id());
}

void clone_session(
    Call& call, const sc::CloneSessionRequest& request, sc::CloneSessionResponse* response) {
    ConnectSession& source = call.find(request);
    sign(source, response);
    std::string new_id = request.has_new_session_id()
                             ? request.new_session_id()
                             : base::new_uuid(base::SystemRandom::instance());
    auto clone = call.state.sessions.clone(call.session, new_id);
    response->set_new_session_id(clone->id());
    response->set_new_server_side_session_id(clone->server_side_id());
}

void fetch_error_details(Call& call, const sc::FetchErrorDetailsRequest& request,
    sc::FetchErrorDetailsResponse* response) {
    ConnectSession& session = call.open(request);
    sign(session, response);
    if (auto error = session.errors().take(request.error_id())) fill_details(*error, response);
}

void artifact_status(Call& call, const sc::ArtifactStatusesRequest& request,
    sc::ArtifactStatusesResponse* response) {
    ConnectSession& session = call.open(request);
    sign(session, response);
    for (const auto& name : request.names()) {
        (*response->mutable_statuses())[name].set_exists(session.artifacts().has(name));
    }
}

}  // namespace hanok::connect::rpc
