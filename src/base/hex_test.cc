#include "base/hex.h"

#include <gtest/gtest.h>

namespace hanok::base {
namespace {

TEST(Hex, two_small_digits_for_each_byte) {
    EXPECT_EQ(hex(""), "");
    EXPECT_EQ(hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
    EXPECT_EQ(hex("\x7f\xab", HexLetters::kCapital), "7FAB");
}

TEST(Hex, and_back) {
    const std::string bytes("\x00\x7f\xff", 3);
    EXPECT_EQ(unhex(hex(bytes)), bytes);
}

}  // namespace
}  // namespace hanok::base
