#include "server/server_command.h"

#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <fstream>

#include "base/error.h"
#include "commands/command.h"
#include "connect/connect_server.h"
#include "connect/query_log.h"
#include "rest/http_server.h"
#include "server/backend.h"
#include "server/version.h"
#include "session/platform.h"

namespace hanok::server {

namespace {

const char* const kJson = "application/json";

// Signals are taken by sigwait on the main thread; every other thread inherits the mask.
sigset_t block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (int s : {SIGTERM, SIGINT}) sigaddset(&set, s);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

// Batches and hash tables are megabytes that come and go. From the heap they cost no system call
// and no page faults each time; what is unused goes back to the system when the engine is idle.
void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    int64_t total = 0;
    int64_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

rest::HttpResponse metrics(session::Platform& platform, int64_t started_us) {
    std::string out;
    auto add = [&](const char* name, const char* kind, const char* help, double value) {
        out += fmt::format(
            "# HELP {} {}\n# TYPE {} {}\n{} {}\n", name, help, name, kind, name, value);
    };
    add("hanok_up", "gauge", "1 while the server answers.", 1);
    add("process_resident_memory_bytes", "gauge", "Resident memory of the process.",
        static_cast<double>(resident_bytes()));
    add("hanok_engine_memory_bytes", "gauge", "Memory the engine holds.",
        static_cast<double>(platform.engine().memory_used_bytes()));
    add("hanok_uptime_seconds", "counter", "Seconds since the start.",
        static_cast<double>(platform.clock().ticks_us() - started_us) / 1e6);
    return {200, "text/plain; version=0.0.4", out};
}

rest::HttpResponse query(const connect::ConnectServer& connect, const std::string& id) {
    auto found = connect.queries().find(id);
    if (!found) return {404, kJson, R"({"error":"not found"})"};
    return {200, kJson, std::move(*found)};
}

}  // namespace

int run_server(const ServerOptions& options) {
    keep_freed_memory();
    sigset_t signals = block_signals();
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    commands::install();
    auto platform = open_platform(options);
    int64_t started_us = platform->clock().ticks_us();
    PlatformBackend backend(*platform);
    auto connect = connect::ConnectServer::start(options.host, options.connect_port, backend);
    auto ok = [](const std::string&) {
        return rest::HttpResponse{200, kJson, R"({"status":"ok"})"};
    };
    auto http = rest::HttpServer::start(options.host, options.http_port,
        {{"/health", ok}, {"/ready", ok},
            {"/metrics", [&](const std::string&) { return metrics(*platform, started_us); }},
            {"/queries",
                [&](const std::string&) {
                    return rest::HttpResponse{200, kJson, connect->queries().list()};
                }},
            {"/queries/", [&](const std::string& id) { return query(*connect, id); }}});
    spdlog::info(
        "Hanok {} is ready: sc://{}:{} (Spark Connect), http://{}:{} (health, metrics), data in {}",
        kVersion, options.host, connect->port(), options.host, http->port(), platform->data_dir());

    int received = 0;
    sigwait(&signals, &received);
    spdlog::info("stopping");
    http->stop();
    connect->shutdown(std::chrono::milliseconds(options.shutdown_grace_ms));
    connect.reset();
    spdlog::info("stopped");
    return 0;
}

}  // namespace hanok::server
