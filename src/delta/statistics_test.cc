#include "delta/statistics.h"

#include <gtest/gtest.h>

#include "delta/optimize.h"
#include "delta/schema_evolution.h"

namespace hanok::delta {
namespace {

using types::DataType;

std::string bound(const types::TypePtr& type, const std::string& min, const std::string& max) {
    StatsColumn column{{"c"}, {"c"}, type, true};
    LeafStatistics leaf{{"c"}, min, max, 1, false};
    return stats_json(3, {column}, {leaf});
}

std::string expected(const std::string& min, const std::string& max) {
    auto object = [](const std::string& value) {
        return value.empty() ? std::string("{}") : "{\"c\":" + value + "}";
    };
    return "{\"numRecords\":3,\"minValues\":" + object(min) + ",\"maxValues\":" + object(max) +
           ",\"nullCount\":{\"c\":1}}";
}

TEST(StatisticsTest, bounds_by_type) {
    EXPECT_EQ(bound(DataType::long_(), "-5", "9"), expected("-5", "9"));
    EXPECT_EQ(bound(DataType::decimal(38, 2), "-1.50", "123456789012345678901234567890.12"),
        expected("-1.50", "123456789012345678901234567890.12"));
    EXPECT_EQ(bound(DataType::double_(), "0.0", "0.0"), expected("-0.0", "0.0"));
    EXPECT_EQ(bound(DataType::double_(), "-inf", "nan"), expected("", ""));
    EXPECT_EQ(bound(DataType::date(), "1970-01-01", "2024-02-29"),
        expected("\"1970-01-01\"", "\"2024-02-29\""));
    EXPECT_EQ(bound(DataType::timestamp(), "2024-01-01 00:00:00.123999+00",
                  "1969-12-31 23:59:59.9999+00"),
        expected("\"2024-01-01T00:00:00.123Z\"", "\"1969-12-31T23:59:59.999Z\""));
    EXPECT_EQ(bound(DataType::timestamp_ntz(), "2024-01-01 00:00:00", "2024-01-01 00:00:00.5"),
        expected("\"2024-01-01T00:00:00.000\"", "\"2024-01-01T00:00:00.500\""));
    EXPECT_EQ(bound(DataType::string(), "a\"b", "c"), expected("\"a\\\"b\"", "\"c\""));
    EXPECT_EQ(bound(DataType::string(), "\xFF", "c"), expected("", "\"c\""));
}

TEST(StatisticsTest, long_strings_are_cut) {
    std::string text(40, 'x');
    EXPECT_EQ(truncate_min_string(text), text.substr(0, 32));
    EXPECT_EQ(*truncate_max_string(text), text.substr(0, 32) + "\x7F");
    EXPECT_EQ(*truncate_max_string("short"), "short");
    std::string korean;
    for (int i = 0; i < 40; i++) korean += "한";
    EXPECT_EQ(truncate_min_string(korean).size(), 32u * 3);
    EXPECT_EQ(*truncate_max_string(korean), korean.substr(0, 96) + "\xF4\x8F\xBF\xBF");
    EXPECT_GT(*truncate_max_string(korean), korean);
    std::string last;
    for (int i = 0; i < 90; i++) last += "\xF4\x8F\xBF\xBF";
    EXPECT_FALSE(truncate_max_string(last));
}

TEST(StatisticsTest, nested_columns_and_floats_with_nan) {
    types::TypePtr schema = DataType::struct_(
        {{"a", DataType::struct_({{"b", DataType::integer(), true, ""}}), true, ""},
            {"f", DataType::double_(), true, ""}, {"p", DataType::string(), true, ""},
            {"bin", DataType::binary(), true, ""}});
    Metadata metadata;
    metadata.partition_columns = {"p"};
    auto columns = stats_columns(metadata, schema);
    ASSERT_EQ(columns.size(), 3u);
    EXPECT_FALSE(columns[2].has_min_max);
    EXPECT_EQ(stats_json(2, columns,
                  {{{"a", "b"}, "1", "2", 0, false}, {{"f"}, "1.0", "2.0", 0, true},
                      {{"bin"}, "x", "y", 2, false}}),
        R"({"numRecords":2,"minValues":{"a":{"b":1}},"maxValues":{"a":{"b":2}},)"
        R"("nullCount":{"a":{"b":0},"f":0,"bin":2}})");
}

TEST(StatisticsTest, which_columns_have_statistics) {
    types::Fields fields;
    for (int i = 0; i < 40; i++)
        fields.push_back({"c" + std::to_string(i), DataType::integer(), true, ""});
    types::TypePtr schema = DataType::struct_(fields);
    Metadata metadata;
    EXPECT_EQ(stats_columns(metadata, schema).size(), 32u);
    metadata.configuration["delta.dataSkippingNumIndexedCols"] = "-1";
    EXPECT_EQ(stats_columns(metadata, schema).size(), 40u);
    metadata.configuration["delta.dataSkippingStatsColumns"] = "c39, `C1`";
    auto named = stats_columns(metadata, schema);
    ASSERT_EQ(named.size(), 2u);
    EXPECT_EQ(named[0].logical_path[0], "c1");
}

TEST(StatisticsTest, number_of_records) {
    EXPECT_EQ(stats_num_records(R"({"numRecords":12,"x":1})"), 12);
    EXPECT_EQ(stats_num_records(R"({"minValues":{"numRecords":1},"numRecords":7})"), 7);
    EXPECT_EQ(stats_num_records("{}"), std::nullopt);
    EXPECT_EQ(stats_num_records("garbage"), std::nullopt);
    EXPECT_EQ(
        with_tight_bounds(R"({"numRecords":1})", false), R"({"numRecords":1,"tightBounds":false})");
    EXPECT_EQ(with_tight_bounds(R"({"tightBounds":true,"numRecords":1})", false),
        R"({"tightBounds":false,"numRecords":1})");
}

TEST(OptimizeTest, small_files_of_a_partition_go_together) {
    std::vector<AddFile> files(6);
    for (size_t i = 0; i < files.size(); i++) {
        files[i].path = std::to_string(i);
        files[i].size_bytes = 40;
        files[i].partition_values = {{"p", i < 4 ? "a" : (i == 4 ? "b" : "c")}};
        files[i].stats = R"({"numRecords":100})";
    }
    files[3].size_bytes = 1000;
    files[4].deletion_vector = DeletionVectorDescriptor{"i", "", {}, 1, 50};
    std::vector<const AddFile*> pointers;
    for (const AddFile& file : files) pointers.push_back(&file);
    OptimizeRequest request;
    request.min_file_size_bytes = 100;
    request.max_file_size_bytes = 100;
    auto groups = plan_optimize(pointers, request);
    ASSERT_EQ(groups.size(), 2u);  // two of a; b for its deleted rows; the third of a stays alone
    EXPECT_EQ(groups[0].files.size(), 2u);
    EXPECT_EQ(groups[1].files[0]->path, "4");
    request.all_files = true;
    request.max_file_size_bytes = 1 << 20;
    EXPECT_EQ(plan_optimize(pointers, request).size(), 3u);
}

}  // namespace
}  // namespace hanok::delta
