#include "base/large_stack.h"

#include <pthread.h>

#include <cstdint>
#include <exception>
#include <system_error>

namespace hanok::base {

namespace {

constexpr size_t kMargin = size_t{1} << 20;  // for what the new thread itself needs

struct Task {
    const std::function<void()>& run;
    std::exception_ptr failure;
};

void* run_task(void* argument) {
    auto* task = static_cast<Task*>(argument);
    try {
        task->run();
    } catch (...) {
        task->failure = std::current_exception();
    }
    return nullptr;
}

// The lowest address of the calling thread's stack.
uintptr_t stack_end() {
    thread_local const uintptr_t end = [] {
        pthread_attr_t attributes;
        void* address = nullptr;
        size_t size = 0;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0) return UINTPTR_MAX;
        pthread_attr_getstack(&attributes, &address, &size);
        pthread_attr_destroy(&attributes);
        return reinterpret_cast<uintptr_t>(address);
    }();
    return end;
}

}  // namespace

size_t free_stack_bytes() {
    auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    uintptr_t end = stack_end();
    return here > end ? here - end : 0;
}

void with_stack(size_t stack_bytes, const std::function<void()>& f) {
    if (free_stack_bytes() >= stack_bytes) return f();
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes + kMargin);
    Task task{f, nullptr};
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, run_task, &task);
    pthread_attr_destroy(&attributes);
    if (failed != 0) throw std::system_error(failed, std::generic_category(), "a deep plan");
    pthread_join(thread, nullptr);
    if (task.failure) std::rethrow_exception(task.failure);
}

}  // namespace hanok::base
