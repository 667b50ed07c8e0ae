#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

const Attribute kId = attribute(1, DataType::long_(), "id", false);

Attribute number(int64_t id) { return attribute(id, DataType::long_()); }

}  // namespace

TEST(Relations, OneRow) {
    auto plan = project(std::make_shared<OneRow>(),
        {{number(1), lit(1)}, {attribute(2, DataType::string()), lit("x")}});
    EXPECT_EQ(rows(plan), "1,x");
}

TEST(Relations, RangeFilterProject) {
    auto plan = project(filter(range(kId, 0, 10), greater(ref(kId), lit(6))),
        {{number(2), plus(ref(kId), lit(100))}});
    EXPECT_EQ(rows(plan), "107;108;109");
    EXPECT_EQ(rows(range(kId, 5, 0, -2)), "5;3;1");
    EXPECT_EQ(rows(range(kId, 5, 5)), "");
}

TEST(Relations, LargeRangesKeepTheirOrder) {
    auto plan = range(kId, 0, 300'000);
    EXPECT_EQ(rows(limit(plan, 2, 299'998)), "299998;299999");
    QueryContext context;
    auto all = shared_engine().collect(plan, context, 2'000'000);
    ASSERT_EQ(all.size(), 300'000u);
    for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i][0].as_int(), static_cast<int64_t>(i));
    auto total = aggregate("count", {}, DataType::long_());
    EXPECT_EQ(rows(group_by(plan, {}, {{number(2), total}})), "300000");
    auto least = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(rows(range(kId, least, std::numeric_limits<int64_t>::max(),
                  std::numeric_limits<int64_t>::max())),
        "-9223372036854775808;-1;9223372036854775806");
}

TEST(Relations, Values) {
    auto a = number(1);
    auto b = attribute(2, DataType::decimal(5, 2));
    auto one = literal(types::decimal_value(150), DataType::decimal(5, 2));
    EXPECT_EQ(rows(values({a, b}, {{lit(1), one}, {null_of(DataType::long_()), null_of(b.type)}})),
        "1,1.50;NULL,NULL");
    EXPECT_EQ(rows(values({a, b}, {})), "");
}

TEST(Relations, SortPutsNullsWhereAsked) {
    auto a = number(1);
    auto data = values({a}, {{lit(2)}, {null_of(DataType::long_())}, {lit(1)}});
    EXPECT_EQ(rows(sort(data, {{ref(a), true, true}})), "NULL;1;2");
    EXPECT_EQ(rows(sort(data, {{ref(a), true, false}})), "1;2;NULL");
    EXPECT_EQ(rows(sort(data, {{ref(a), false, true}})), "NULL;2;1");
    EXPECT_EQ(rows(sort(data, {{ref(a), false, false}})), "2;1;NULL");
}

TEST(Relations, SortByConstantIsNoColumnNumber) {
    auto a = number(1);
    auto data = values({a}, {{lit(3)}, {lit(2)}});
    EXPECT_EQ(rows(sort(data, {{lit(1), true, true}})), "3;2");
    EXPECT_EQ(rows(sort(data, {{lit(7), true, true}, {ref(a), true, true}})), "2;3");
}

TEST(Relations, LimitOffsetTail) {
    auto data = range(kId, 0, 10);
    EXPECT_EQ(rows(limit(data, 3)), "0;1;2");
    EXPECT_EQ(rows(limit(data, 2, 5)), "5;6");
    EXPECT_EQ(rows(limit(data, std::nullopt, 8)), "8;9");
    EXPECT_EQ(rows(limit(sort(data, {{ref(kId), false, false}}), 2)), "9;8");
    auto tail = std::make_shared<Tail>();
    tail->child = sort(data, {{ref(kId), false, false}});
    tail->limit = 2;
    tail->output = data->output;
    EXPECT_EQ(rows(tail), "1;0");
}

TEST(Relations, DistinctAndDeduplicate) {
    auto a = number(1);
    auto b = number(2);
    auto data = values(
        {a, b}, {{lit(1), lit(5)}, {lit(1), lit(5)}, {lit(2), lit(7)}, {lit(2), lit(8)}});
    auto distinct = std::make_shared<Distinct>();
    distinct->child = data;
    distinct->output = data->output;
    EXPECT_EQ(rows(sort(distinct, {{ref(a), true, true}, {ref(b), true, true}})), "1,5;2,7;2,8");
    auto by_key = std::make_shared<Deduplicate>();
    by_key->child = data;
    by_key->keys = {ref(a)};
    by_key->output = data->output;
    EXPECT_EQ(rows(sort(by_key, ref(a))), "1,5;2,7");
}

TEST(Relations, SampleIsTheSameForASeed) {
    auto sample = std::make_shared<Sample>();
    sample->child = range(kId, 0, 1000);
    sample->fraction = 0.25;
    sample->seed = 42;
    sample->output = sample->child->output;
    auto count = [&](const std::shared_ptr<Sample>& s) {
        return shared_engine().collect(s, {}, 100000).size();
    };
    EXPECT_GT(count(sample), 180u);
    EXPECT_LT(count(sample), 320u);
    EXPECT_EQ(rows(sample), rows(sample));
    auto rest = std::make_shared<Sample>(*sample);
    rest->lower = 0.25;
    rest->fraction = 0.75;
    EXPECT_EQ(count(sample) + count(rest), 1000u);
    auto again = std::make_shared<Sample>(*sample);
    again->with_replacement = true;
    again->fraction = 2.0;
    EXPECT_GT(count(again), 1800u);
    EXPECT_LT(count(again), 2200u);
    auto first = std::make_shared<Sample>(*sample);
    first->rows = 7;
    EXPECT_EQ(count(first), 7u);
}

TEST(Relations, SetOperations) {
    auto a = number(1);
    auto b = number(2);
    auto left = values({a}, {{lit(1)}, {lit(2)}, {lit(2)}});
    auto right = values({b}, {{lit(2)}, {lit(3)}});
    auto operation = [&](SetOpType type, bool all) {
        auto plan = std::make_shared<SetOperation>();
        plan->children = {left, right};
        plan->type = type;
        plan->all = all;
        plan->output = {number(9)};
        return rows(sort(plan, ref(number(9))));
    };
    EXPECT_EQ(operation(SetOpType::kUnion, true), "1;2;2;2;3");
    EXPECT_EQ(operation(SetOpType::kUnion, false), "1;2;3");
    EXPECT_EQ(operation(SetOpType::kIntersect, false), "2");
    EXPECT_EQ(operation(SetOpType::kExcept, false), "1");
    EXPECT_EQ(operation(SetOpType::kExcept, true), "1;2");
}

TEST(Relations, FiveHundredProjections) {
    auto plan = range(kId, 0, 10);
    auto last = kId;
    for (int i = 0; i < 500; ++i) {
        auto next = number(10 + i);
        plan = project(plan, {{last, ref(last)}, {next, plus(ref(last), lit(1))}});
        last = next;
        plan = filter(plan, greater(ref(last), lit(-1)));
    }
    std::string result;
    auto top = limit(
        project(plan, {{number(9999), call("%", {ref(last), lit(7)}, DataType::long_())}}), 1);
    result = rows(top);
    EXPECT_EQ(result, "3");
}

TEST(Relations, ADeepExpressionIsCut) {
    ExprPtr sum = ref(kId);
    for (int i = 0; i < 1000; ++i) sum = plus(sum, lit(1));
    auto plan = project(range(kId, 0, 2), {{number(2), sum}});
    std::string result;
    result = rows(plan);
    EXPECT_EQ(result, "1000;1001");
    EXPECT_EQ(rows(filter(range(kId, 0, 2), greater(sum, lit(1000)))), "1");
}

TEST(Relations, AThousandColumns) {
    NamedExprs columns;
    for (int i = 0; i < 1000; ++i) columns.push_back({number(10 + i), plus(ref(kId), lit(i))});
    auto plan = project(range(kId, 0, 2), columns);
    std::vector<std::vector<types::Value>> result;
    result = shared_engine().collect(plan, {}, 10);
    ASSERT_EQ(result.size(), 2u);
    EXPECT_EQ(result[1][999].as_int(), 1000);
}

TEST(Relations, LongConjunctions) {
    ExprPtr all = greater(ref(kId), lit(5));
    for (int i = 0; i < 2000; ++i)
        all = call("and", {all, greater(ref(kId), lit(-i))}, DataType::boolean());
    EXPECT_EQ(rows(filter(range(kId, 0, 8), all)), "6;7");
}

TEST(Relations, RepartitionChangesNothing) {
    auto plan = std::make_shared<Repartition>();
    plan->child = range(kId, 0, 3);
    plan->num_partitions = 4;
    plan->output = plan->child->output;
    EXPECT_EQ(rows(plan), "0;1;2");
}

}  // namespace hanok::engine
