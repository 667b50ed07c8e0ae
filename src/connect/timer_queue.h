#pragma once
// Runs short functions at a later time, on one thread that sleeps until the next is due.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace hanok::connect {

class TimerQueue {
public:
    using Clock = std::chrono::steady_clock;
    using Id = std::pair<Clock::time_point, uint64_t>;

    TimerQueue() : thread_([this] { run(); }) {}
    ~TimerQueue() { stop(); }
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;

    // `task` must be quick, must not throw and must not call stop().
    Id after(std::chrono::milliseconds delay, std::function<void()> task);
    // A task that has begun may still be running when this returns.
    void cancel(const Id& id);
    // Drops what is waiting.
    void stop();

private:
    void run();

    std::mutex mutex_;  // guards everything below but thread_
    std::condition_variable wake_;
    std::map<Id, std::function<void()>> tasks_;
    uint64_t next_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hanok::connect
