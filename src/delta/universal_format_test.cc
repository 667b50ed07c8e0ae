#include "delta/universal_format.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "delta/column_mapping.h"

namespace hanok::delta {
namespace {

Metadata with(StringMap configuration) {
    Metadata out;
    out.configuration = std::move(configuration);
    return out;
}

std::string condition_of(StringMap configuration) {
    try {
        check_universal_format(with(std::move(configuration)));
        return "";
    } catch (const Error& e) {
        return e.condition();
    }
}

constexpr const char* kFormats = "delta.universalFormat.enabledFormats";
constexpr const char* kCompat = "delta.enableIcebergCompatV2";
constexpr const char* kMode = "delta.columnMapping.mode";

TEST(UniversalFormat, NeedsWhatIcebergNeeds) {
    EXPECT_EQ(condition_of({}), "");
    EXPECT_EQ(condition_of({{kFormats, ""}}), "");
    EXPECT_EQ(condition_of({{kFormats, " iceberg "}, {kCompat, "true"}, {kMode, "id"}}), "");
    const char* violation = "DELTA_UNIVERSAL_FORMAT_VIOLATION";
    EXPECT_EQ(condition_of({{kFormats, "iceberg"}, {kMode, "name"}}), violation);
    EXPECT_EQ(condition_of({{kFormats, "iceberg"}, {kCompat, "true"}}), violation);
    EXPECT_EQ(condition_of({{kFormats, "iceberg"}, {kCompat, "true"}, {kMode, "name"},
                  {"delta.enableDeletionVectors", "true"}}),
        violation);
    EXPECT_EQ(condition_of({{kFormats, "hudi"}}), "DELTA_INVALID_PROPERTY");
    EXPECT_TRUE(wants_iceberg(with({{kFormats, "iceberg"}})));
    EXPECT_FALSE(wants_iceberg(with({})));
}

TEST(UniversalFormat, ElementsKeysAndValuesGetIdsOnce) {
    using types::DataType;
    auto inner = DataType::struct_({{"x", DataType::array(DataType::integer()), true, ""}});
    auto map = DataType::map(DataType::string(), DataType::array(inner));
    auto schema = DataType::struct_({{"m", map, true, ""}, {"i", DataType::integer(), true, ""}});
    int64_t highest = 0;
    schema = assign_column_mapping(schema, true, &highest);
    EXPECT_EQ(highest, 3);
    schema = assign_nested_ids(schema, &highest);
    EXPECT_EQ(highest, 7);
    auto names = physical_names(schema);
    EXPECT_TRUE(names.contains("m.key"));
    EXPECT_TRUE(names.contains("m.value.element"));
    EXPECT_TRUE(names.contains("m.value.element.x.element"));
    EXPECT_EQ(names.at("m.value").first, "value");
    auto again = assign_nested_ids(schema, &highest);
    EXPECT_EQ(highest, 7);
    EXPECT_EQ(again->json(), schema->json());
    int64_t found = 0;
    assign_column_mapping(schema, true, &found);
    EXPECT_EQ(found, 7);
    EXPECT_EQ(
        without_column_mapping(schema)->json().find("delta.columnMapping"), std::string::npos);
}

}  // namespace
}  // namespace hanok::delta
