#include "engine/instance/process_memory.h"

#include <arrow/memory_pool.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <duckdb.hpp>
#include <duckdb/common/allocator.hpp>

namespace hanok::engine {

namespace {

constexpr long kGrowthBytes = 48L << 20;

// Resident memory that is not a file's, 0 when unknown.
long anonymous_bytes() {
    static const int kStatm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[128] = {};
    if (kStatm < 0 || pread(kStatm, text, sizeof(text) - 1, 0) <= 0) return 0;
    long size = 0;
    long resident = 0;
    long shared = 0;
    if (std::sscanf(text, "%ld %ld %ld", &size, &resident, &shared) != 3) return 0;
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

std::atomic<long> after_release = 0;

}  // namespace

void release_unused_memory() {
    if (anonymous_bytes() < after_release + kGrowthBytes) return;
    duckdb::Allocator::FlushAll();
    arrow::default_memory_pool()->ReleaseUnused();
    malloc_trim(0);
    after_release = anonymous_bytes();
}

IdleRelease::IdleRelease(std::chrono::milliseconds quiet_time, void (*release)())
    : quiet_time_(quiet_time), release_(release), thread_([this] { run(); }) {}

IdleRelease::~IdleRelease() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void IdleRelease::query_began() {
    std::lock_guard lock(mutex_);
    running_++;
}

void IdleRelease::query_ended() {
    std::lock_guard lock(mutex_);
    running_--;
    has_run_ = true;
    if (is_awake_) return;
    is_awake_ = true;
    changed_.notify_one();
}

void IdleRelease::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_awake_ || stopping_; });
        has_run_ = false;
        if (changed_.wait_for(lock, quiet_time_, [this] { return stopping_; })) return;
        if (has_run_) continue;
        is_awake_ = false;
        if (running_ > 0) continue;  // its end wakes this again
        lock.unlock();
        release_();
        lock.lock();
    }
}

}  // namespace hanok::engine
