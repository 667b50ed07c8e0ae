#include "base/large_stack.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace hanok::base {
namespace {

constexpr size_t kLarge = size_t{256} << 20;

TEST(LargeStackTest, a_thread_with_a_small_stack_gets_a_larger_one) {
    auto outer = std::this_thread::get_id();
    size_t inside = 0;
    with_stack(kLarge, [&] {
        EXPECT_NE(std::this_thread::get_id(), outer);
        inside = free_stack_bytes();
    });
    EXPECT_GE(inside, kLarge);
}

TEST(LargeStackTest, where_there_is_room_nothing_starts) {
    with_stack(kLarge, [] {
        auto outer = std::this_thread::get_id();
        with_stack(kLarge / 2, [&] { EXPECT_EQ(std::this_thread::get_id(), outer); });
    });
}

TEST(LargeStackTest, errors_come_back) {
    EXPECT_THROW(
        with_stack(kLarge, [] { throw std::invalid_argument("deep"); }), std::invalid_argument);
}

}  // namespace
}  // namespace hanok::base
