// channels_bench ADDRESS CHANNELS SECONDS: small queries through Spark Connect, each channel one at
// a time with a session of its own. Prints queries, queries a second, and the 50th and 99th
// percentile of their times in milliseconds.

#include <grpcpp/grpcpp.h>
#include <spark/connect/base.grpc.pb.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace sc = spark::connect;
using Clock = std::chrono::steady_clock;

std::string uuid(std::mt19937_64& random) {
    char out[37];
    auto high = random(), low = random();
    std::snprintf(out, sizeof out, "%08x-%04x-4%03x-8%03x-%012llx", unsigned(high >> 32),
        unsigned(high >> 16 & 0xffff), unsigned(high & 0xfff), unsigned(low >> 52),
        static_cast<unsigned long long>(low & 0xffff'ffff'ffff));
    return out;
}

// One query; false when it failed.
bool query(sc::SparkConnectService::Stub& stub, const sc::ExecutePlanRequest& request) {
    grpc::ClientContext context;
    auto reader = stub.ExecutePlan(&context, request);
    sc::ExecutePlanResponse response;
    int64_t rows = 0;
    while (reader->Read(&response)) {
        if (response.has_arrow_batch()) rows += response.arrow_batch().row_count();
    }
    auto status = reader->Finish();
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.error_message().c_str());
    return status.ok() && rows == 1;
}

struct Load {
    std::string address;
    Clock::time_point warm;
    Clock::time_point end;
    std::atomic<bool> failed{false};
};

// Times in milliseconds of the queries that began after the warm-up.
void run_channel(Load& load, int number, std::vector<double>* times) {
    std::mt19937_64 random(static_cast<uint64_t>(number) + 1);
    grpc::ChannelArguments arguments;
    arguments.SetInt("channel", number);  // else channels share a connection
    auto stub = sc::SparkConnectService::NewStub(
        grpc::CreateCustomChannel(load.address, grpc::InsecureChannelCredentials(), arguments));
    sc::ExecutePlanRequest request;
    request.set_session_id(uuid(random));
    request.mutable_user_context()->set_user_id("bench");
    request.set_client_type("bench");
    for (int64_t n = 0; !load.failed; ++n) {
        auto begin = Clock::now();
        if (begin >= load.end) return;
        request.mutable_plan()->mutable_root()->mutable_sql()->set_query(
            "SELECT sum(id) + " + std::to_string(n) + " AS s FROM range(100) WHERE id % 3 = 0");
        if (!query(*stub, request)) load.failed = true;
        std::chrono::duration<double, std::milli> took = Clock::now() - begin;
        if (begin >= load.warm) times->push_back(took.count());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "channels_bench ADDRESS CHANNELS SECONDS\n");
        return 2;
    }
    int channels = std::atoi(argv[2]);
    auto seconds = std::chrono::seconds(std::atoi(argv[3]));
    Load load;
    load.address = argv[1];
    load.warm = Clock::now() + std::chrono::seconds(2);
    load.end = load.warm + seconds;
    std::vector<std::vector<double>> times(static_cast<size_t>(channels));
    std::vector<std::thread> threads;
    for (int i = 0; i < channels; ++i)
        threads.emplace_back(run_channel, std::ref(load), i, &times[static_cast<size_t>(i)]);
    for (auto& thread : threads) thread.join();
    if (load.failed) return 1;
    std::vector<double> all;
    for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
    if (all.empty()) return 1;
    std::sort(all.begin(), all.end());
    auto at = [&](double share) { return all[size_t(share * double(all.size() - 1))]; };
    std::printf("%zu %.0f %.2f %.2f\n", all.size(), double(all.size()) / double(seconds.count()),
        at(0.5), at(0.99));
    return 0;
}
