#include "engine/io/file_partitions.h"

#include <gtest/gtest.h>

namespace hanok::engine {
namespace {

constexpr int64_t kMegabyte = 1 << 20;

TEST(FilePartitions, SmallFilesShareOne) {
    EXPECT_TRUE(file_partitions({}).empty());
    EXPECT_EQ(file_partitions({10}), (std::vector<int32_t>{0}));
    // Opening a file counts for 4 MB, and that is what a partition holds at least.
    EXPECT_EQ(file_partitions({10, 20}), (std::vector<int32_t>{1, 0}));
}

TEST(FilePartitions, TheLargestFileComesFirst) {
    auto got = file_partitions({kMegabyte, 200 * kMegabyte, 100 * kMegabyte, 2 * kMegabyte});
    EXPECT_EQ(got[1], 0);
    EXPECT_EQ(got[2], 1);
    EXPECT_LE(got[3], got[0]);
}

}  // namespace
}  // namespace hanok::engine
