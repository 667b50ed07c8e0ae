#include "types/data_type.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::types {
namespace {

TypePtr sample() {
    return DataType::struct_({{"a", DataType::integer(), false, ""},
        {"b c", DataType::array(DataType::decimal(10, 2), false), true, R"({"comment":"x"})"},
        {"m", DataType::map(DataType::string(), DataType::double_()), true, ""},
        {"i", DataType::day_time_interval(0, 2), true, ""}});
}

TEST(DataType, text_forms) {
    auto t = sample();
    EXPECT_EQ(t->simple_string(),
        "struct<a:int,b c:array<decimal(10,2)>,m:map<string,double>,i:interval day to minute>");
    EXPECT_EQ(t->ddl(),
        "a INT NOT NULL,`b c` ARRAY<DECIMAL(10,2)> COMMENT 'x',m MAP<STRING, DOUBLE>,i INTERVAL "
        "DAY TO MINUTE");
}

TEST(DataType, json_round_trip) {
    auto t = sample();
    EXPECT_TRUE(type_from_json(t->json())->equals(*t));
    auto c = DataType::struct_({{"s", DataType::string("UTF8_LCASE"), true, ""}});
    EXPECT_TRUE(type_from_json(c->json())->equals(*c)) << c->json();
    EXPECT_THROW(type_from_json("\"nonsense\""), Error);
}

TEST(Value, doubles_as_java_prints_them) {
    EXPECT_EQ(double_to_string(1e20), "1.0E20");
    EXPECT_EQ(double_to_string(1e-5), "1.0E-5");
    EXPECT_EQ(double_to_string(1e7), "1.0E7");
    EXPECT_EQ(double_to_string(123456.75), "123456.75");
    EXPECT_EQ(double_to_string(0.001), "0.001");
    EXPECT_EQ(double_to_string(-0.0), "-0.0");
    EXPECT_EQ(float_to_string(1.1f), "1.1");
}

TEST(Value, decimals) {
    EXPECT_EQ(decimal_to_string(-5, 3), "-0.005");
    Int128 u = 0;
    int p = 0;
    int s = 0;
    ASSERT_TRUE(parse_decimal("-12.340", &u, &p, &s));
    EXPECT_EQ(decimal_to_string(u, s), "-12.340");
    EXPECT_EQ(p, 5);
    ASSERT_TRUE(parse_decimal("1.5e3", &u, &p, &s));
    EXPECT_EQ(decimal_to_string(u, s), "1500");
    EXPECT_FALSE(parse_decimal("1e", &u, &p, &s));
    EXPECT_FALSE(parse_decimal("abc", &u, &p, &s));
}

TEST(DatetimeText, zones_and_intervals) {
    EXPECT_EQ(date_to_string(19782), "2024-02-29");
    EXPECT_EQ(timestamp_to_string(0, "America/Los_Angeles"), "1969-12-31 16:00:00");
    EXPECT_EQ(timestamp_to_string(1500000, "+09:00"), "1970-01-01 09:00:01.5");
    EXPECT_EQ(local_to_utc_micros(0, "Asia/Seoul"), -9LL * 3600 * 1000000);
    EXPECT_EQ(
        interval_to_string(-14, *DataType::year_month_interval()), "INTERVAL '-1-2' YEAR TO MONTH");
    EXPECT_EQ(interval_to_string(93784500000, *DataType::day_time_interval()),
        "INTERVAL '1 02:03:04.5' DAY TO SECOND");
    EXPECT_THROW(utc_offset_seconds(0, "Mars/Base"), Error);
}

}  // namespace
}  // namespace hanok::types
