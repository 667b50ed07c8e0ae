#include "engine/functions/interval_text.h"
#include "engine/functions/kernel_test_support.h"
#include "engine/functions/text_parsers.h"

namespace hanok::engine {
namespace {

TEST(Casts, TextToNumbers) {
    check({
        {"spark_cast_int(' 12 ', 0::TINYINT)", "12"},
        {"spark_cast_int('12a', 0::TINYINT)", "error CAST_INVALID_INPUT"},
        {"spark_cast_int('12a', 1::TINYINT)", "NULL"},
        {"spark_cast_int('1.9', 0::TINYINT)", "error CAST_INVALID_INPUT"},
        {"spark_cast_int('1.9', 2::TINYINT)", "1"},
        {"spark_cast_tinyint('128', 0::TINYINT)", "error CAST_INVALID_INPUT"},
        {"spark_cast_bigint('-9223372036854775808', 0::TINYINT)", "-9223372036854775808"},
        {"spark_cast_double('1e3', 0::TINYINT)", "1000.0"},
        {"spark_cast_double('-inf', 0::TINYINT)", "-inf"},
        {"spark_cast_double('', 0::TINYINT)", "error CAST_INVALID_INPUT"},
        {"spark_cast_boolean(' Yes', 0::TINYINT)", "true"},
        {"spark_cast_boolean('2', 1::TINYINT)", "NULL"},
        {"spark_as_decimal(spark_cast_decimal('12.345', 502::INTEGER, 0::TINYINT), 502::INTEGER)",
            "12.35"},
        {"spark_cast_decimal('1234.5', 502::INTEGER, 0::TINYINT)",
            "error NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"},
        {"spark_cast_decimal('1e-3', 503::INTEGER, 0::TINYINT)", "1"},
    });
}

TEST(Casts, NumbersToNarrowerNumbers) {
    check({
        {"spark_cast_tinyint(300, 0::TINYINT, 'INT')", "error CAST_OVERFLOW"},
        {"spark_cast_tinyint(300, 2::TINYINT, 'INT')", "44"},
        {"spark_cast_int(2147483647.9::DOUBLE, 0::TINYINT, 'DOUBLE')", "2147483647"},
        {"spark_cast_int('nan'::DOUBLE, 0::TINYINT, 'DOUBLE')", "error CAST_OVERFLOW"},
        {"spark_cast_int(1e30::DOUBLE, 2::TINYINT, 'DOUBLE')", "2147483647"},
        {"spark_cast_int((-129)::HUGEINT, 1::INTEGER, 0::TINYINT, 'DECIMAL(5,1)')", "-12"},
    });
}

TEST(Casts, ValuesToText) {
    check({
        {"spark_cast_string(1.0::DOUBLE)", "1.0"},
        {"spark_cast_string(1e20::DOUBLE)", "1.0E20"},
        {"spark_cast_string((-5)::HUGEINT, 3::INTEGER)", "-0.005"},
        {"spark_cast_string(TIMESTAMPTZ '2024-07-01 00:00:00.5+00', 'Asia/Seoul')",
            "2024-07-01 09:00:00.5"},
        {"spark_cast_string(DATE '0044-03-15')", "0044-03-15"},
    });
}

TEST(Casts, TextToDatesAndTimes) {
    check({
        {"spark_cast_date('2024', 0::TINYINT)", "2024-01-01"},
        {"spark_cast_date('2024-2-3 and more', 0::TINYINT)", "2024-02-03"},
        {"spark_cast_date('2023-02-29', 0::TINYINT)", "error CAST_INVALID_INPUT"},
        {"spark_cast_date('24-01-01', 1::TINYINT)", "NULL"},
        {"spark_cast_timestamp_ntz('2024-01-02T3:4:5.123456789', 0::TINYINT)",
            "2024-01-02 03:04:05.123456"},
        {"spark_cast_timestamp_ntz('404978-01-01', 1::TINYINT)", "NULL"},
        {"spark_cast_timestamp_ntz('294247-01-10 04:00:54.775808', 0::TINYINT)",
            "error CAST_INVALID_INPUT"},
        {"spark_cast_timestamp('404978', 'UTC', 0::BIGINT, 1::TINYINT)", "NULL"},
        {"spark_date_to_local(DATE '1970-01-01' + 200000000)", "error ARITHMETIC_OVERFLOW"},
        {"spark_make_local(404978, 1, 1, 0, 0, 0::BIGINT, false)", "error ARITHMETIC_OVERFLOW"},
        {"spark_cast_timestamp('2024-01-02 03:04:05+09:00', 'UTC', 0::BIGINT, 0::TINYINT) = "
         "TIMESTAMPTZ '2024-01-01 18:04:05+00'",
            "true"},
        {"spark_cast_timestamp('2024-01-02 25:00:00', 'UTC', 0::BIGINT, 1::TINYINT)", "NULL"},
        {"spark_cast_time('23:59:59.5', 0::TINYINT)", "23:59:59.5"},
    });
}

TEST(TimeZones, GapsMoveForwardAndOverlapsTakeTheEarlier) {
    check({
        {"spark_cast_timestamp('2024-03-10 02:30:00', 'America/Los_Angeles', 0::BIGINT, "
         "0::TINYINT) = "
         "TIMESTAMPTZ '2024-03-10 10:30:00+00'",
            "true"},
        {"spark_cast_timestamp('2024-11-03 01:30:00', 'America/Los_Angeles', 0::BIGINT, "
         "0::TINYINT) = "
         "TIMESTAMPTZ '2024-11-03 08:30:00+00'",
            "true"},
        {"spark_instant_to_date(TIMESTAMPTZ '2024-01-01 03:00:00+00', 'GMT-8')", "2023-12-31"},
        {"spark_instant_to_date(TIMESTAMPTZ '2024-01-01 03:00:00+00', 'Nowhere/City')",
            "error INVALID_TIMEZONE"},
    });
}

TEST(Intervals, TextForms) {
    auto year_month = types::DataType::year_month_interval();
    auto day_time = types::DataType::day_time_interval();
    EXPECT_EQ(parse_ansi_interval("INTERVAL '-1-2' YEAR TO MONTH", *year_month), -14);
    EXPECT_EQ(parse_ansi_interval("1-12", *year_month), std::nullopt);
    EXPECT_EQ(parse_ansi_interval("1 02:03:04.5", *day_time), 93784500000);
    EXPECT_EQ(calendar_interval_to_string(14, -3, 3661500000),
        "1 years 2 months -3 days 1 hours 1 minutes 1.5 seconds");
    EXPECT_EQ(calendar_interval_to_string(0, 0, 0), "0 seconds");
    auto parsed = parse_calendar_interval("interval 1 year -2 days 1.5 seconds");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, (types::CalendarInterval{12, -2, 1500000}));
    EXPECT_FALSE(parse_calendar_interval("1 fortnight").has_value());
}

}  // namespace
}  // namespace hanok::engine
