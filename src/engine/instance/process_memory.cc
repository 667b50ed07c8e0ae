#include "engine/instance/process_memory.h"

#include <arrow/memory_pool.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <duckdb.hpp>
#include <duckdb/common/allocator.hpp>

namespace hanok::engine {

namespace {

constexpr long kGrowthBytes = 48L << 20;

// Resident memory that is not a file's, 0 when unknown.
long anonymous_bytes() {
    static const int kStatm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[128] = {};
    if (kStatm < 0 || pread(kStatm, text, sizeof(text) - 1, 0) <= 0) return 0;
    long size = 0;
    long resident = 0;
    long shared = 0;
    if (std::sscanf(text, "%ld %ld %ld", &size, &resident, &shared) != 3) return 0;
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

std::atomic<long> after_release = 0;

}  // namespace

void release_unused_memory() {
    if (anonymous_bytes() < after_release + kGrowthBytes) return;
    duckdb::Allocator::FlushAll();
    arrow::default_memory_pool()->ReleaseUnused();
    malloc_trim(0);
    after_release = anonymous_bytes();
}

}  // namespace hanok::engine
