#pragma once

#include <cstddef>
#include <functional>

namespace hanok::delta {

/// Calls work(i) for every i below `count` on up to `threads` threads (0: the machine's), `block`
/// of them at a time. The first exception is thrown when all threads have stopped.
void parallel_for(size_t count, size_t block, int threads, const std::function<void(size_t)>& work);

}  // namespace hanok::delta
