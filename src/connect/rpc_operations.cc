// Interrupt, ReleaseExecute, GetStatus: what clients do to operations that exist.

#include <spark/connect/base.pb.h>

#include "connect/service_state.h"

namespace hanok::connect::rpc {

namespace {

bool is_meant(const sc::InterruptRequest& m, Operation& operation) {
    switch (m.interrupt_type()) {
        case sc::InterruptRequest::INTERRUPT_TYPE_ALL: return true;
        case sc::InterruptRequest::INTERRUPT_TYPE_TAG: return operation.has_tag(m.operation_tag());
        case sc::InterruptRequest::INTERRUPT_TYPE_OPERATION_ID:
            return operation.id() == m.operation_id();
        default: break;
    }
    throw Error(ErrorKind::kUnsupportedOperation, "CONNECT_INVALID_PLAN.INVALID_ENUM",
        {{"fullName", "spark.connect.InterruptRequest.InterruptType"}, {"name", "interrupt_type"},
            {"number", std::to_string(m.interrupt_type())}});
}

sc::GetStatusResponse::OperationStatus::OperationState to_proto(OperationState state) {
    using S = sc::GetStatusResponse::OperationStatus;
    switch (state) {
        case OperationState::kRunning: return S::OPERATION_STATE_RUNNING;
        case OperationState::kTerminating: return S::OPERATION_STATE_TERMINATING;
        case OperationState::kSucceeded: return S::OPERATION_STATE_SUCCEEDED;
        case OperationState::kFailed: return S::OPERATION_STATE_FAILED;
        case OperationState::kCancelled: break;
    }
    return S::OPERATION_STATE_CANCELLED;
}

void add_status(ConnectSession& session, const std::string& id, sc::GetStatusResponse* response) {
    auto* status = response->add_operation_statuses();
    status->set_operation_id(id);
    if (auto operation = session.find_operation(id)) {
        status->set_state(to_proto(operation->state()));
    } else if (auto past = session.past_state(id)) {
        status->set_state(to_proto(*past));
    } else {
        status->set_state(sc::GetStatusResponse::OperationStatus::OPERATION_STATE_UNKNOWN);
    }
}

}  // namespace

void interrupt(Call& call, const sc::InterruptRequest& request, sc::InterruptResponse* response) {
    ConnectSession& session = call.open(request);
    sign(session, response);
    for (const auto& operation : session.operations()) {
        if (is_meant(request, *operation) && operation->interrupt())
            response->add_interrupted_ids(operation->id());
    }
}

void release_execute(
    Call& call, const sc::ReleaseExecuteRequest& request, sc::ReleaseExecuteResponse* response) {
    ConnectSession& session = call.find(request);
    sign(session, response);
    auto operation = session.find_operation(request.operation_id());
    if (!operation) return;  // released before; a late release of one response is no error
    response->set_operation_id(operation->id());
    if (request.has_release_until()) {
        const std::string& id = request.release_until().response_id();
        auto index = operation->response_index(id);
        if (!index || *index > operation->buffer().size()) {
            throw Error(
                ErrorKind::kSpark, "INVALID_CURSOR.POSITION_NOT_FOUND", {{"responseId", id}});
        }
        operation->buffer().release_until(*index);
    } else if (request.has_release_all()) {
        session.remove_operation(operation->id());
    } else {
        throw Error(ErrorKind::kUnsupportedOperation,
            "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET",
            {{"fullName", "spark.connect.ReleaseExecuteRequest"}, {"name", "release"}});
    }
}

void get_status(Call& call, const sc::GetStatusRequest& request, sc::GetStatusResponse* response) {
    ConnectSession& session = call.find(request);
    sign(session, response);
    if (!request.has_operation_status()) return;
    if (request.operation_status().operation_ids().empty()) {
        for (const auto& operation : session.operations())
            add_status(session, operation->id(), response);
    }
    for (const auto& id : request.operation_status().operation_ids())
        add_status(session, id, response);
}

}  // namespace hanok::connect::rpc
