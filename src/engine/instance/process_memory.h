#pragma once
// Allocators keep what queries have freed: the next query takes it without page faults. A server
// that idles gives it back.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace hanok::engine {

// Returns freed memory to the system when the process has grown since the last time; cheap
// otherwise. Thread-safe.
void release_unused_memory();

// Calls release_unused_memory() once no query has run for a while. Thread-safe.
class IdleRelease {
public:
    explicit IdleRelease(std::chrono::milliseconds quiet_time = std::chrono::seconds(2),
        void (*release)() = release_unused_memory);
    ~IdleRelease();
    IdleRelease(const IdleRelease&) = delete;
    IdleRelease& operator=(const IdleRelease&) = delete;

    void query_began();
    void query_ended();

private:
    void run();

    const std::chrono::milliseconds quiet_time_;
    void (*const release_)();
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    int running_ = 0;
    bool has_run_ = false;   // since the last look
    bool is_awake_ = false;  // the thread looks again after quiet_time_
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hanok::engine
