// How long a durable commit takes, and whether writers of one table lose any: prints
// "p50_ms=… versions=… lost=…". Arguments: an empty folder, writers, commits of each.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "delta/handlers.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "types/data_type.h"

namespace {

using namespace hanok;

std::shared_ptr<delta::Table> open(const std::string& folder) {
    return delta::Table::at(folder, delta::Handlers{});
}

void create(const std::string& folder) {
    auto table = open(folder);
    auto transaction = delta::Transaction::start(table, nullptr);
    delta::Metadata metadata;
    metadata.schema_string =
        types::DataType::struct_({{"id", types::DataType::long_(), true, ""}})->json();
    transaction->update_metadata(metadata);
    transaction->set_operation("CREATE TABLE");
    transaction->commit_or_throw();
}

// Milliseconds of each commit: from the start of the transaction to its durable version.
std::vector<double> append(const std::string& folder, int writer, int commits) {
    auto table = open(folder);
    std::vector<double> out;
    for (int i = 0; i < commits; ++i) {
        auto start = std::chrono::steady_clock::now();
        auto transaction = delta::Transaction::start(table, table->snapshot());
        delta::AddFile file;
        file.path = std::to_string(writer) + "-" + std::to_string(i) + ".parquet";
        file.size_bytes = 1;
        file.stats = R"({"numRecords":1})";
        transaction->add_file(file);
        transaction->set_operation("WRITE", {{"mode", "Append"}});
        transaction->commit_or_throw();
        std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
        out.push_back(time.count());
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    std::string folder = argv[1];
    int writers = std::atoi(argv[2]), commits = std::atoi(argv[3]);
    create(folder);
    std::vector<std::vector<double>> times(static_cast<size_t>(writers));
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w)
        threads.emplace_back(
            [&, w] { times[static_cast<size_t>(w)] = append(folder, w, commits); });
    for (auto& thread : threads) thread.join();
    std::vector<double> all;
    for (const auto& one : times) all.insert(all.end(), one.begin(), one.end());
    std::nth_element(all.begin(), all.begin() + static_cast<long>(all.size() / 2), all.end());
    auto snapshot = open(folder)->snapshot();
    std::set<std::string> files;
    for (const auto* file : snapshot->files()) files.insert(file->path);
    std::printf("p50_ms=%.3f versions=%lld lost=%zu\n", all[all.size() / 2],
        static_cast<long long>(snapshot->version()), all.size() - files.size());
    return files.size() == all.size() && snapshot->version() == static_cast<int64_t>(all.size())
               ? 0
               : 1;
}
