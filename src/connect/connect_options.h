#pragma once
// Limits and time-outs of the service. The defaults are Spark's where Spark has one.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hanok::connect {

struct ConnectOptions {
    int64_t max_inbound_bytes = 128LL << 20;  // a larger request ends with RESOURCE_EXHAUSTED
    int64_t max_plan_bytes = 512LL << 20;     // of a compressed plan, after decompression
    int64_t max_chunk_bytes = 120'795'955;    // of one response that carries Arrow data

    std::chrono::milliseconds session_idle_timeout = std::chrono::minutes(60);
    std::chrono::milliseconds detached_timeout = std::chrono::minutes(
        5);  // of an operation no stream reads
    std::chrono::milliseconds stream_max_duration = std::chrono::minutes(2);
    int64_t stream_max_bytes = 1LL << 30;
    std::chrono::milliseconds progress_interval = std::chrono::seconds(2);

    int64_t retry_buffer_bytes = 10LL << 20;    // sent responses kept for a client that goes back
    int64_t pending_buffer_bytes = 16LL << 20;  // unsent responses before the engine has to wait

    size_t max_sessions = 1000;
    size_t max_operations_per_session = 1000;
    size_t abandoned_tombstones = 10'000;
    size_t closed_session_tombstones = 1000;
    size_t max_errors_per_session = 20;
    int64_t max_artifact_bytes_per_session = 4LL << 30;

    int control_threads = 8;     // short requests: configuration, release, interrupt, …
    int analysis_threads = 16;   // AnalyzePlan, CloneSession
    int execution_threads = 64;  // ExecutePlan; further ones queue
    size_t worker_stack_bytes = 512UL << 20;  // reserved address space, not memory
};

}  // namespace hanok::connect
