#pragma once
// Allocators keep what queries have freed; a server that idles gives it back.

namespace hanok::engine {

// Returns freed memory to the system when the process has grown since the last time; cheap
// otherwise. Thread-safe.
void release_unused_memory();

}  // namespace hanok::engine
