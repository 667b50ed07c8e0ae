#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

Attribute number(int64_t id) { return attribute(id, DataType::long_()); }

std::shared_ptr<const std::string> ipc_stream(
    const std::vector<std::shared_ptr<arrow::Array>>& columns,
    const std::shared_ptr<arrow::Schema>& schema) {
    auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
    auto writer = arrow::ipc::MakeStreamWriter(sink, schema).ValueOrDie();
    auto batch = arrow::RecordBatch::Make(schema, columns[0]->length(), columns);
    EXPECT_TRUE(writer->WriteRecordBatch(*batch).ok());
    EXPECT_TRUE(writer->Close().ok());
    return std::make_shared<const std::string>(sink->Finish().ValueOrDie()->ToString());
}

PlanPtr cte_ref(int64_t id, Attributes out) {
    auto ref = std::make_shared<CteRef>();
    ref->cte_id = id;
    ref->output = std::move(out);
    return ref;
}

}  // namespace

TEST(LocalData, NestedColumnsAndIntervals) {
    auto inner = arrow::struct_(
        {arrow::field("a", arrow::int64()), arrow::field("A", arrow::utf8())});
    arrow::Int64Builder a;
    arrow::StringBuilder b;
    EXPECT_TRUE(a.AppendValues({1, 2}).ok());
    EXPECT_TRUE(b.AppendValues({"x", "y"}).ok());
    auto structs = arrow::StructArray::Make(
        {a.Finish().ValueOrDie(), b.Finish().ValueOrDie()}, inner->fields())
                       .ValueOrDie();
    arrow::DurationBuilder seconds(
        arrow::duration(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
    EXPECT_TRUE(seconds.Append(3).ok());
    EXPECT_TRUE(seconds.AppendNull().ok());
    arrow::Int32Builder small;
    EXPECT_TRUE(small.AppendValues({7, 8}).ok());
    auto schema = arrow::schema(
        {arrow::field("s", inner), arrow::field("d", arrow::duration(arrow::TimeUnit::SECOND)),
            arrow::field("n", arrow::int32())});
    auto data = std::make_shared<LocalData>();
    data->arrow_streams = {
        ipc_stream({structs, seconds.Finish().ValueOrDie(), small.Finish().ValueOrDie()}, schema)};
    data->output = {
        attribute(1, DataType::struct_({{"a", DataType::long_()}, {"A", DataType::string()}})),
        attribute(2, DataType::day_time_interval()), number(3)};
    EXPECT_EQ(rows(data), "{1 x},3000000,7;{2 y},NULL,8");
}

TEST(LocalData, TimesNullsAndMaps) {
    arrow::Time64Builder times(arrow::time64(arrow::TimeUnit::NANO), arrow::default_memory_pool());
    EXPECT_TRUE(times.Append(1'500'000).ok());
    auto pool = arrow::default_memory_pool();
    auto keys = std::make_shared<arrow::StringBuilder>(pool);
    auto items = std::make_shared<arrow::DurationBuilder>(
        arrow::duration(arrow::TimeUnit::MILLI), pool);
    arrow::MapBuilder maps(pool, keys, items);
    EXPECT_TRUE(maps.Append().ok() && keys->Append("k").ok() && items->Append(2).ok());
    auto map_array = maps.Finish().ValueOrDie();
    auto schema = arrow::schema({arrow::field("t", arrow::time64(arrow::TimeUnit::NANO)),
        arrow::field("n", arrow::null()), arrow::field("m", map_array->type())});
    auto data = std::make_shared<LocalData>();
    data->arrow_streams = {ipc_stream(
        {times.Finish().ValueOrDie(), std::make_shared<arrow::NullArray>(1), map_array}, schema)};
    data->output = {attribute(1, DataType::time()), attribute(2, DataType::null()),
        attribute(3, DataType::map(DataType::string(), DataType::day_time_interval()))};
    auto all = shared_engine().collect(data, {}, 10);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0][0].as_int(), 1'500'000);
    EXPECT_TRUE(all[0][1].is_null());
    EXPECT_EQ(all[0][2].as_list()[0].as_string(), "k");
    EXPECT_EQ(all[0][2].as_list()[1].as_int(), 2'000);
}

TEST(LocalData, NoRowsAtAll) {
    auto data = std::make_shared<LocalData>();
    data->output = {number(1)};
    EXPECT_EQ(rows(data), "");
    data->arrow_streams = {std::make_shared<const std::string>("not arrow")};
    EXPECT_EQ(condition(data), "HANOK_INVALID_LOCAL_DATA");
}

TEST(Ctes, SharedBySeveralReferences) {
    auto with = std::make_shared<WithCte>();
    with->definitions = {{7, "t", range(number(1), 0, 3)}, {8, "u", cte_ref(7, {number(2)})}};
    auto both = join(cte_ref(7, {number(3)}), cte_ref(8, {number(4)}), JoinType::kInner,
        equal(ref(number(3)), ref(number(4))));
    with->child = sort(both, ref(number(3)));
    with->output = both->output;
    EXPECT_EQ(rows(with), "0,0;1,1;2,2");
}

TEST(Ctes, Recursion) {
    auto step_input = cte_ref(7, {number(3)});
    auto cte = std::make_shared<RecursiveCte>();
    cte->cte_id = 7;
    cte->anchor = values({number(1)}, {{lit(1)}});
    cte->recursion = project(filter(step_input, greater(lit(5), ref(number(3)))),
        {{number(4), plus(ref(number(3)), lit(1))}});
    cte->output = {number(2)};
    EXPECT_EQ(rows(sort(cte, ref(number(2)))), "1;2;3;4;5");
    auto distinct = std::make_shared<RecursiveCte>(*cte);
    distinct->all = false;
    distinct->recursion = project(step_input,
        {{number(4), call("%", {plus(ref(number(3)), lit(1)), lit(3)}, DataType::long_())}});
    EXPECT_EQ(rows(sort(distinct, ref(number(2)))), "0;1;2");
}

TEST(Ctes, RecursionLimits) {
    auto cte = std::make_shared<RecursiveCte>();
    cte->cte_id = 7;
    cte->anchor = values({number(1)}, {{lit(1)}});
    cte->recursion = project(cte_ref(7, {number(3)}), {{number(4), plus(ref(number(3)), lit(1))}});
    cte->output = {number(2)};
    EXPECT_EQ(condition(cte), "RECURSION_LEVEL_LIMIT_EXCEEDED");
    cte->max_recursion = -1;
    cte->max_rows = 1000;
    EXPECT_EQ(condition(cte), "RECURSION_ROW_LIMIT_EXCEEDED");
}

TEST(Cached, RowsAreKeptUntilDropped) {
    auto& engine = shared_engine();
    auto source = range(number(1), 0, 3);
    engine.materialize("key", source, {});
    EXPECT_TRUE(engine.is_materialized("key"));
    auto cached = std::make_shared<Cached>();
    cached->cache_key = "key";
    cached->child = range(number(2), 0, 5);
    cached->output = {number(3)};
    EXPECT_EQ(rows(cached), "0;1;2");
    EXPECT_EQ(rows(cached), "0;1;2");
    engine.drop_materialized("key");
    EXPECT_FALSE(engine.is_materialized("key"));
    EXPECT_EQ(rows(cached), "0;1;2;3;4");
}

TEST(Observe, MetricsOnTheSide) {
    auto source = range(number(1), 0, 10'000);
    auto observe = std::make_shared<Observe>();
    observe->child = source;
    observe->name = "seen";
    observe->metrics = {
        {attribute(5, DataType::long_(), "n"), aggregate("count", {lit(1)}, DataType::long_())},
        {attribute(6, DataType::long_(), "top"),
            aggregate("max", {ref(number(1))}, DataType::long_())}};
    observe->output = source->output;
    auto stream = shared_engine().execute(filter(observe, greater(lit(3), ref(number(1)))), {});
    int64_t count = 0;
    while (auto batch = stream->next()) count += batch->num_rows();
    EXPECT_EQ(count, 3);
    auto observed = stream->observed();
    ASSERT_EQ(observed.size(), 1u);
    EXPECT_EQ(observed[0].name, "seen");
    EXPECT_EQ(observed[0].keys, (std::vector<std::string>{"n", "top"}));
    EXPECT_EQ(observed[0].values[0].as_int(), 10'000);
    EXPECT_EQ(observed[0].values[1].as_int(), 9'999);
}

TEST(Observe, NoRowsGiveEmptyAggregates) {
    auto source = filter(range(number(1), 0, 10), greater(ref(number(1)), lit(100)));
    auto observe = std::make_shared<Observe>();
    observe->child = source;
    observe->name = "none";
    observe->metrics = {
        {attribute(5, DataType::long_(), "n"), aggregate("count", {lit(1)}, DataType::long_())}};
    observe->output = source->output;
    auto stream = shared_engine().execute(observe, {});
    while (stream->next()) {}
    ASSERT_EQ(stream->observed().size(), 1u);
    EXPECT_EQ(stream->observed()[0].values[0].as_int(), 0);
}

}  // namespace hanok::engine
