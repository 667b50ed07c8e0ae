#include "connect/timer_queue.h"

namespace hanok::connect {

TimerQueue::Id TimerQueue::after(std::chrono::milliseconds delay, std::function<void()> task) {
    std::lock_guard lock(mutex_);
    Id id{Clock::now() + delay, next_++};
    bool is_first = tasks_.empty() || id < tasks_.begin()->first;
    tasks_.emplace(id, std::move(task));
    if (is_first) wake_.notify_one();
    return id;
}

void TimerQueue::cancel(const Id& id) {
    std::function<void()> dropped;  // destroyed outside the lock
    std::lock_guard lock(mutex_);
    auto it = tasks_.find(id);
    if (it == tasks_.end()) return;
    dropped = std::move(it->second);
    tasks_.erase(it);
}

void TimerQueue::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (tasks_.empty()) {
            wake_.wait(lock);
            continue;
        }
        auto due = tasks_.begin()->first.first;
        if (Clock::now() < due) {
            wake_.wait_until(lock, due);
            continue;
        }
        auto task = std::move(tasks_.begin()->second);
        tasks_.erase(tasks_.begin());
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
}

void TimerQueue::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    tasks_.clear();
}

}  // namespace hanok::connect
