#include "analyzer/coercion.h"

#include <gtest/gtest.h>

#include "sql/parser.h"

namespace hanok::analyzer {
namespace {

using types::DataType;

std::string wider(const std::string& a, const std::string& b, bool ansi = true) {
    auto t = wider_type(sql::parse_data_type(a), sql::parse_data_type(b), ansi);
    return t ? t->simple_string() : "none";
}

TEST(WiderType, Numbers) {
    EXPECT_EQ(wider("int", "bigint"), "bigint");
    EXPECT_EQ(wider("int", "float"), "double");
    EXPECT_EQ(wider("int", "float", false), "float");
    EXPECT_EQ(wider("decimal(10,2)", "int"), "decimal(12,2)");
    EXPECT_EQ(wider("decimal(10,2)", "double"), "double");
    EXPECT_EQ(wider("decimal(38,10)", "decimal(38,0)"), "decimal(38,0)");
}

TEST(WiderType, Strings) {
    EXPECT_EQ(wider("string", "int"), "bigint");
    EXPECT_EQ(wider("string", "date"), "date");
    EXPECT_EQ(wider("string", "boolean"), "boolean");
    EXPECT_EQ(wider("string", "int", false), "string");
    EXPECT_EQ(wider("string", "boolean", false), "none");
}

TEST(WiderType, DatesAndNestedTypes) {
    EXPECT_EQ(wider("date", "timestamp"), "timestamp");
    EXPECT_EQ(wider("date", "timestamp_ntz"), "timestamp_ntz");
    EXPECT_EQ(wider("timestamp_ntz", "timestamp"), "timestamp");
    EXPECT_EQ(wider("array<int>", "array<bigint>"), "array<bigint>");
    EXPECT_EQ(wider("struct<a:int>", "struct<a:string>"), "struct<a:bigint>");
    EXPECT_EQ(wider("struct<a:int>", "struct<b:int>"), "none");
    EXPECT_EQ(wider("date", "int"), "none");
}

TEST(Casts, AnsiForbidsMore) {
    EXPECT_FALSE(can_cast(*DataType::date(), *DataType::integer(), true));
    EXPECT_TRUE(can_cast(*DataType::date(), *DataType::integer(), false));
    EXPECT_TRUE(can_cast(*DataType::string(), *DataType::integer(), true));
    EXPECT_FALSE(can_cast(*DataType::boolean(), *DataType::timestamp(), true));
}

TEST(Casts, Nullability) {
    auto ansi = resolved::CastMode::kAnsi;
    EXPECT_TRUE(cast_is_nullable(*DataType::string(), *DataType::integer(), ansi));
    EXPECT_FALSE(cast_is_nullable(*DataType::integer(), *DataType::string(), ansi));
    EXPECT_FALSE(cast_is_nullable(*DataType::integer(), *DataType::decimal(10, 0), ansi));
    EXPECT_TRUE(cast_is_nullable(*DataType::integer(), *DataType::decimal(9, 0), ansi));
}

TEST(Casts, StoreAssignment) {
    EXPECT_TRUE(can_store_assign(*DataType::long_(), *DataType::integer()));
    EXPECT_TRUE(can_store_assign(*DataType::integer(), *DataType::string()));
    EXPECT_FALSE(can_store_assign(*DataType::string(), *DataType::integer()));
    EXPECT_FALSE(can_store_assign(*DataType::boolean(), *DataType::integer()));
}

TEST(Decimals, PrecisionIsBounded) {
    EXPECT_EQ(adjust_precision_scale(50, 10)->simple_string(), "decimal(38,6)");
    EXPECT_EQ(adjust_precision_scale(20, 10)->simple_string(), "decimal(20,10)");
    EXPECT_EQ(adjust_precision_scale(40, 2)->simple_string(), "decimal(38,2)");
}

}  // namespace
}  // namespace hanok::analyzer
