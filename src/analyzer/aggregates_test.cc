// Aggregations, windows, generators, pivots: columns, plans and errors.

#include <gtest/gtest.h>

#include "analyzer/testing/analysis.h"
#include "resolved/fingerprint.h"

namespace hanok::analyzer {
namespace {

class Aggregation : public Analysis {};

TEST_F(Aggregation, NamesAndTypes) {
    EXPECT_EQ(schema("SELECT count(*), sum(a), avg(c), count(DISTINCT b) FROM t"),
        "count(1) BIGINT NOT NULL,sum(a) BIGINT,avg(c) DOUBLE,count(DISTINCT b) BIGINT NOT NULL");
    EXPECT_EQ(schema("SELECT b, sum(a) + 1 AS s FROM t GROUP BY b"), "b STRING,s BIGINT");
    EXPECT_EQ(schema("SELECT sum(a) FILTER (WHERE c > 1) FROM t"),
        "sum(a) FILTER (WHERE (c > 1)) BIGINT");
}

TEST_F(Aggregation, OneAggregateForEqualCalls) {
    auto plan = tree("SELECT sum(a), sum(a) + 1 FROM t");
    EXPECT_EQ(count(plan, "AS _aggregate"), 1);
}

TEST_F(Aggregation, GroupingByExpressionAliasAndPosition) {
    EXPECT_EQ(schema("SELECT a + 1, count(*) FROM t GROUP BY a + 1"),
        "(a + 1) INT,count(1) BIGINT NOT NULL");
    EXPECT_EQ(schema("SELECT 1 + a FROM t GROUP BY a + 1"), "(1 + a) INT");
    EXPECT_EQ(schema("SELECT a + 1 AS k FROM t GROUP BY k"), "k INT");
    EXPECT_EQ(schema("SELECT b, count(*) FROM t GROUP BY 1"), "b STRING,count(1) BIGINT NOT NULL");
    EXPECT_EQ(
        schema("SELECT b, count(*) FROM t GROUP BY ALL"), "b STRING,count(1) BIGINT NOT NULL");
    EXPECT_EQ(error("SELECT b FROM t GROUP BY 3").condition(), "GROUP_BY_POS_OUT_OF_RANGE");
    EXPECT_EQ(error("SELECT sum(a) FROM t GROUP BY 1").condition(), "GROUP_BY_POS_AGGREGATE");
    EXPECT_EQ(error("SELECT b FROM t GROUP BY sum(a)").condition(), "GROUP_BY_AGGREGATE");
}

TEST_F(Aggregation, EveryColumnIsGroupedOrAggregated) {
    auto e = error("SELECT a, b FROM t GROUP BY b");
    EXPECT_EQ(e.condition(), "MISSING_AGGREGATION");
    EXPECT_EQ(e.parameters().at("expression"), "\"a\"");
    EXPECT_EQ(error("SELECT a, count(*) FROM t").condition(), "MISSING_GROUP_BY");
    EXPECT_EQ(error("SELECT sum(sum(a)) FROM t").condition(), "NESTED_AGGREGATE_FUNCTION");
    EXPECT_EQ(error("SELECT a FROM t WHERE sum(a) > 1").condition(), "INVALID_WHERE_CONDITION");
}

TEST_F(Aggregation, HavingAndOrderByUseOtherAggregates) {
    EXPECT_EQ(schema("SELECT b FROM t GROUP BY b HAVING sum(a) > 1"), "b STRING");
    EXPECT_EQ(schema("SELECT b FROM t GROUP BY b ORDER BY count(*) DESC, b"), "b STRING");
    EXPECT_EQ(schema("SELECT sum(a) AS s FROM t GROUP BY b HAVING s > 1 ORDER BY s"), "s BIGINT");
    EXPECT_EQ(schema("SELECT sum(a) FROM t HAVING count(*) > 1"), "sum(a) BIGINT");
    EXPECT_EQ(error("SELECT b FROM t GROUP BY b ORDER BY a").condition(),
        "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST_F(Aggregation, GroupingSets) {
    EXPECT_EQ(schema("SELECT a, b, grouping(a), grouping_id() FROM t GROUP BY ROLLUP (a, b)"),
        "a INT,b STRING,grouping(a) TINYINT NOT NULL,grouping_id() BIGINT NOT NULL");
    EXPECT_EQ(
        schema("SELECT c, count(*) FROM t GROUP BY CUBE (c)"), "c DOUBLE,count(1) BIGINT NOT NULL");
    auto plan = analyze("SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ())");
    auto p = plan;
    while (p->kind != resolved::PlanKind::kAggregate) p = resolved::children(*p).at(0);
    EXPECT_EQ(p->as<resolved::AggregatePlan>().grouping_sets.size(), 3u);
    EXPECT_EQ(error("SELECT grouping(a) FROM t GROUP BY a").condition(),
        "UNSUPPORTED_GROUPING_EXPRESSION");
}

TEST_F(Aggregation, Windows) {
    EXPECT_EQ(schema("SELECT row_number() OVER (PARTITION BY b ORDER BY a) FROM t"),
        "row_number() OVER (PARTITION BY b ORDER BY a ASC NULLS FIRST ROWS BETWEEN UNBOUNDED "
        "PRECEDING AND CURRENT ROW) INT NOT NULL");
    EXPECT_EQ(schema("SELECT sum(a) OVER w AS s FROM t WINDOW w AS (ORDER BY c)"), "s BIGINT");
    EXPECT_EQ(schema("SELECT b, sum(sum(a)) OVER () AS total FROM t GROUP BY b"),
        "b STRING,total BIGINT");
    EXPECT_EQ(
        schema("SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) FROM t"),
        "sum(a) OVER (ORDER BY a ASC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) BIGINT");
    EXPECT_EQ(
        error("SELECT row_number() FROM t").condition(), "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE");
    EXPECT_EQ(
        error("SELECT rank() OVER () FROM t").condition(), "WINDOW_FUNCTION_FRAME_NOT_ORDERED");
    EXPECT_EQ(error("SELECT sum(a) OVER w FROM t").condition(), "MISSING_WINDOW_SPECIFICATION");
    EXPECT_EQ(error("SELECT 1 FROM t WHERE rank() OVER (ORDER BY a) = 1").condition(),
        "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE");
}

TEST_F(Aggregation, Generators) {
    EXPECT_EQ(schema("SELECT explode(l) FROM n"), "col INT");
    EXPECT_EQ(schema("SELECT posexplode(l) AS (p, v) FROM n"), "p INT NOT NULL,v INT");
    EXPECT_EQ(schema("SELECT x.v FROM n LATERAL VIEW explode(l) x AS v"), "v INT");
    EXPECT_EQ(schema("SELECT explode(collect_list(a)) AS v FROM t"), "v INT NOT NULL");
    EXPECT_EQ(error("SELECT explode(l) + 1 FROM n").condition(),
        "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS");
    EXPECT_EQ(error("SELECT a AS (x, y) FROM t").condition(), "MULTI_ALIAS_WITHOUT_GENERATOR");
}

TEST_F(Aggregation, Pivot) {
    EXPECT_EQ(
        schema("SELECT * FROM (SELECT a, b, c FROM t) q PIVOT (sum(c) FOR b IN ('x', 'y' AS z))"),
        "a INT,x DOUBLE,z DOUBLE");
    resolver_.rows = {{types::string_value("k")}, {types::Value()}};
    auto pivot = std::make_shared<plan::Pivot>();
    pivot->child = sql::parse_query("SELECT a, b FROM t");
    pivot->is_dataframe = true;
    pivot->grouping = {plan::attribute({"a"})};
    pivot->columns = {plan::attribute({"b"})};
    pivot->aggregates = {
        plan::call("count", {plan::int_literal(1)}), plan::call("sum", {plan::attribute({"a"})})};
    Analyzer analyzer(resolver_, options_);
    std::string names;
    auto plan = analyzer.analyze(pivot);
    for (const auto& a : plan->output) names += a.name + ";";
    EXPECT_EQ(names, "a;k_count(1);k_sum(a);null_count(1);null_sum(a);");
}

TEST_F(Aggregation, Unpivot) {
    EXPECT_EQ(schema("SELECT * FROM t UNPIVOT (v FOR n IN (a, c))"),
        "b STRING,n STRING NOT NULL,v DOUBLE");
    EXPECT_EQ(error("SELECT * FROM t UNPIVOT (v FOR n IN (a, b))").condition(),
        "UNPIVOT_VALUE_DATA_TYPE_MISMATCH");
}

TEST_F(Aggregation, ShowIsTextAndRunsOnce) {
    auto show = std::make_shared<plan::ShowString>();
    show->child = sql::parse_query("SELECT a, b FROM t");
    show->num_rows = 1;
    resolver_.rows = {
        {types::int_value(1), types::Value()}, {types::int_value(2), types::string_value("x")}};
    Analyzer analyzer(resolver_, options_);
    auto plan = analyzer.analyze(show);
    ASSERT_EQ(plan->kind, resolved::PlanKind::kValues);
    EXPECT_EQ(resolver_.collected, 1);
    EXPECT_EQ(plan->as<resolved::Values>().rows[0][0]->as<resolved::Literal>().value.as_string(),
        "+---+----+\n|  a|   b|\n+---+----+\n|  1|NULL|\n+---+----+\nonly showing top 1 row\n");
}

TEST_F(Aggregation, RecursionStaysOutOfAggregates) {
    EXPECT_EQ(
        error("WITH RECURSIVE r(n) AS (SELECT 1L UNION ALL SELECT count(*) FROM r) SELECT * FROM r")
            .condition(),
        "INVALID_RECURSIVE_REFERENCE.PLACE");
}

}  // namespace
}  // namespace hanok::analyzer
