#include <arrow/api.h>
#include <gtest/gtest.h>

#include "engine/arrow_result/arrow_schema.h"
#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

std::shared_ptr<arrow::RecordBatch> one_value(
    const types::TypePtr& type, types::Value value, const QueryContext& context = {}) {
    auto column = attribute(1, type, "c");
    auto stream = shared_engine().execute(
        values({column}, {{literal(std::move(value), type)}, {null_of(type)}}), context);
    auto batch = stream->next();
    EXPECT_TRUE(batch && batch->ValidateFull().ok()) << type->simple_string();
    EXPECT_EQ(stream->next(), nullptr);
    EXPECT_TRUE(batch->schema()->Equals(*stream->schema()));
    return batch;
}

std::string shown(
    const types::TypePtr& type, types::Value value, const QueryContext& context = {}) {
    auto batch = one_value(type, std::move(value), context);
    EXPECT_TRUE(batch->column(0)->IsNull(1));
    auto text = batch->column(0)->GetScalar(0).ValueOrDie()->ToString();
    return batch->schema()->field(0)->type()->ToString() + " " + text;
}

}  // namespace

TEST(ArrowResult, EverySimpleType) {
    using types::int_value;
    EXPECT_EQ(shown(DataType::boolean(), types::bool_value(true)), "bool true");
    EXPECT_EQ(shown(DataType::byte(), int_value(-3)), "int8 -3");
    EXPECT_EQ(shown(DataType::short_(), int_value(300)), "int16 300");
    EXPECT_EQ(shown(DataType::integer(), int_value(70000)), "int32 70000");
    EXPECT_EQ(shown(DataType::long_(), int_value(1)), "int64 1");
    EXPECT_EQ(shown(DataType::float_(), types::double_value(0.5)), "float 0.5");
    EXPECT_EQ(shown(DataType::double_(), types::double_value(0.25)), "double 0.25");
    EXPECT_EQ(shown(DataType::decimal(4, 1), types::decimal_value(125)), "decimal128(4, 1) 12.5");
    EXPECT_EQ(
        shown(DataType::decimal(38, 2), types::decimal_value(-125)), "decimal128(38, 2) -1.25");
    EXPECT_EQ(shown(DataType::string(), types::string_value("a long enough string")),
        "string a long enough string");
    EXPECT_EQ(shown(DataType::binary(), types::string_value("ab")), "binary ab");
    EXPECT_EQ(shown(DataType::date(), int_value(1)), "date32[day] 1970-01-02");
    EXPECT_EQ(
        shown(DataType::timestamp_ntz(), int_value(1)), "timestamp[us] 1970-01-01 00:00:00.000001");
    QueryContext seoul;
    seoul.time_zone = "Asia/Seoul";
    EXPECT_EQ(shown(DataType::timestamp(), int_value(0), seoul),
        "timestamp[us, tz=Asia/Seoul] 1970-01-01 00:00:00.000000Z");
    EXPECT_EQ(shown(DataType::time(), int_value(1'000'000)), "time64[ns] 00:00:00.001000000");
    EXPECT_EQ(shown(DataType::year_month_interval(), int_value(14)), "month_interval 14M");
    EXPECT_EQ(shown(DataType::day_time_interval(), int_value(5)), "duration[us] 5");
    EXPECT_EQ(shown(DataType::calendar_interval(), types::Value(types::CalendarInterval{1, 2, 3})),
        "month_day_nano_interval 1M2d3000ns");
}

TEST(ArrowResult, NestedTypesKeepNamesAndNullability) {
    auto item = DataType::struct_(
        {{"a", DataType::long_(), false}, {"A", DataType::string(), true}});
    auto array = DataType::array(item, false);
    auto pair = types::list_value({types::int_value(1), types::string_value("x")});
    auto batch = one_value(array, types::list_value({pair}));
    EXPECT_EQ(batch->schema()->field(0)->type()->ToString(),
        "list<element: struct<a: int64 not null, A: string> not null>");
    EXPECT_EQ(
        batch->column(0)->GetScalar(0).ValueOrDie()->ToString().find("x") == std::string::npos,
        false);
    auto map = DataType::map(DataType::string(), DataType::day_time_interval(), false);
    auto entries = types::list_value({types::string_value("k"), types::int_value(7)});
    auto type = one_value(map, entries)->schema()->field(0)->type();
    EXPECT_EQ(type->ToString(), "map<string, duration[us]>");
    EXPECT_FALSE(static_cast<const arrow::MapType&>(*type).item_field()->nullable());
}

TEST(ArrowResult, VariantIsMarked) {
    auto value = types::list_value({types::string_value("v"), types::string_value("m")});
    auto batch = one_value(DataType::variant(), value);
    const auto& type = *batch->schema()->field(0)->type();
    EXPECT_EQ(type.field(0)->name(), "value");
    EXPECT_EQ(type.field(1)->metadata()->Get("variant").ValueOrDie(), "true");
}

TEST(ArrowResult, VoidAndEmptyStructs) {
    auto column = attribute(1, DataType::null(), "n");
    auto batch =
        shared_engine().execute(values({column}, {{null_of(DataType::null())}}), {})->next();
    EXPECT_EQ(batch->column(0)->type_id(), arrow::Type::NA);
    EXPECT_EQ(batch->num_rows(), 1);
    EXPECT_EQ(
        one_value(DataType::struct_({}), types::list_value({}))->column(0)->type()->num_fields(),
        0);
}

TEST(ArrowResult, LargeTypesWhenAsked) {
    QueryContext context;
    context.large_var_types = true;
    EXPECT_EQ(shown(DataType::string(), types::string_value("x"), context), "large_string x");
    auto array = DataType::array(DataType::binary());
    auto batch = one_value(
        array, types::list_value({types::string_value("ab"), types::string_value("c")}), context);
    EXPECT_EQ(batch->schema()->field(0)->type()->ToString(), "list<element: large_binary>");
}

TEST(ArrowResult, NoRowsStillHaveASchema) {
    auto stream = shared_engine().execute(
        range(attribute(1, DataType::long_(), "id", false), 0, 0), {});
    EXPECT_EQ(stream->schema()->ToString(), "id: int64 not null");
    EXPECT_EQ(stream->next(), nullptr);
}

TEST(ArrowResult, NoColumnsStillHaveRows) {
    auto none = project(range(attribute(1, DataType::long_()), 0, 5), {});
    auto batch = shared_engine().execute(none, {})->next();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(batch->num_rows(), 5);
    EXPECT_EQ(batch->num_columns(), 0);
}

TEST(ArrowResult, BatchesAreBounded) {
    QueryContext context;
    context.max_batch_bytes = 100'000;
    auto stream = shared_engine().execute(
        range(attribute(1, DataType::long_()), 0, 100'000), context);
    int64_t count = 0;
    int batches = 0;
    while (auto batch = stream->next()) {
        ++batches;
        EXPECT_LT(batch->num_rows(), 20'000);
        count += batch->num_rows();
    }
    EXPECT_EQ(count, 100'000);
    EXPECT_GE(batches, 7);
}

}  // namespace hanok::engine
