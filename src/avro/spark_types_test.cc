#include "avro/spark_types.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::avro {
namespace {

using types::DataType;

std::string spark(const std::string& avro) {
    return spark_type_of_avro(*parse_schema(avro)).type->simple_string();
}

TEST(AvroSparkTypes, ReadsLogicalTypesAndUnions) {
    EXPECT_EQ(spark(R"({"type":"int","logicalType":"date"})"), "date");
    EXPECT_EQ(spark(R"({"type":"long","logicalType":"timestamp-millis"})"), "timestamp");
    EXPECT_EQ(spark(R"({"type":"long","logicalType":"local-timestamp-micros"})"), "timestamp_ntz");
    EXPECT_EQ(spark(R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})"),
        "decimal(9,2)");
    EXPECT_EQ(spark(R"(["null","int"])"), "int");
    EXPECT_EQ(spark(R"(["int","long"])"), "bigint");
    EXPECT_EQ(spark(R"(["double","null","float"])"), "double");
    EXPECT_EQ(spark(R"(["int","string"])"), "struct<member0:int,member1:string>");
    EXPECT_EQ(spark(R"({"type":"map","values":["null","bytes"]})"), "map<string,binary>");
    SparkTypeOptions named;
    named.stable_union_names = true;
    auto type = spark_type_of_avro(*parse_schema(R"(["int","string"])"), named).type;
    EXPECT_EQ(type->simple_string(), "struct<member_int:int,member_string:string>");
}

TEST(AvroSparkTypes, WhatIsWrittenIsReadAsTheSameType) {
    auto inner = DataType::struct_({{"d", DataType::decimal(20, 3), true, ""},
        {"i", DataType::year_month_interval(), false, ""}});
    auto type = DataType::struct_({{"a", DataType::array(inner, false), true, ""},
        {"m", DataType::map(DataType::string(), DataType::timestamp_ntz()), false, ""},
        {"t", DataType::day_time_interval(), true, ""}, {"b", DataType::binary(), true, ""}});
    auto schema = parse_schema(schema_json(*avro_type_of_spark(*type, false)));
    auto read = spark_type_of_avro(*schema);
    EXPECT_FALSE(read.is_nullable);
    EXPECT_EQ(read.type->simple_string(), type->simple_string());
    EXPECT_TRUE(read.type->fields()[0].nullable);
    EXPECT_FALSE(read.type->fields()[1].nullable);
    EXPECT_FALSE(read.type->fields()[0].type->contains_null());
}

TEST(AvroSparkTypes, RefusesWhatAvroHasNot) {
    auto map = DataType::map(DataType::integer(), DataType::integer());
    EXPECT_THROW(avro_type_of_spark(*map, false), Error);
    EXPECT_THROW(avro_type_of_spark(*DataType::calendar_interval(), false), Error);
}

}  // namespace
}  // namespace hanok::avro
