#include "delta/partition_value.h"

#include <gtest/gtest.h>

namespace hanok::delta {
namespace {

using types::DataType;

TEST(PartitionValueTest, texts_and_values_of_every_type) {
    struct Case {
        types::TypePtr type;
        const char* text;
    };
    for (const Case& c : {Case{DataType::boolean(), "true"}, {DataType::byte(), "-128"},
             {DataType::short_(), "32767"}, {DataType::integer(), "-2147483648"},
             {DataType::long_(), "9223372036854775807"}, {DataType::float_(), "1.5"},
             {DataType::double_(), "-1.0E20"},
             {DataType::decimal(38, 3), "-12345678901234567890123456789012345.678"},
             {DataType::string(), "a/b =%"}, {DataType::date(), "0001-01-01"},
             {DataType::timestamp(), "1969-12-31T23:59:59.999999Z"},
             {DataType::timestamp_ntz(), "2024-02-29 12:34:56.789"}}) {
        types::Value value = parse_partition_value(c.text, *c.type);
        ASSERT_FALSE(value.is_null()) << c.text;
        EXPECT_EQ(format_partition_value(value, *c.type), c.text);
    }
}

TEST(PartitionValueTest, nulls_and_nonsense) {
    for (const auto& type : {DataType::integer(), DataType::string(), DataType::date()}) {
        EXPECT_TRUE(parse_partition_value(std::nullopt, *type).is_null());
        EXPECT_TRUE(parse_partition_value("", *type).is_null());
        EXPECT_TRUE(parse_partition_value("__HIVE_DEFAULT_PARTITION__", *type).is_null());
        EXPECT_EQ(format_partition_value(types::Value(), *type), std::nullopt);
    }
    EXPECT_TRUE(parse_partition_value("128", *DataType::byte()).is_null());
    EXPECT_TRUE(parse_partition_value("1x", *DataType::integer()).is_null());
    EXPECT_TRUE(parse_partition_value("2023-02-29", *DataType::date()).is_null());
    EXPECT_TRUE(parse_partition_value("1000", *DataType::decimal(3, 0)).is_null());
}

TEST(PartitionValueTest, timestamps_and_zones) {
    const auto& type = *DataType::timestamp();
    int64_t noon = parse_partition_value("2021-09-08 12:00:00", type).as_int();
    EXPECT_EQ(parse_partition_value("2021-09-08T12:00:00Z", type).as_int(), noon);
    EXPECT_EQ(parse_partition_value("2021-09-08 21:00:00+09:00", type).as_int(), noon);
    EXPECT_EQ(parse_partition_value("2021-09-08 21:00:00", type, "Asia/Seoul").as_int(), noon);
    EXPECT_EQ(parse_partition_value("2021-09-08", type).as_int(), noon - 12 * 3600 * 1000000LL);
}

TEST(PartitionValueTest, folders) {
    EXPECT_EQ(partition_folder("a b", "x/y=%:한"), "a b=x%2Fy%3D%25%3A한");
    EXPECT_EQ(partition_folder("p", std::nullopt), "p=__HIVE_DEFAULT_PARTITION__");
    EXPECT_EQ(partition_folder("p", ""), "p=__HIVE_DEFAULT_PARTITION__");
    auto parsed = parse_partition_folder("a b=x%2Fy%3D%25%3A한");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->first, "a b");
    EXPECT_EQ(parsed->second, "x/y=%:한");
    EXPECT_EQ(parse_partition_folder("p=__HIVE_DEFAULT_PARTITION__")->second, std::nullopt);
    EXPECT_FALSE(parse_partition_folder("plain"));
}

}  // namespace
}  // namespace hanok::delta
