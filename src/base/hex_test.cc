#include "base/hex.h"

#include <gtest/gtest.h>

namespace hanok::base {
namespace {

TEST(Hex, two_small_digits_for_each_byte) {
    EXPECT_EQ(hex(""), "");
    EXPECT_EQ(hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
}

}  // namespace
}  // namespace hanok::base
