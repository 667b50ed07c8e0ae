#include "engine/functions/base64.h"

#include <gtest/gtest.h>

namespace hanok::engine {
namespace {

TEST(Base64, PadsToGroupsOfFour) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_base64("fo"), "Zm8=");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("\xFF\xFE\xFD"), "//79");
}

TEST(Base64, ReadsWithAndWithoutPadding) {
    EXPECT_EQ(from_base64("Zg=="), "f");
    EXPECT_EQ(from_base64("Zm9v\r\nZg"), "foof");
    EXPECT_EQ(from_base64("Z"), std::nullopt);
    EXPECT_TRUE(is_strict_base64("Zm 8="));
    EXPECT_FALSE(is_strict_base64("Zm8=x"));
    EXPECT_FALSE(is_strict_base64("Z*m8"));
}

}  // namespace
}  // namespace hanok::engine
