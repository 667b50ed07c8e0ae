#include "engine/io/file_partitions.h"

#include <algorithm>
#include <numeric>

namespace hanok::engine {

namespace {

// What opening a file costs, counted as bytes, and what a partition holds at most.
constexpr int64_t kOpenCost = 4 << 20;
constexpr int64_t kMaxBytes = 128 << 20;

}  // namespace

std::vector<int32_t> file_partitions(const std::vector<int64_t>& sizes) {
    int64_t total = 0;
    for (auto size : sizes) total += size + kOpenCost;
    auto limit = std::min(kMaxBytes, std::max(kOpenCost, total / kDefaultParallelism));
    std::vector<size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(
        order.begin(), order.end(), [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
    std::vector<int32_t> out(sizes.size());
    int32_t partition = 0;
    int64_t filled = 0;
    bool empty = true;
    for (auto file : order) {
        if (!empty && filled + sizes[file] > limit) {
            ++partition;
            filled = 0;
        }
        out[file] = partition;
        filled += sizes[file] + kOpenCost;
        empty = false;
    }
    return out;
}

}  // namespace hanok::engine
