#pragma once
// Threads with large stacks, made when there is work for them, for translating, analysing and
// running plans.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <pthread.h>

namespace hanok::connect {

class WorkerPool {
public:
    // `name` is what the system shows for the threads; at most 15 characters.
    WorkerPool(const char* name, int max_threads, size_t stack_bytes)
        : name_(name), max_threads_(max_threads), stack_bytes_(stack_bytes) {}
    // Waits for running tasks; queued ones still run.
    ~WorkerPool() { stop(); }
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Tasks must not throw. After stop() they run on the caller's thread.
    void submit(std::function<void()> task);
    void stop();
    // Would a task start at once?
    bool has_room();

private:
    static void* thread_main(void* self);
    void run();
    bool start_thread();

    const char* const name_;
    const int max_threads_;
    const size_t stack_bytes_;
    std::mutex mutex_;  // guards everything below
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    std::vector<pthread_t> threads_;
    size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace hanok::connect
