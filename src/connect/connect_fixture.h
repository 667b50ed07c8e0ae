#pragma once
// A server over a FakeBackend and a client stub, for tests.

#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <spark/connect/base.grpc.pb.h>

#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "connect/connect_server.h"
#include "connect/fake_backend.h"

namespace hanok::connect {

namespace sc = spark::connect;

inline std::string uuid() { return base::new_uuid(base::SystemRandom::instance()); }

class ConnectFixture : public ::testing::Test {
protected:
    struct Outcome {
        std::vector<sc::ExecutePlanResponse> responses;
        grpc::Status status;
        bool is_complete() const {
            return !responses.empty() && responses.back().has_result_complete();
        }
        int64_t rows() const {
            int64_t n = 0;
            for (const auto& r : responses) {
                if (r.arrow_batch().chunk_index() == 0) n += r.arrow_batch().row_count();
            }
            return n;
        }
        std::string last_id() const {
            return responses.empty() ? "" : responses.back().response_id();
        }
    };

    void start() {
        server_ = ConnectServer::start("127.0.0.1", 0, backend_, options_);
        grpc::ChannelArguments arguments;
        arguments.SetMaxReceiveMessageSize(-1);
        auto channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
            grpc::InsecureChannelCredentials(), arguments);
        stub_ = sc::SparkConnectService::NewStub(channel);
    }

    template <class Request>
    Request request() const {
        Request out;
        out.set_session_id(session_);
        out.mutable_user_context()->set_user_id("ann");
        return out;
    }

    // spark.range(end); -1 runs until it is cancelled.
    sc::ExecutePlanRequest range(int64_t end, bool is_reattachable = true) const {
        auto out = request<sc::ExecutePlanRequest>();
        out.set_operation_id(uuid());
        auto* r = out.mutable_plan()->mutable_root()->mutable_range();
        r->set_end(end);
        r->set_step(1);
        out.add_request_options()->mutable_reattach_options()->set_reattachable(is_reattachable);
        return out;
    }

    sc::ReattachExecuteRequest reattach(
        const std::string& operation, const std::string& last) const {
        auto out = request<sc::ReattachExecuteRequest>();
        out.set_operation_id(operation);
        if (!last.empty()) out.set_last_response_id(last);
        return out;
    }

    // Reads to the end, or `limit` responses and then hangs up.
    Outcome execute(const sc::ExecutePlanRequest& q, size_t limit = SIZE_MAX) {
        grpc::ClientContext context;
        return read(context, stub_->ExecutePlan(&context, q), limit);
    }
    Outcome execute(const sc::ReattachExecuteRequest& q, size_t limit = SIZE_MAX) {
        grpc::ClientContext context;
        return read(context, stub_->ReattachExecute(&context, q), limit);
    }

    grpc::Status release(const std::string& operation, const std::string& until) {
        auto q = request<sc::ReleaseExecuteRequest>();
        q.set_operation_id(operation);
        if (until.empty()) {
            q.mutable_release_all();
        } else {
            q.mutable_release_until()->set_response_id(until);
        }
        grpc::ClientContext context;
        sc::ReleaseExecuteResponse a;
        return stub_->ReleaseExecute(&context, q, &a);
    }

    sc::GetStatusResponse::OperationStatus::OperationState state_of(const std::string& operation) {
        auto q = request<sc::GetStatusRequest>();
        q.mutable_operation_status()->add_operation_ids(operation);
        grpc::ClientContext context;
        sc::GetStatusResponse a;
        grpc::Status status = stub_->GetStatus(&context, q, &a);
        // No session yet: the execution has not arrived.
        if (!status.ok())
            return sc::GetStatusResponse::OperationStatus::OPERATION_STATE_UNSPECIFIED;
        return a.operation_statuses(0).state();
    }

    // Spins until `condition` holds; false after five seconds.
    template <class Condition>
    static bool eventually(Condition condition) {
        for (int i = 0; i < 5000; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

    static bool says(const grpc::Status& status, const std::string& condition) {
        return status.error_code() == grpc::StatusCode::INTERNAL &&
               status.error_message().find("[" + condition + "]") != std::string::npos;
    }

    FakeBackend backend_;
    ConnectOptions options_;
    std::unique_ptr<ConnectServer> server_;
    std::unique_ptr<sc::SparkConnectService::Stub> stub_;
    std::string session_ = uuid();

private:
    static Outcome read(grpc::ClientContext& context,
        std::unique_ptr<grpc::ClientReader<sc::ExecutePlanResponse>> reader, size_t limit) {
        Outcome out;
        sc::ExecutePlanResponse response;
        while (out.responses.size() < limit && reader->Read(&response))
            out.responses.push_back(response);
        if (out.responses.size() == limit) context.TryCancel();
        out.status = reader->Finish();
        return out;
    }
};

}  // namespace hanok::connect
