#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

const Attribute kA = attribute(1, DataType::long_(), "a");
const Attribute kB = attribute(2, DataType::long_(), "b");

PlanPtr left() { return values({kA}, {{lit(1)}, {lit(2)}, {lit(3)}}); }
PlanPtr right() { return values({kB}, {{lit(2)}, {lit(3)}, {lit(4)}}); }

std::string joined(JoinType type, ExprPtr condition) {
    auto plan = join(left(), right(), type, std::move(condition));
    std::vector<SortOrder> order;
    for (const auto& column : plan->output) order.push_back({ref(column), true, false});
    return rows(sort(plan, order));
}

// SELECT … FROM right WHERE b = outer a
PlanPtr matching_right() { return filter(right(), equal(ref(kB), outer(kA))); }

ExprPtr subquery(SubqueryKind kind, PlanPtr plan, TypePtr type) {
    auto expr = std::make_shared<Subquery>(kind, std::move(plan), std::move(type), true);
    expr->outer = {kA};
    return expr;
}

}  // namespace

TEST(Joins, EveryType) {
    auto same = equal(ref(kA), ref(kB));
    EXPECT_EQ(joined(JoinType::kInner, same), "2,2;3,3");
    EXPECT_EQ(joined(JoinType::kLeft, same), "1,NULL;2,2;3,3");
    EXPECT_EQ(joined(JoinType::kRight, same), "2,2;3,3;NULL,4");
    EXPECT_EQ(joined(JoinType::kFull, same), "1,NULL;2,2;3,3;NULL,4");
    EXPECT_EQ(joined(JoinType::kLeftSemi, same), "2;3");
    EXPECT_EQ(joined(JoinType::kLeftAnti, same), "1");
    EXPECT_EQ(joined(JoinType::kCross, nullptr), "1,2;1,3;1,4;2,2;2,3;2,4;3,2;3,3;3,4");
    EXPECT_EQ(joined(JoinType::kLeftAnti, nullptr), "");
    EXPECT_EQ(
        joined(JoinType::kFull, greater(ref(kA), ref(kB))), "1,NULL;2,NULL;3,2;NULL,3;NULL,4");
}

// DuckDB alone derives every pair of equal keys at every join: minutes and gigabytes.
TEST(Joins, HundredsOnOneKey) {
    auto plan = left();
    for (int64_t i = 0; i < 300; ++i) {
        auto key = attribute(100 + i, DataType::long_(), "k" + std::to_string(i));
        auto other = values({key}, {{lit(2)}, {lit(3)}});
        plan = join(plan, other, JoinType::kInner, equal(ref(kA), ref(key)));
    }
    auto a = project(plan, {{kA, ref(kA)}});
    EXPECT_EQ(rows(sort(a, {{ref(kA), true, false}})), "2;3");
}

TEST(Joins, SubqueriesInConditionsOfOuterJoins) {
    // a = b AND EXISTS (SELECT … FROM (3) AS c WHERE c = a)
    const Attribute c = attribute(3, DataType::long_(), "c");
    auto three = values({c}, {{lit(3)}});
    auto exists = subquery(
        SubqueryKind::kExists, filter(three, equal(ref(c), outer(kA))), DataType::boolean());
    auto condition = call("and", {equal(ref(kA), ref(kB)), exists}, DataType::boolean());
    EXPECT_EQ(joined(JoinType::kInner, condition), "3,3");
    EXPECT_EQ(joined(JoinType::kLeft, condition), "1,NULL;2,NULL;3,3");
    EXPECT_EQ(joined(JoinType::kFull, condition), "1,NULL;2,NULL;3,3;NULL,2;NULL,4");
    EXPECT_EQ(joined(JoinType::kLeftSemi, condition), "3");
    EXPECT_EQ(joined(JoinType::kLeftAnti, condition), "1;2");
}

TEST(Joins, Lateral) {
    auto inner = join(left(), matching_right(), JoinType::kInner, nullptr, true);
    EXPECT_EQ(rows(sort(inner, ref(kA))), "2,2;3,3");
    auto outer_join = join(left(), matching_right(), JoinType::kLeft, nullptr, true);
    EXPECT_EQ(rows(sort(outer_join, ref(kA))), "1,NULL;2,2;3,3");
}

TEST(Joins, AsOf) {
    auto plan = std::make_shared<AsOfJoin>();
    plan->left = values({kA}, {{lit(1)}, {lit(5)}, {lit(9)}});
    plan->right = values({kB}, {{lit(2)}, {lit(5)}, {lit(8)}});
    plan->left_as_of = ref(kA);
    plan->right_as_of = ref(kB);
    plan->output = {kA, kB};
    auto run = [&](const std::string& direction, bool exact, ExprPtr tolerance) {
        plan->direction = direction;
        plan->allow_exact_matches = exact;
        plan->tolerance = tolerance;
        plan->type = JoinType::kLeft;
        return rows(sort(plan, ref(kA)));
    };
    EXPECT_EQ(run("backward", true, nullptr), "1,NULL;5,5;9,8");
    EXPECT_EQ(run("backward", false, nullptr), "1,NULL;5,2;9,8");
    EXPECT_EQ(run("forward", true, nullptr), "1,2;5,5;9,NULL");
    EXPECT_EQ(run("nearest", true, nullptr), "1,2;5,5;9,8");
    EXPECT_EQ(run("backward", false, lit(2)), "1,NULL;5,NULL;9,8");
}

TEST(Subqueries, Scalar) {
    auto count = group_by(matching_right(), {},
        {{attribute(5, DataType::long_()), aggregate("count", {ref(kB)}, DataType::long_())}});
    auto plan = project(
        left(), {{kA, ref(kA)}, {attribute(6, DataType::long_()),
                                    subquery(SubqueryKind::kScalar, count, DataType::long_())}});
    EXPECT_EQ(rows(sort(plan, ref(kA))), "1,0;2,1;3,1");
}

TEST(Subqueries, ScalarWithSeveralRowsIsAnError) {
    auto plan = project(std::make_shared<OneRow>(),
        {{attribute(6, DataType::long_()),
            subquery(SubqueryKind::kScalar, right(), DataType::long_())}});
    EXPECT_EQ(condition(plan), "SCALAR_SUBQUERY_TOO_MANY_ROWS");
}

TEST(Subqueries, ExistsAndIn) {
    auto exists = subquery(SubqueryKind::kExists, matching_right(), DataType::boolean());
    EXPECT_EQ(rows(sort(filter(left(), exists), ref(kA))), "2;3");
    auto in = std::make_shared<Subquery>(SubqueryKind::kIn, right(), DataType::boolean(), true);
    in->in_values = {ref(kA)};
    EXPECT_EQ(rows(sort(filter(left(), in), ref(kA))), "2;3");
    auto pairs = values({attribute(7, DataType::long_()), attribute(8, DataType::long_())},
        {{lit(2), lit(2)}, {lit(3), lit(4)}});
    auto in_pairs = std::make_shared<Subquery>(SubqueryKind::kIn, pairs, DataType::boolean(), true);
    in_pairs->in_values = {ref(kA), ref(kA)};
    EXPECT_EQ(rows(filter(left(), in_pairs)), "2");
}

TEST(Subqueries, TheSamePlanInsideAndOutside) {
    // The subquery's columns have the ids of the outer query's.
    auto inner = filter(left(), equal(ref(kA), outer(kA)));
    EXPECT_EQ(rows(sort(filter(left(), subquery(SubqueryKind::kExists, inner, DataType::boolean())),
                  ref(kA))),
        "1;2;3");
}

}  // namespace hanok::engine
