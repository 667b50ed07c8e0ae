#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

const Attribute kKey = attribute(1, DataType::long_(), "k");
const Attribute kValue = attribute(2, DataType::long_(), "v");

PlanPtr data() {
    return values({kKey, kValue}, {{lit(1), lit(10)}, {lit(1), lit(20)}, {lit(2), lit(30)},
                                      {null_of(DataType::long_()), lit(5)}});
}

Attribute number(int64_t id) { return attribute(id, DataType::long_()); }

NamedExpr sum_of_values(int64_t id) {
    return {number(id), aggregate("sum", {ref(kValue)}, DataType::long_())};
}

std::shared_ptr<Window> window(const std::string& function, Exprs args, bool is_aggregate) {
    auto w = std::make_shared<Window>(function, std::move(args), DataType::long_(), true);
    w->is_aggregate = is_aggregate;
    w->order_by = {{ref(kValue), true, true}};
    w->rows_frame = true;
    w->lower.kind = FrameBound::Kind::kUnboundedPreceding;
    w->upper.kind = FrameBound::Kind::kCurrentRow;
    return w;
}

PlanPtr window_plan(PlanPtr child, const std::shared_ptr<Window>& w) {
    auto plan = std::make_shared<WindowPlan>();
    plan->output = child->output;
    plan->child = std::move(child);
    plan->output.push_back(number(9));
    plan->columns = {{number(9), w}};
    return sort(plan, ref(kValue));
}

}  // namespace

TEST(Aggregates, GroupsWithNullKey) {
    auto plan = group_by(data(), {ref(kKey)}, {{kKey, ref(kKey)}, sum_of_values(3)});
    EXPECT_EQ(rows(sort(plan, ref(kKey))), "NULL,5;1,30;2,30");
}

TEST(Aggregates, WithoutKeysIsOneRow) {
    EXPECT_EQ(rows(group_by(data(), {}, {sum_of_values(3)})), "65");
    EXPECT_EQ(
        rows(group_by(filter(data(), greater(ref(kKey), lit(9))), {}, {sum_of_values(3)})), "NULL");
    EXPECT_EQ(rows(group_by(data(), {}, {{number(3), lit(1)}})), "1");
}

TEST(Aggregates, ExpressionsOverAggregates) {
    auto total = plus(aggregate("sum", {ref(kValue)}, DataType::long_()), ref(kKey));
    auto plan = group_by(data(), {ref(kKey)}, {{number(3), total}});
    EXPECT_EQ(rows(sort(plan, ref(number(3)))), "NULL;31;32");
}

TEST(Aggregates, DistinctAndFilter) {
    auto distinct = aggregate("count", {ref(kKey)}, DataType::long_());
    distinct->distinct = true;
    auto filtered = aggregate("sum", {ref(kValue)}, DataType::long_());
    filtered->filter = greater(ref(kValue), lit(10));
    EXPECT_EQ(rows(group_by(data(), {}, {{number(3), distinct}, {number(4), filtered}})), "2,50");
}

TEST(Aggregates, DeepExpressionsAreCut) {
    ExprPtr deep = ref(kValue);
    for (int i = 0; i < 300; ++i) deep = plus(deep, lit(1));
    ExprPtr total = aggregate("sum", {deep}, DataType::long_());
    for (int i = 0; i < 300; ++i) total = plus(total, lit(1));
    auto plan = group_by(data(), {ref(kKey)}, {{number(3), ref(kKey)}, {number(4), total}});
    EXPECT_EQ(rows(sort(plan, ref(number(3)))), "NULL,605;1,930;2,630");
}

TEST(Aggregates, GroupingSets) {
    auto id = call("grouping_id", {ref(kKey), ref(kValue)}, DataType::long_());
    auto plan = group_by(data(), {ref(kKey), ref(kValue)},
        {{number(3), ref(kKey)}, {number(4), id}, sum_of_values(5)}, {{0}, {}});
    EXPECT_EQ(rows(sort(plan, {{ref(number(4)), true, true}, {ref(number(3)), true, true}})),
        "NULL,1,5;1,1,30;2,1,30;NULL,3,65");
}

TEST(Windows, RunningSumAndRowNumber) {
    EXPECT_EQ(rows(window_plan(data(), window("sum", {ref(kValue)}, true))),
        "NULL,5,5;1,10,15;1,20,35;2,30,65");
    auto numbered = window("row_number", {}, false);
    numbered->partition_by = {ref(kKey)};
    EXPECT_EQ(rows(window_plan(data(), numbered)), "NULL,5,1;1,10,1;1,20,2;2,30,1");
}

TEST(Windows, FramesWithOffsets) {
    auto rows_frame = window("sum", {ref(kValue)}, true);
    rows_frame->lower = {FrameBound::Kind::kPreceding, lit(1)};
    rows_frame->upper = {FrameBound::Kind::kFollowing, lit(1)};
    EXPECT_EQ(rows(window_plan(data(), rows_frame)), "NULL,5,15;1,10,35;1,20,60;2,30,50");
    auto range_frame = window("sum", {ref(kValue)}, true);
    range_frame->rows_frame = false;
    range_frame->lower = {FrameBound::Kind::kPreceding, lit(10)};
    EXPECT_EQ(rows(window_plan(data(), range_frame)), "NULL,5,5;1,10,15;1,20,30;2,30,50");
}

TEST(Windows, RangeFrameAtTheEndOfItsType) {
    auto largest = lit(std::numeric_limits<int64_t>::max());
    auto range_frame = window("count", {ref(kValue)}, true);
    range_frame->rows_frame = false;
    range_frame->lower = {FrameBound::Kind::kPreceding, lit(1)};
    range_frame->upper = {FrameBound::Kind::kFollowing, lit(1)};
    auto plan = window_plan(
        values({kKey, kValue}, {{lit(1), largest}, {lit(2), lit(int64_t{0})}}), range_frame);
    EXPECT_EQ(rows(plan), "2,0,1;1,9223372036854775807,1");
}

TEST(Windows, RangeFrameOverTimestampsByInterval) {
    auto when = attribute(5, DataType::timestamp());
    auto day = int64_t{86'400'000'000};
    auto at = [&](int64_t days) {
        return literal(types::int_value(days * day), DataType::timestamp());
    };
    auto frame = window("count", {ref(when)}, true);
    frame->order_by = {{ref(when), true, true}};
    frame->rows_frame = false;
    frame->lower = {FrameBound::Kind::kPreceding,
        literal(types::int_value(day), DataType::day_time_interval())};
    auto plan = std::make_shared<WindowPlan>();
    plan->child = values({when}, {{at(0)}, {at(1)}, {at(5)}});
    plan->columns = {{number(9), frame}};
    plan->output = {when, number(9)};
    EXPECT_EQ(rows(project(sort(plan, ref(when)), {{number(9), ref(number(9))}})), "1;2;1");
    auto months = std::make_shared<Window>(*frame);
    months->lower.offset = literal(types::int_value(1), DataType::year_month_interval());
    plan->columns = {{number(9), months}};
    EXPECT_EQ(rows(project(sort(plan, ref(when)), {{number(9), ref(number(9))}})), "1;2;3");
}

}  // namespace hanok::engine
