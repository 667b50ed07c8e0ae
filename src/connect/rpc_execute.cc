// ExecutePlan and ReattachExecute: calls that stream an operation's responses.

#include <spark/connect/base.pb.h>

#include <functional>

#include "base/ids.h"
#include "connect/execution.h"
#include "connect/message_parser.h"
#include "connect/service_state.h"
#include "connect/translator/translator.h"

namespace hanok::connect::rpc {

namespace {

bool wants_reattach(const sc::ExecutePlanRequest& m) {
    for (const auto& option : m.request_options()) {
        if (option.has_reattach_options()) return option.reattach_options().reattachable();
    }
    return false;
}

void check_tag(const std::string& tag) {
    if (tag.empty() || tag.find(',') != std::string::npos) {
        throw Error(ErrorKind::kIllegalArgument, "HANOK_INVALID_OPERATION_TAG", {{"tag", tag}});
    }
}

const std::string& sql_text(const sc::Plan& plan) {
    const auto& input = plan.has_root() ? plan.root() : plan.command().sql_command().input();
    return input.has_with_relations() ? input.with_relations().root().sql().query()
                                      : input.sql().query();
}

OperationContext context_of(const sc::ExecutePlanRequest& m, const ConnectSession& session) {
    OperationContext context;
    if (m.has_operation_id()) {
        if (!base::is_uuid(m.operation_id())) throw invalid_handle("FORMAT", m.operation_id());
        context.operation_id = m.operation_id();
    } else {
        context.operation_id = base::new_uuid(base::SystemRandom::instance());
    }
    context.user = session.user();
    context.session_id = session.id();
    for (const auto& tag : m.tags()) {
        check_tag(tag);
        context.tags.push_back(tag);
    }
    context.statement = sql_text(m.plan());
    context.cancellation = std::make_shared<Cancellation>();
    return context;
}

// What to do when a stream lets go: nobody can come back to an operation that is not reattachable.
ResponseStream::OnDetached on_detached(
    ServiceState& state, const std::shared_ptr<ConnectSession>& session) {
    std::weak_ptr<ConnectSession> weak = session;
    return [&state, weak](const std::shared_ptr<Operation>& operation) {
        if (operation->is_reattachable()) return;
        state.control.submit([weak, id = operation->id()] {
            if (auto s = weak.lock()) s->remove_operation(id);
        });
    };
}

// Index of the first response a stream has to send.
int64_t position_after(Operation& operation, const std::string& last_response_id) {
    int64_t last = 0;
    if (!last_response_id.empty()) {
        auto index = operation.response_index(last_response_id);
        if (!index || *index > operation.buffer().size()) {
            throw Error(ErrorKind::kSpark, "INVALID_CURSOR.POSITION_NOT_FOUND",
                {{"responseId", last_response_id}});
        }
        last = *index;
    }
    if (!operation.buffer().holds(last + 1)) {
        throw Error(ErrorKind::kSpark, "INVALID_CURSOR.POSITION_NOT_AVAILABLE",
            {{"responseId", last_response_id}, {"index", std::to_string(last)}});
    }
    return last + 1;
}

}  // namespace

void execute_plan(Call& call, const grpc::ByteBuffer& bytes,
    const std::shared_ptr<ResponseStream>& stream, bool is_on_execution_thread) {
    ServiceState& state = call.state;
    auto request = std::make_unique<ExecuteRequest>();
    request->message = google::protobuf::Arena::CreateMessage<sc::ExecutePlanRequest>(
        &request->arena);
    parse_message(bytes, request->message);
    const sc::ExecutePlanRequest& m = *request->message;
    ConnectSession& session = call.open(m);
    size_t fingerprint = std::hash<std::string>()(m.plan().SerializeAsString());
    auto operation = std::make_shared<Operation>(
        context_of(m, session), fingerprint, wants_reattach(m), state.options);
    auto kept = session.add_operation(operation);
    if (kept == operation) {
        auto execution = std::make_shared<Execution>(
            call.session, operation, std::move(request), state.options, state.queries);
        stream->start(operation, 1, on_detached(state, call.session));
        state.watch_operations();
        if (is_on_execution_thread) {
            execution->run();
        } else {
            state.execution.submit([execution] { execution->run(); });
        }
    } else {
        stream->start(kept, position_after(*kept, ""), on_detached(state, call.session));
    }
}

void reattach_execute(
    Call& call, const grpc::ByteBuffer& bytes, const std::shared_ptr<ResponseStream>& stream) {
    sc::ReattachExecuteRequest m;
    parse_message(bytes, &m);
    ConnectSession& session = call.find(m);
    auto operation = session.find_operation(m.operation_id());
    if (!operation) {
        bool was_there = session.is_abandoned(m.operation_id());
        throw invalid_handle(
            was_there ? "OPERATION_ABANDONED" : "OPERATION_NOT_FOUND", m.operation_id());
    }
    if (!operation->is_reattachable())
        throw Error(ErrorKind::kSpark, "INVALID_CURSOR.NOT_REATTACHABLE");
    int64_t next = position_after(*operation, m.last_response_id());
    stream->start(operation, next, on_detached(call.state, call.session));
    call.state.watch_operations();
}

}  // namespace hanok::connect::rpc
