#include "connect/service.h"

#include <google/protobuf/arena.h>
#include <spark/connect/base.grpc.pb.h>

#include <functional>

#include "connect/artifact_upload.h"
#include "connect/message_parser.h"
#include "connect/service_state.h"

namespace hanok::connect {

namespace {

namespace sc = spark::connect;
using Sc = sc::SparkConnectService;
using Context = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Unary = grpc::ServerUnaryReactor;
using Stream = grpc::ServerWriteReactor<Bytes>;

// Every method takes and gives bytes: requests need a parser with a raised recursion limit.
template <class Base>
using RawExecution = Sc::WithRawCallbackMethod_ExecutePlan<
    Sc::WithRawCallbackMethod_ReattachExecute<Sc::WithRawCallbackMethod_ReleaseExecute<
        Sc::WithRawCallbackMethod_Interrupt<Sc::WithRawCallbackMethod_GetStatus<Base>>>>>;
template <class Base>
using RawSession = Sc::WithRawCallbackMethod_AnalyzePlan<Sc::WithRawCallbackMethod_Config<
    Sc::WithRawCallbackMethod_ReleaseSession<Sc::WithRawCallbackMethod_CloneSession<
        Sc::WithRawCallbackMethod_FetchErrorDetails<Base>>>>>;
template <class Base>
using RawArtifacts =
    Sc::WithRawCallbackMethod_AddArtifacts<Sc::WithRawCallbackMethod_ArtifactStatus<Base>>;

std::string authorization_of(const Context& context) {
    auto it = context.client_metadata().find("authorization");
    return it == context.client_metadata().end()
               ? ""
               : std::string(it->second.data(), it->second.size());
}

grpc::Status stopping() { return {grpc::StatusCode::UNAVAILABLE, "The server is shutting down."}; }

template <class Request, class Response>
using Handler = void (*)(Call&, const Request&, Response*);

template <class Request, class Response>
grpc::Status handle(
    Call& call, const Bytes& bytes, Bytes* out, Handler<Request, Response> handler) {
    try {
        google::protobuf::Arena arena;
        auto* request = google::protobuf::Arena::CreateMessage<Request>(&arena);
        parse_message(bytes, request);
        Response response;
        handler(call, *request, &response);
        grpc::Slice slice(response.SerializeAsString());
        *out = Bytes(&slice, 1);
        return grpc::Status::OK;
    } catch (...) {
        return call.status_of(std::current_exception());
    }
}

class Service final : public RawExecution<RawSession<RawArtifacts<Sc::Service>>> {
public:
    explicit Service(ServiceState& state) : state_(state) {}

    // Runs where it is read when an execution thread is free; else it is read at once and queues to
    // be run.
    Stream* ExecutePlan(Context* c, const Bytes* q) override {
        bool run_now = state_.execution.has_room();
        return stream(c, q, run_now ? state_.execution : state_.control,
            [run_now](
                Call& call, const Bytes& bytes, const std::shared_ptr<ResponseStream>& stream) {
                rpc::execute_plan(call, bytes, stream, run_now);
            });
    }
    Stream* ReattachExecute(Context* c, const Bytes* q) override {
        return stream(c, q, state_.control, &rpc::reattach_execute);
    }

    Unary* AnalyzePlan(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.analysis, &rpc::analyze_plan);
    }
    Unary* CloneSession(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.analysis, &rpc::clone_session);
    }
    Unary* Config(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::config);
    }
    Unary* ArtifactStatus(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::artifact_status);
    }
    Unary* Interrupt(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::interrupt);
    }
    // Clients send one for every response: handled where it arrives, without waking a thread.
    Unary* ReleaseExecute(Context* c, const Bytes* q, Bytes* a) override {
        return unary_here(c, q, a, &rpc::release_execute);
    }
    Unary* ReleaseSession(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::release_session);
    }
    Unary* FetchErrorDetails(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::fetch_error_details);
    }
    Unary* GetStatus(Context* c, const Bytes* q, Bytes* a) override {
        return unary(c, q, a, state_.control, &rpc::get_status);
    }
    grpc::ServerReadReactor<Bytes>* AddArtifacts(Context* c, Bytes* a) override {
        return new ArtifactUpload(Call{state_, authorization_of(*c), nullptr}, a);
    }

private:
    template <class Request, class Response>
    Unary* unary(Context* context, const Bytes* request, Bytes* response, WorkerPool& pool,
        Handler<Request, Response> handler) {
        Unary* reactor = context->DefaultReactor();
        if (state_.is_stopping) {
            reactor->Finish(stopping());
            return reactor;
        }
        pool.submit([this, reactor, request, response, handler,
                        authorization = authorization_of(*context)] {
            Call call{state_, authorization, nullptr};
            reactor->Finish(handle(call, *request, response, handler));
        });
        return reactor;
    }

    // For handlers that never wait and never recurse.
    template <class Request, class Response>
    Unary* unary_here(Context* context, const Bytes* request, Bytes* response,
        Handler<Request, Response> handler) {
        Unary* reactor = context->DefaultReactor();
        Call call{state_, authorization_of(*context), nullptr};
        reactor->Finish(
            state_.is_stopping ? stopping() : handle(call, *request, response, handler));
        return reactor;
    }

    using StreamHandler =
        std::function<void(Call&, const Bytes&, const std::shared_ptr<ResponseStream>&)>;
    Stream* stream(
        Context* context, const Bytes* request, WorkerPool& pool, StreamHandler handler) {
        auto reactor = ResponseStream::make(state_.options);
        if (state_.is_stopping) {
            reactor->fail(stopping());
            return reactor.get();
        }
        pool.submit([this, reactor, bytes = *request, handler = std::move(handler),
                        authorization = authorization_of(*context)] {
            Call call{state_, authorization, nullptr};
            try {
                handler(call, bytes, reactor);
            } catch (...) {
                reactor->fail(call.status_of(std::current_exception()));
            }
        });
        return reactor.get();
    }

    ServiceState& state_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_service(ServiceState& state) {
    return std::make_unique<Service>(state);
}

}  // namespace hanok::connect
