#pragma once
// Deep plans recurse: they are analysed, lowered, bound and destroyed where the stack is large. A
// stack is reserved address space; only what is touched costs memory.

#include <cstddef>
#include <functional>

namespace hanok::base {

// Bytes of the calling thread's stack that are still free.
size_t free_stack_bytes();

// Runs `f` with at least that much stack and waits: here if this thread has it left, else on a new
// thread. What `f` throws is thrown here.
void with_stack(size_t stack_bytes, const std::function<void()>& f);

}  // namespace hanok::base
