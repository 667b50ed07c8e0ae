#include "delta/schema_evolution.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"

namespace hanok::delta {
namespace {

using types::DataType;

types::TypePtr schema(types::Fields fields) { return DataType::struct_(std::move(fields)); }

std::string condition_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& e) {
        return e.condition();
    }
    return "";
}

const types::TypePtr kTable = schema({{"Id", DataType::long_(), false, ""},
    {"s", schema({{"a", DataType::string(), true, ""}}), true, ""}});

TEST(SchemaEvolutionTest, new_columns_go_to_the_end_of_their_struct) {
    auto data = schema({{"new", DataType::double_(), false, ""},
        {"S", schema({{"b", DataType::date(), true, ""}}), true, ""},
        {"ID", DataType::integer(), true, ""}});
    EXPECT_EQ(merge_schemas(kTable, data)->simple_string(),
        "struct<Id:bigint,s:struct<a:string,b:date>,new:double>");
    EXPECT_TRUE(merge_schemas(kTable, data)->fields()[2].nullable);
    EXPECT_FALSE(merge_schemas(kTable, data)->fields()[0].nullable);
}

TEST(SchemaEvolutionTest, types_merge_only_where_nothing_is_lost) {
    auto with = [](types::TypePtr type) { return schema({{"x", std::move(type), true, ""}}); };
    auto merged = [&](types::TypePtr a, types::TypePtr b, bool widen) {
        return merge_schemas(with(std::move(a)), with(std::move(b)), widen)->simple_string();
    };
    EXPECT_EQ(merged(DataType::long_(), DataType::short_(), false), "struct<x:bigint>");
    EXPECT_EQ(merged(DataType::short_(), DataType::long_(), true), "struct<x:bigint>");
    EXPECT_EQ(merged(DataType::null(), DataType::date(), false), "struct<x:date>");
    EXPECT_EQ(merged(DataType::decimal(10, 2), DataType::decimal(10, 4), true),
        "struct<x:decimal(12,4)>");
    for (auto [a, b] : {std::pair{DataType::short_(), DataType::long_()},
             {DataType::string(), DataType::long_()}, {DataType::long_(), DataType::double_()},
             {DataType::decimal(10, 2), DataType::decimal(12, 2)}}) {
        EXPECT_EQ(condition_of([&] { merged(a, b, false); }), "DELTA_FAILED_TO_MERGE_FIELDS");
    }
}

TEST(SchemaEvolutionTest, what_the_options_allow) {
    Metadata metadata;
    metadata.partition_columns = {"Id"};
    auto wider = schema(
        {{"Id", DataType::long_(), true, ""}, {"extra", DataType::string(), true, ""}});
    auto after = [&](const types::TypePtr& data, SchemaChangeOptions options,
                     std::vector<std::string> partitioning = {}) {
        return schema_after_write(metadata, kTable, data, partitioning, options);
    };
    EXPECT_EQ(condition_of([&] { after(wider, {}); }), "DELTA_METADATA_MISMATCH");
    EXPECT_EQ(after(wider, {.merge_schema = true})->fields().size(), 3u);
    SchemaChangeOptions overwrite{.overwrite_schema = true, .is_overwrite = true};
    EXPECT_EQ(after(wider, overwrite, {"extra"})->fields().size(), 2u);
    EXPECT_EQ(condition_of([&] { after(kTable, {}, {"s"}); }), "DELTA_METADATA_MISMATCH");
    EXPECT_EQ(after(kTable, {}, {"id"}), kTable);
    overwrite.has_replace_where = true;
    EXPECT_EQ(condition_of([&] { after(wider, overwrite); }), "DELTA_METADATA_MISMATCH");
}

TEST(SchemaEvolutionTest, schemas_that_no_table_may_have) {
    auto check = [](types::Fields fields, std::vector<std::string> partitions, bool mapped) {
        return condition_of(
            [&] { check_table_schema(schema(std::move(fields)), partitions, mapped); });
    };
    types::StructField a{"a", DataType::long_(), true, ""}, b{"b b", DataType::long_(), true, ""};
    types::StructField list{"l", DataType::array(DataType::long_()), true, ""};
    EXPECT_EQ(check({a}, {}, false), "");
    EXPECT_EQ(
        check({a, {"A", DataType::date(), true, ""}}, {}, false), "DELTA_DUPLICATE_COLUMNS_FOUND");
    EXPECT_EQ(check({a, b}, {}, false), "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES");
    EXPECT_EQ(check({a, b}, {}, true), "");
    EXPECT_EQ(check({a, list}, {"l"}, false), "DELTA_INVALID_PARTITION_COLUMN_TYPE");
    EXPECT_EQ(check({a, list}, {"x"}, false), "DELTA_PARTITION_COLUMN_NOT_FOUND");
    EXPECT_EQ(check({a}, {"a"}, false), "DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION");
    EXPECT_EQ(check({a, list}, {"a", "A"}, false), "DELTA_DUPLICATE_COLUMNS_FOUND");
}

TEST(SchemaEvolutionTest, widening_never_loses_a_value) {
    auto widens = [](const types::TypePtr& a, const types::TypePtr& b) {
        return is_widening(*a, *b);
    };
    EXPECT_TRUE(widens(DataType::byte(), DataType::long_()));
    EXPECT_TRUE(widens(DataType::integer(), DataType::double_()));
    EXPECT_TRUE(widens(DataType::float_(), DataType::double_()));
    EXPECT_TRUE(widens(DataType::date(), DataType::timestamp_ntz()));
    EXPECT_TRUE(widens(DataType::integer(), DataType::decimal(12, 2)));
    EXPECT_TRUE(widens(DataType::decimal(5, 2), DataType::decimal(7, 3)));
    EXPECT_FALSE(widens(DataType::long_(), DataType::double_()));
    EXPECT_FALSE(widens(DataType::long_(), DataType::integer()));
    EXPECT_FALSE(widens(DataType::integer(), DataType::decimal(11, 2)));
    EXPECT_FALSE(widens(DataType::decimal(5, 2), DataType::decimal(6, 4)));
    EXPECT_FALSE(widens(DataType::date(), DataType::timestamp()));
}

TEST(SchemaEvolutionTest, readers_see_no_writers_metadata) {
    auto inner = schema({{"a", DataType::long_(), true, R"({"delta.columnMapping.id":2})"}});
    auto table = schema({{"id", DataType::long_(), true,
                             R"({"comment":"c","delta.identity.start":1,"CURRENT_DEFAULT":"1"})"},
        {"s", DataType::array(inner, true), true, ""}});
    auto seen = without_writer_metadata(table);
    EXPECT_EQ(seen->fields()[0].metadata, R"({"comment":"c"})");
    EXPECT_EQ(seen->fields()[1].type->element()->fields()[0].metadata, "");
}

}  // namespace
}  // namespace hanok::delta
