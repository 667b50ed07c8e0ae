#include "connect/worker_pool.h"

namespace hanok::connect {

void WorkerPool::submit(std::function<void()> task) {
    {
        std::unique_lock lock(mutex_);
        bool can_run = !stopping_;
        // One idle thread serves one waiting task; more waiting tasks want more threads.
        if (can_run && idle_ <= queue_.size() &&
            threads_.size() < static_cast<size_t>(max_threads_)) {
            can_run = start_thread() || !threads_.empty();
        }
        if (can_run) {
            queue_.push_back(std::move(task));
            wake_.notify_one();
            return;
        }
    }
    task();
}

bool WorkerPool::start_thread() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes_);
    pthread_t thread;
    bool started = pthread_create(&thread, &attributes, &WorkerPool::thread_main, this) == 0;
    pthread_attr_destroy(&attributes);
    if (started) threads_.push_back(thread);
    return started;
}

void* WorkerPool::thread_main(void* self) {
    static_cast<WorkerPool*>(self)->run();
    return nullptr;
}

bool WorkerPool::has_room() {
    std::lock_guard lock(mutex_);
    return idle_ > queue_.size() || threads_.size() < static_cast<size_t>(max_threads_);
}

void WorkerPool::run() {
    pthread_setname_np(pthread_self(), name_);
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        --idle_;
        if (queue_.empty()) return;
        auto task = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // what it holds may be deep: destroy it here, on the large stack
        lock.lock();
    }
}

void WorkerPool::stop() {
    std::vector<pthread_t> threads;
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        threads.swap(threads_);
        wake_.notify_all();
    }
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace hanok::connect
