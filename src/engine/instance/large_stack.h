#pragma once
// Deep plans recurse: they are lowered, bound and destroyed on a thread of their own with a large
// stack.

#include <cstddef>
#include <functional>

namespace hanok::engine {

// Runs `f` on a new thread with that much stack and waits; what `f` throws is thrown here.
void run_on_large_stack(size_t stack_bytes, const std::function<void()>& f);

}  // namespace hanok::engine
