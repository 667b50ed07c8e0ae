#include "delta/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hanok::delta {

void parallel_for(
    size_t count, size_t block, int threads, const std::function<void(size_t)>& work) {
    size_t wanted = threads > 0 ? static_cast<size_t>(threads)
                                : std::max(1u, std::thread::hardware_concurrency());
    wanted = std::min(wanted, (count + block - 1) / block);
    if (wanted <= 1) {
        for (size_t i = 0; i < count; i++) work(i);
        return;
    }
    std::atomic<size_t> next{0};
    std::mutex mutex;  // guards failure
    std::exception_ptr failure;
    auto run = [&] {
        while (true) {
            size_t start = next.fetch_add(block);
            if (start >= count) return;
            try {
                for (size_t i = start; i < std::min(count, start + block); i++) work(i);
            } catch (...) {
                std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = count;
                return;
            }
        }
    };
    std::vector<std::thread> helpers;
    for (size_t t = 1; t < wanted; t++) helpers.emplace_back(run);
    run();
    for (std::thread& helper : helpers) helper.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace hanok::delta
