// replay_server TARGET PORT: a Spark Connect server that asks TARGET once for each plan and from
// then on answers it with the same messages, ready made. What a client can take at most.

#include <grpcpp/grpcpp.h>
#include <spark/connect/base.grpc.pb.h>

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

namespace sc = spark::connect;
using grpc::ServerContext;
using grpc::Status;

class Replay final : public sc::SparkConnectService::Service {
public:
    explicit Replay(const std::string& target) {
        grpc::ChannelArguments arguments;
        arguments.SetMaxReceiveMessageSize(-1);
        stub_ = sc::SparkConnectService::NewStub(
            grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
    }

    Status ExecutePlan(ServerContext*, const sc::ExecutePlanRequest* request,
        grpc::ServerWriter<sc::ExecutePlanResponse>* writer) override {
        auto& answers = answers_for(request->plan().SerializeAsString());
        std::lock_guard lock(mutex_);
        if (answers.empty()) {
            grpc::ClientContext context;
            auto reader = stub_->ExecutePlan(&context, *request);
            for (sc::ExecutePlanResponse response; reader->Read(&response);)
                answers.push_back(response);
            if (auto status = reader->Finish(); !status.ok()) return status;
        }
        for (const auto& answer : answers) writer->Write(answer);
        return Status::OK;
    }

    Status Config(
        ServerContext*, const sc::ConfigRequest* request, sc::ConfigResponse* response) override {
        grpc::ClientContext context;
        return stub_->Config(&context, *request, response);
    }
    Status AnalyzePlan(ServerContext*, const sc::AnalyzePlanRequest* request,
        sc::AnalyzePlanResponse* response) override {
        grpc::ClientContext context;
        return stub_->AnalyzePlan(&context, *request, response);
    }
    Status ReleaseExecute(ServerContext*, const sc::ReleaseExecuteRequest* request,
        sc::ReleaseExecuteResponse* response) override {
        response->set_session_id(request->session_id());
        return Status::OK;
    }
    Status ReleaseSession(ServerContext*, const sc::ReleaseSessionRequest* request,
        sc::ReleaseSessionResponse* response) override {
        grpc::ClientContext context;
        return stub_->ReleaseSession(&context, *request, response);
    }

private:
    std::vector<sc::ExecutePlanResponse>& answers_for(const std::string& plan) {
        std::lock_guard lock(mutex_);
        return answers_[plan];
    }

    std::unique_ptr<sc::SparkConnectService::Stub> stub_;
    std::mutex mutex_;
    std::map<std::string, std::vector<sc::ExecutePlanResponse>> answers_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "replay_server TARGET PORT\n");
        return 2;
    }
    Replay service(argv[1]);
    grpc::ServerBuilder builder;
    builder.SetMaxSendMessageSize(-1);
    builder.AddListeningPort(
        "127.0.0.1:" + std::string(argv[2]), grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    if (!server) return 1;
    std::puts("ready");
    std::fflush(stdout);
    server->Wait();
    return 0;
}
