#include "engine/instance/large_stack.h"

#include <pthread.h>

#include <exception>

#include "base/error.h"

namespace hanok::engine {

namespace {

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

}  // namespace

void run_on_large_stack(size_t stack_bytes, const std::function<void()>& f) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    Task task{f, nullptr};
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, run_task, &task);
    pthread_attr_destroy(&attributes);
    if (failed != 0) throw internal_error("no thread for a deep plan");
    pthread_join(thread, nullptr);
    if (task.failure) std::rethrow_exception(task.failure);
}

}  // namespace hanok::engine
