#include "engine/instance/process_memory.h"

#include <gtest/gtest.h>

#include <atomic>

namespace hanok::engine {
namespace {

using std::chrono::milliseconds;

std::atomic<int> g_releases = 0;
void count_release() { g_releases++; }

// True when `wanted` releases have been seen; waits for them.
bool reaches(int wanted) {
    for (int i = 0; i < 5000 && g_releases < wanted; ++i)
        std::this_thread::sleep_for(milliseconds(1));
    return g_releases >= wanted;
}

class IdleReleaseTest : public testing::Test {
protected:
    void SetUp() override { g_releases = 0; }
};

TEST_F(IdleReleaseTest, comes_once_after_the_last_query) {
    IdleRelease release(milliseconds(5), count_release);
    release.query_began();
    release.query_ended();
    EXPECT_TRUE(reaches(1));
    std::this_thread::sleep_for(milliseconds(30));
    EXPECT_EQ(g_releases, 1);
    release.query_began();
    release.query_ended();
    EXPECT_TRUE(reaches(2));
}

TEST_F(IdleReleaseTest, waits_for_queries_that_run) {
    IdleRelease release(milliseconds(1), count_release);
    release.query_began();
    release.query_began();
    release.query_ended();
    std::this_thread::sleep_for(milliseconds(30));
    EXPECT_EQ(g_releases, 0);
    release.query_ended();
    EXPECT_TRUE(reaches(1));
}

TEST_F(IdleReleaseTest, ends_without_waiting_for_the_quiet_time) {
    IdleRelease release(std::chrono::hours(1), count_release);
    release.query_began();
    release.query_ended();
}

}  // namespace
}  // namespace hanok::engine
