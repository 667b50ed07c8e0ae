#include <random>

#include "engine/functions/constant_divisor.h"
#include "engine/functions/kernel_test_support.h"

namespace hanok::engine {
namespace {

TEST(IntegerArithmetic, OverflowRaisesGivesNullOrWraps) {
    check({
        {"spark_add(1::INTEGER, 2::INTEGER, 0::TINYINT)", "3"},
        {"spark_add(2147483647::INTEGER, 1::INTEGER, 0::TINYINT)", "error ARITHMETIC_OVERFLOW"},
        {"spark_add(2147483647::INTEGER, 1::INTEGER, 1::TINYINT)", "NULL"},
        {"spark_add(2147483647::INTEGER, 1::INTEGER, 2::TINYINT)", "-2147483648"},
        {"spark_add(127::TINYINT, 1::TINYINT, 0::TINYINT)", "error BINARY_ARITHMETIC_OVERFLOW"},
        {"spark_multiply(4611686018427387904, 2, 0::TINYINT)", "error ARITHMETIC_OVERFLOW"},
        {"spark_subtract(NULL::BIGINT, 2, 0::TINYINT)", "NULL"},
        {"spark_negative((-128)::TINYINT, 0::TINYINT)", "error ARITHMETIC_OVERFLOW"},
        {"spark_abs_checked((-5)::INTEGER, 0::TINYINT)", "5"},
    });
}

TEST(IntegerArithmetic, DivisionByZero) {
    check({
        {"spark_divide(1::DOUBLE, 0::DOUBLE, 0::TINYINT)", "error DIVIDE_BY_ZERO"},
        {"spark_divide(1::DOUBLE, 0::DOUBLE, 1::TINYINT)", "NULL"},
        {"spark_divide(3::DOUBLE, 2::DOUBLE, 0::TINYINT)", "1.5"},
        {"spark_remainder(7::INTEGER, 0::INTEGER, 0::TINYINT)", "error REMAINDER_BY_ZERO"},
        {"spark_remainder((-7)::INTEGER, 3::INTEGER, 0::TINYINT)", "-1"},
        {"spark_pmod((-7)::INTEGER, 3::INTEGER, 0::TINYINT)", "2"},
        {"spark_remainder((-2147483648)::INTEGER, (-1)::INTEGER, 0::TINYINT)", "0"},
        {"spark_integral_divide(-7, 2, 0::TINYINT)", "-3"},
    });
}

TEST(ConstantDivisor, AgreesWithDivision) {
    constexpr int64_t kMost = INT64_MAX;
    constexpr int64_t kLeast = INT64_MIN;
    std::vector<int64_t> divisors = {1, 2, 3, 5, 7, 10, 64, 100, 641, 1000000007, kMost / 2,
        (1LL << 62) - 1, 1LL << 62, (1LL << 62) + 1, kMost - 1, kMost};
    std::mt19937_64 random(7);
    for (int i = 0; i < 500; ++i) divisors.push_back(int64_t(random() >> (1 + i % 62)) | 1);
    for (int64_t d : divisors) {
        ConstantDivisor divisor(d);
        std::vector<int64_t> numbers = {0, 1, -1, d, -d, d - 1, 1 - d, kMost, kLeast, kLeast + 1};
        for (int i = 0; i < 200; ++i) numbers.push_back(int64_t(random()) >> (i % 64));
        for (int64_t n : numbers) ASSERT_EQ(divisor.remainder(n), n % d) << n << " % " << d;
    }
}

TEST(IntegerArithmetic, RemaindersOfColumns) {
    check({
        {"(SELECT list(spark_remainder(x, 3::BIGINT, 0::TINYINT)) "
         "FROM (VALUES (7), (NULL), (-7), (0)) t(x))",
            "[1, NULL, -1, 0]"},
        {"(SELECT list(spark_pmod(x::TINYINT, 100::TINYINT, 0::TINYINT)) "
         "FROM (VALUES (-128), (127), (-1)) t(x))",
            "[72, 27, 99]"},
        {"(SELECT list(spark_pmod(x::BIGINT, -3::BIGINT, 0::TINYINT)) "
         "FROM (VALUES (-7), (7)) t(x))",
            "[-1, 1]"},
        {"(SELECT list(spark_remainder(x, y, 1::TINYINT)) FROM (VALUES (7, 0), (8, 3)) t(x, y))",
            "[NULL, 2]"},
    });
}

TEST(DecimalArithmetic, ExactWithinThirtyEightDigits) {
    check({
        {"spark_decimal_add(1.10::DECIMAL(18,2), 2.5::DECIMAL(18,1), 18020::INTEGER)", "3.60"},
        {"spark_decimal_multiply(1.10::DECIMAL(18,2), 2.5::DECIMAL(18,1), 37030::INTEGER)",
            "2.750"},
        {"spark_decimal_divide(1::DECIMAL(18,0), 3::DECIMAL(18,0), 38200::INTEGER)",
            "0.33333333333333333333"},
        {"spark_decimal_divide(2::DECIMAL(18,0), 3::DECIMAL(18,0), 18020::INTEGER)", "0.67"},
        {"spark_decimal_divide(1::DECIMAL(18,0), 0::DECIMAL(18,0), 18020::INTEGER)",
            "error DIVIDE_BY_ZERO"},
        {"spark_decimal_divide(1::DECIMAL(18,0), 0::DECIMAL(18,0), 18021::INTEGER)", "NULL"},
        {"spark_decimal_remainder((-7.5)::DECIMAL(18,1), 2::DECIMAL(18,0), 18010::INTEGER)",
            "-1.5"},
        {"spark_decimal_pmod((-7.5)::DECIMAL(18,1), 2::DECIMAL(18,0), 18010::INTEGER)", "0.5"},
        {"spark_decimal_integral_divide(7.5::DECIMAL(18,1), 2::DECIMAL(18,0), 38000::INTEGER)",
            "3"},
    });
}

TEST(DecimalArithmetic, BeyondThirtyEightDigits) {
    check({
        {"spark_decimal_multiply(12345678901234567890123456789012345678::DECIMAL(38,0), "
         "10::DECIMAL(18,0), 38000::INTEGER)",
            "error NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"},
        {"spark_decimal_multiply(12345678901234567890123456789012345678::DECIMAL(38,0), "
         "10::DECIMAL(18,0), 38001::INTEGER)",
            "NULL"},
        {"spark_decimal_multiply(0.12345678901234567890::DECIMAL(38,20), "
         "0.12345678901234567890::DECIMAL(38,20), 38060::INTEGER)",
            "0.015242"},
        {"spark_decimal_add(99999999999999999999999999999999999999::DECIMAL(38,0), "
         "1::DECIMAL(18,0), 38001::INTEGER)",
            "NULL"},
    });
}

TEST(IntervalArithmetic, MovesDatesAndTimestamps) {
    check({
        {"spark_plus_days(DATE '2024-02-28', 2::INTEGER, 0::TINYINT)", "2024-03-01"},
        {"spark_date_add_months(DATE '2024-01-31', 1::INTEGER, 0::TINYINT)", "2024-02-29"},
        {"spark_timestamp_add_months(TIMESTAMP '2024-01-31 10:00:00', 13::INTEGER, '', 0::TINYINT)",
            "2025-02-28 10:00:00"},
        // Over the change to summer time a day is a day of the calendar, 24 hours are not.
        {"spark_timestamp_add_interval(TIMESTAMPTZ '2024-03-09 20:00:00+00', INTERVAL 1 DAY, "
         "'America/Los_Angeles', 0::TINYINT) "
         "- TIMESTAMPTZ '2024-03-09 20:00:00+00'",
            "23:00:00"},
        {"spark_interval_multiply(7::INTEGER, 1.5::DOUBLE, 0::TINYINT)", "11"},
        {"spark_interval_divide(7::BIGINT, 0::BIGINT, 0::TINYINT)",
            "error INTERVAL_DIVIDED_BY_ZERO"},
    });
}

TEST(Rounding, HalfUpAndHalfEven) {
    check({
        {"spark_round(2.5::DOUBLE, 0::INTEGER, 0::INTEGER, true)", "3.0"},
        {"spark_round((-2.5)::DOUBLE, 0::INTEGER, 0::INTEGER, true)", "-3.0"},
        {"spark_round(2.5::DOUBLE, 0::INTEGER, 1::INTEGER, true)", "2.0"},
        {"spark_round(25::INTEGER, (-1)::INTEGER, 0::INTEGER, true)", "30"},
        {"spark_round(25::INTEGER, (-1)::INTEGER, 1::INTEGER, true)", "20"},
        {"spark_round(127::TINYINT, (-1)::INTEGER, 0::INTEGER, true)", "error ARITHMETIC_OVERFLOW"},
        {"spark_ceil((-0.1)::DOUBLE)", "0"},
        {"spark_floor((-0.1)::DOUBLE)", "-1"},
    });
}

TEST(Random, DrawsSparksNumbers) {
    check({
        {"spark_rand(0::BIGINT)", "0.7604953758285915"},
        {"spark_randn(0::BIGINT)", "1.6034991609278433"},
        {"spark_randstr(3::INTEGER, 0::BIGINT)", "ceV"},
    });
}

TEST(Math, EdgesOfTheDomain) {
    check({
        {"spark_ln(0::DOUBLE)", "NULL"},
        {"spark_log(10::DOUBLE, 100::DOUBLE)", "2.0"},
        {"spark_conv('100', 2::INTEGER, 10::INTEGER, true)", "4"},
        {"spark_conv('-10', 16::INTEGER, -10::INTEGER, true)", "-16"},
        {"spark_factorial(21::INTEGER)", "NULL"},
        {"spark_factorial(20::INTEGER)", "2432902008176640000"},
        {"spark_hex(17)", "11"},
        {"spark_bin(-1)", "1111111111111111111111111111111111111111111111111111111111111111"},
        {"spark_width_bucket(5.3::DOUBLE, 0.2::DOUBLE, 10.6::DOUBLE, 5)", "3"},
        {"spark_width_bucket((-0.9)::DOUBLE, 5.2::DOUBLE, 0.5::DOUBLE, 2)", "3"},
        {"spark_shiftrightunsigned((-1)::INTEGER, 28::INTEGER)", "15"},
    });
}

}  // namespace
}  // namespace hanok::engine
