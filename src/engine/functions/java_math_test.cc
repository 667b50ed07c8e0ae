#include "engine/functions/java_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/functions/mersenne_twister.h"

namespace hanok::engine {
namespace {

// Values of Java's StrictMath that differ from the C library's.
TEST(JavaMath, DiffersFromTheLibraryInTheLastDigit) {
    EXPECT_EQ(java_exp(1), 2.7182818284590455);
    EXPECT_EQ(java_log(3), 1.0986122886681096);
    EXPECT_EQ(java_cosh(1), 1.543080634815244);
}

TEST(JavaMath, KeepsExactValuesAndLimits) {
    EXPECT_EQ(java_exp(0), 1);
    EXPECT_EQ(java_exp(-1000), 0);
    EXPECT_TRUE(std::isinf(java_exp(1000)));
    EXPECT_EQ(java_log(1), 0);
    EXPECT_EQ(java_log10(1000), 3);
    EXPECT_TRUE(std::isinf(java_log(0)));
    EXPECT_TRUE(std::isnan(java_log(-1)));
    EXPECT_EQ(java_cosh(-2), java_cosh(2));
}

TEST(JavaMath, IsCloseToTheLibraryEverywhere) {
    for (double x = 1e-300; x < 1e300; x *= 3.7) {
        EXPECT_NEAR(java_log(x), std::log(x), 1e-13 * std::fabs(std::log(x)) + 1e-300) << x;
        EXPECT_NEAR(java_log10(x), std::log10(x), 1e-13 * std::fabs(std::log10(x)) + 1e-300) << x;
    }
    for (double x = -700; x < 700; x += 1.37) {
        EXPECT_NEAR(java_exp(x) / std::exp(x), 1, 1e-14) << x;
        EXPECT_NEAR(java_cosh(x) / std::cosh(x), 1, 1e-14) << x;
    }
}

// The order of four elements that Spark's shuffle of the seed 123 gives.
TEST(MersenneTwister, DrawsTheNumbersOfSpark) {
    MersenneTwister random(123);
    int order[4] = {};
    for (int i = 0; i < 4; ++i) {
        auto j = random.next_int(i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    EXPECT_EQ(order[0], 3);
    EXPECT_EQ(order[1], 0);
    EXPECT_EQ(order[2], 1);
    EXPECT_EQ(order[3], 2);
}

}  // namespace
}  // namespace hanok::engine
