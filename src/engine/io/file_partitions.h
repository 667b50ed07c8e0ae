#pragma once
// How files share the partitions of a scan, as users see them in spark_partition_id().

#include <cstdint>
#include <vector>

namespace hanok::engine {

// Partitions that a scan, a range or rows of the client are split into where nobody says how many:
// a fixed number, so that answers are the same on every machine.
inline constexpr int32_t kDefaultParallelism = 4;

// The partition of each file, by their sizes in bytes: Spark's packing (the largest file first, the
// next partition when one is full), except that no file is split.
std::vector<int32_t> file_partitions(const std::vector<int64_t>& sizes);

}  // namespace hanok::engine
