#include "base/clock.h"

#include <gtest/gtest.h>

namespace hanok::base {
namespace {

TEST(ManualClock, advance_moves_both_times) {
    ManualClock clock(5'000'000);
    clock.advance(std::chrono::milliseconds(250));
    EXPECT_EQ(clock.now_us(), 5'250'000);
    EXPECT_EQ(clock.ticks_us(), 250'000);
}

TEST(ManualClock, setting_the_date_leaves_the_monotonic_time) {
    ManualClock clock(1000);
    clock.advance(std::chrono::microseconds(7));
    clock.set_now_us(10);
    EXPECT_EQ(clock.now_us(), 10);
    EXPECT_EQ(clock.ticks_us(), 7);
}

TEST(Clock, milliseconds_round_down_before_the_epoch) {
    EXPECT_EQ(ManualClock(1'999).now_ms(), 1);
    EXPECT_EQ(ManualClock(-1).now_ms(), -1);
    EXPECT_EQ(ManualClock(-2'000).now_ms(), -2);
}

TEST(SystemClock, is_after_2020_and_monotonic) {
    SystemClock& clock = SystemClock::instance();
    EXPECT_GT(clock.now_us(), 1'577'836'800'000'000);
    int64_t first = clock.ticks_us();
    EXPECT_GE(clock.ticks_us(), first);
}

}  // namespace
}  // namespace hanok::base
