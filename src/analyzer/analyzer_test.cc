// Queries as users write them: the columns they give, and the errors.

#include <gtest/gtest.h>

#include "analyzer/testing/analysis.h"

namespace hanok::analyzer {
namespace {

TEST_F(Analysis, ColumnsKeepTheSpellingOfTheQuery) {
    EXPECT_EQ(schema("SELECT A, t.b, `c` FROM t"), "A INT,b STRING,c DOUBLE NOT NULL");
    EXPECT_EQ(schema("SELECT * FROM t"), "a INT,b STRING,c DOUBLE NOT NULL");
    EXPECT_EQ(schema("SELECT x.* EXCEPT (b) FROM t x"), "a INT,c DOUBLE NOT NULL");
}

TEST_F(Analysis, ExpressionsAreNamedAsSparkPrintsThem) {
    EXPECT_EQ(schema("SELECT a + 1 FROM t"), "(a + 1) INT");
    EXPECT_EQ(schema("SELECT CAST(a AS STRING) FROM t"), "a STRING");
    EXPECT_EQ(schema("SELECT CAST(a + 1 AS STRING) FROM t"), "CAST((a + 1) AS STRING) STRING");
    EXPECT_EQ(schema("SELECT UPPER(b) FROM t"), "upper(b) STRING");
    EXPECT_EQ(schema("SELECT 1, 'x', 1.50"),
        "1 INT NOT NULL,x STRING NOT NULL,1.50 DECIMAL(3,2) NOT NULL");
    EXPECT_EQ(schema("SELECT s.x, s.y.z, m['k'], l[0], upper(b), s.y[0].z FROM n, t"),
        "x INT,z ARRAY<INT>,m[k] INT,l[0] INT,upper(b) STRING,s.y[0].z INT");
}

TEST_F(Analysis, LateralAliases) {
    EXPECT_EQ(schema("SELECT a + 1 AS x, x + 1 AS y, y FROM t"), "x INT,y INT,y INT");
    EXPECT_EQ(
        error("SELECT 1 AS x, 2 AS x, x + 1 FROM t").condition(), "AMBIGUOUS_LATERAL_COLUMN_ALIAS");
}

TEST_F(Analysis, UnknownColumnsGetSuggestionsAndAPlace) {
    auto e = error("SELECT aa FROM t");
    EXPECT_EQ(e.condition(), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    EXPECT_EQ(e.parameters().at("objectName"), "`aa`");
    EXPECT_EQ(e.parameters().at("proposal"), "`a`, `b`, `c`");
    ASSERT_EQ(e.contexts().size(), 1u);
    EXPECT_EQ(e.contexts()[0].fragment, "aa");
    EXPECT_EQ(e.contexts()[0].start_index, 7);
    EXPECT_EQ(error("SELECT a").condition(), "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION");
    EXPECT_EQ(error("SELECT a FROM nowhere").condition(), "TABLE_OR_VIEW_NOT_FOUND");
    EXPECT_EQ(error("SELECT nope(a) FROM t").condition(), "UNRESOLVED_ROUTINE");
    EXPECT_EQ(
        error("SELECT a FROM t WHERE x.a = 1").condition(), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST_F(Analysis, AliasesHideInnerColumns) {
    EXPECT_EQ(error("SELECT c FROM (SELECT a FROM t) q").condition(),
        "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    EXPECT_EQ(
        error("SELECT a AS z FROM t WHERE z > 1").condition(), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    EXPECT_EQ(schema("SELECT x, y FROM (SELECT a, b FROM t) AS q(x, y)"), "x INT,y STRING");
}

TEST_F(Analysis, Joins) {
    EXPECT_EQ(schema("SELECT * FROM t JOIN u ON t.a = u.a"),
        "a INT,b STRING,c DOUBLE NOT NULL,a BIGINT,d DATE");
    EXPECT_EQ(schema("SELECT t.c FROM t RIGHT JOIN u ON t.a = u.a"), "c DOUBLE");
    EXPECT_EQ(
        schema("SELECT * FROM t JOIN u USING (a)"), "a INT,b STRING,c DOUBLE NOT NULL,d DATE");
    EXPECT_EQ(schema("SELECT u.a, t.a FROM t LEFT JOIN u USING (a)"), "a BIGINT,a INT");
    EXPECT_EQ(schema("SELECT * FROM t FULL JOIN u USING (a)"), "a BIGINT,b STRING,c DOUBLE,d DATE");
    EXPECT_EQ(schema("SELECT * FROM t NATURAL JOIN u"), "a INT,b STRING,c DOUBLE NOT NULL,d DATE");
    EXPECT_EQ(schema("SELECT * FROM t LEFT SEMI JOIN u ON t.a = u.a"),
        "a INT,b STRING,c DOUBLE NOT NULL");
    auto e = error("SELECT a FROM t, u");
    EXPECT_EQ(e.condition(), "AMBIGUOUS_REFERENCE");
    EXPECT_EQ(e.parameters().at("referenceNames"),
        "[`spark_catalog`.`default`.`t`.`a`, `spark_catalog`.`default`.`u`.`a`]");
    EXPECT_EQ(
        error("SELECT 1 FROM t JOIN u USING (zz)").condition(), "UNRESOLVED_USING_COLUMN_FOR_JOIN");
    EXPECT_EQ(schema("SELECT x.a, y.b FROM t x JOIN t y ON x.a = y.a"), "a INT,b STRING");
}

TEST_F(Analysis, SortReachesHiddenColumns) {
    EXPECT_EQ(schema("SELECT b FROM t ORDER BY a"), "b STRING");
    EXPECT_EQ(schema("SELECT b AS x FROM t ORDER BY t.b, a + 1 DESC"), "x STRING");
    EXPECT_EQ(count(tree("SELECT b FROM t ORDER BY 1"), "Project"), 1);
    EXPECT_EQ(error("SELECT b FROM t ORDER BY 2").condition(), "ORDER_BY_POS_OUT_OF_RANGE");
    EXPECT_EQ(
        error("SELECT m FROM n ORDER BY m").condition(), "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE");
    EXPECT_EQ(error("SELECT DISTINCT b FROM t ORDER BY a").condition(),
        "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST_F(Analysis, SetOperations) {
    EXPECT_EQ(schema("SELECT a FROM t UNION ALL SELECT a FROM u"), "a BIGINT");
    EXPECT_EQ(schema("SELECT c FROM t INTERSECT SELECT c FROM t"), "c DOUBLE NOT NULL");
    EXPECT_EQ(count(tree("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"), "Union"), 1);
    EXPECT_EQ(
        error("SELECT a FROM t UNION SELECT a, d FROM u").condition(), "NUM_COLUMNS_MISMATCH");
    EXPECT_EQ(error("SELECT s FROM n UNION SELECT 1").condition(), "INCOMPATIBLE_COLUMN_TYPE");
}

TEST_F(Analysis, InlineTables) {
    EXPECT_EQ(schema("VALUES (1, 'a'), (2L, NULL)"), "col1 BIGINT NOT NULL,col2 STRING");
    EXPECT_EQ(schema("SELECT * FROM VALUES (1), (2.5) AS v(x)"), "x DECIMAL(11,1) NOT NULL");
    EXPECT_EQ(error("VALUES (1), (2, 3)").condition(), "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH");
    EXPECT_EQ(error("VALUES (1), ('a')").condition(),
        "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE");
}

TEST_F(Analysis, CommonTableExpressions) {
    EXPECT_EQ(count(tree("WITH q AS (SELECT a FROM t) SELECT * FROM q"), "CTE"), 0);
    auto shared = tree("WITH q AS (SELECT a FROM t) SELECT * FROM q x JOIN q y ON x.a = y.a");
    EXPECT_EQ(count(shared, "WithCTE"), 1);
    EXPECT_EQ(count(shared, "CTERelationRef"), 2);
    EXPECT_EQ(count(shared, "Relation t"), 1);
    EXPECT_EQ(schema("WITH q(z) AS (SELECT a FROM t) SELECT * FROM q"), "z INT");
    EXPECT_EQ(schema("WITH t AS (SELECT 1 AS one FROM t) SELECT * FROM t"), "one INT NOT NULL");
    EXPECT_EQ(schema("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) "
                     "SELECT n FROM r"),
        "n INT");
}

TEST_F(Analysis, Subqueries) {
    EXPECT_EQ(schema("SELECT (SELECT 1) FROM t"), "scalarsubquery() INT");
    EXPECT_EQ(schema("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)"), "a INT");
    EXPECT_EQ(schema("SELECT a FROM t WHERE a IN (SELECT a FROM u)"), "a INT");
    EXPECT_EQ(error("SELECT (SELECT a, d FROM u) FROM t").condition(),
        "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN");
    EXPECT_EQ(error("SELECT a FROM t WHERE (a, b) IN (SELECT a FROM u)").condition(),
        "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH");
    EXPECT_EQ(schema("SELECT q.x FROM t, LATERAL (SELECT t.a + 1 AS x) q"), "x INT");
}

TEST_F(Analysis, ConditionsAreBoolean) {
    EXPECT_EQ(error("SELECT a FROM t WHERE a").condition(), "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN");
    EXPECT_EQ(
        error("SELECT 1 FROM t JOIN u ON t.a").condition(), "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE");
}

TEST_F(Analysis, Limits) {
    EXPECT_EQ(schema("SELECT a FROM t LIMIT 3 OFFSET 1"), "a INT");
    EXPECT_EQ(
        error("SELECT a FROM t LIMIT -1").condition(), "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE");
    EXPECT_EQ(error("SELECT a FROM t LIMIT a").condition(),
        "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE");
    EXPECT_EQ(
        error("SELECT a FROM t LIMIT 'x'").condition(), "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE");
}

TEST_F(Analysis, CastsFollowTheMode) {
    EXPECT_EQ(error("SELECT CAST(true AS DATE)").condition(),
        "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION");
    EXPECT_EQ(error("SELECT CAST(d AS INT) FROM u").condition(),
        "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION");
    EXPECT_EQ(error("SELECT CAST(d AS BOOLEAN) FROM u").condition(),
        "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION");
    options_.functions.ansi = false;
    EXPECT_EQ(schema("SELECT CAST(d AS BOOLEAN) FROM u"), "d BOOLEAN");
}

TEST_F(Analysis, ViewsResolveOnTheirOwn) {
    ResolvedView view;
    view.plan = sql::parse_query("SELECT a AS va FROM t");
    view.qualifier = {"spark_catalog", "default", "v"};
    resolver_.views["v"] = view;
    EXPECT_EQ(schema("SELECT v.va FROM v"), "va INT");
    // The body does not see the query's CTEs.
    EXPECT_EQ(schema("WITH t AS (SELECT 1 AS q) SELECT * FROM v"), "va INT");
    view.plan = sql::parse_query("SELECT * FROM v");
    resolver_.views["v"] = view;
    EXPECT_EQ(error("SELECT * FROM v").condition(), "RECURSIVE_VIEW");
}

TEST_F(Analysis, DeepPlansEndInAnError) {
    plan::RelationPtr plan = sql::parse_query("SELECT a FROM t");
    for (int i = 0; i < 10000; ++i) {
        auto limit = std::make_shared<plan::Limit>();
        limit->child = plan;
        limit->limit = plan::int_literal(1);
        plan = limit;
    }
    Analyzer analyzer(resolver_, options_);
    EXPECT_THROW(analyzer.analyze(plan), Error);
}

TEST_F(Analysis, ChainsOfWithColumnStayShort) {
    plan::RelationPtr plan = sql::parse_query("SELECT a FROM t");
    for (int i = 0; i < 500; ++i) {
        auto with = std::make_shared<plan::WithColumns>();
        with->child = plan;
        with->columns = {
            plan::alias(plan::call("+", {plan::attribute({"a"}), plan::int_literal(i)}),
                "c" + std::to_string(i))};
        plan = with;
    }
    Analyzer analyzer(resolver_, options_);
    auto result = analyzer.analyze(plan);
    EXPECT_EQ(result->output.size(), 501u);
    auto text = resolved::plan_tree(
        *result, [](const resolved::Expression& e) { return expression_sql(e); });
    EXPECT_LE(count(text, "Project"), 2);
}

TEST_F(Analysis, DataFrameColumnsFollowTheirPlan) {
    auto table = [](const char* name, int64_t id) {
        auto t = std::make_shared<plan::NamedTable>();
        t->name = {name};
        t->plan_id = id;
        return t;
    };
    auto column = [](const char* name, int64_t id) {
        auto a = std::make_shared<plan::Attribute>(std::vector<std::string>{name});
        a->plan_id = id;
        return a;
    };
    auto join = std::make_shared<plan::Join>();
    join->left = table("t", 1);
    join->right = table("u", 2);
    join->condition = plan::call("=", {column("a", 1), column("a", 2)});
    auto select = std::make_shared<plan::Project>();
    select->child = join;
    select->columns = {column("a", 2), column("b", 1)};
    Analyzer analyzer(resolver_, options_);
    EXPECT_EQ(resolved::output_schema(*analyzer.analyze(select))->ddl(), "a BIGINT,b STRING");
    auto self = std::make_shared<plan::Join>();
    self->left = table("t", 1);
    self->right = table("t", 1);
    self->condition = plan::call("=", {column("a", 1), column("a", 1)});
    try {
        analyzer.analyze(self);
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "AMBIGUOUS_COLUMN_REFERENCE");
    }
}

TEST_F(Analysis, InsertsCastSafely) {
    Analyzer analyzer(resolver_, options_);
    auto target = sql::parse_table_schema("x BIGINT, y STRING");
    auto plan = analyzer.analyze(sql::parse_query("SELECT a, c FROM t"));
    EXPECT_EQ(
        resolved::output_schema(*analyzer.coerce_for_insert(plan, target, false, "`t2`"))->ddl(),
        "x BIGINT,y STRING NOT NULL");
    auto text = analyzer.analyze(sql::parse_query("SELECT b, b FROM t"));
    try {
        analyzer.coerce_for_insert(text, target, false, "`t2`");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST");
        EXPECT_EQ(e.parameters().at("colName"), "`x`");
    }
    auto one = analyzer.analyze(sql::parse_query("SELECT a FROM t"));
    EXPECT_THROW(analyzer.coerce_for_insert(one, target, false, "`t2`"), Error);
}

TEST(SchemaTree, NestedTypes) {
    auto schema = sql::parse_table_schema(
        "a INT NOT NULL, s STRUCT<x: ARRAY<STRING>>, m MAP<STRING, INT>");
    EXPECT_EQ(schema_tree(*schema),
        "root\n"
        " |-- a: integer (nullable = false)\n"
        " |-- s: struct (nullable = true)\n"
        " |    |-- x: array (nullable = true)\n"
        " |    |    |-- element: string (containsNull = true)\n"
        " |-- m: map (nullable = true)\n"
        " |    |-- key: string\n"
        " |    |-- value: integer (valueContainsNull = true)\n");
    EXPECT_EQ(schema_tree(*schema, 1),
        "root\n |-- a: integer (nullable = false)\n |-- s: struct (nullable = true)\n |-- m: map "
        "(nullable = true)\n");
}

}  // namespace
}  // namespace hanok::analyzer
