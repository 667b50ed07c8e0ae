#include <gtest/gtest.h>

#include "base/error.h"
#include "sql/parser.h"
#include "sql/plan_text.h"

namespace hanok::sql {
namespace {

std::string parsed(const std::string& text, const ParserOptions& options = {}) {
    try {
        plan::Statement s = parse_statement(text, options);
        return s.query ? relation_text(s.query) : "command";
    } catch (const Error& e) {
        return "!" + e.condition();
    }
}

struct Case {
    const char* sql;
    const char* expected;
};

void check(std::initializer_list<Case> cases, const ParserOptions& options = {}) {
    for (const auto& c : cases) EXPECT_EQ(parsed(c.sql, options), c.expected) << c.sql;
}

TEST(Queries, ClausesOfSelect) {
    check({
        {"SELECT 1", "project[1](one-row)"},
        {"SELECT a, b AS c FROM t WHERE a > 1", "project[a, b as c](filter[>(a, 1)](t))"},
        {"SELECT DISTINCT a FROM t", "distinct(project[a](t))"},
        {"SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1",
            "having[>(count(*), 1)](aggregate[a; a, count(*)](t))"},
        {"SELECT count(*) FROM t HAVING count(*) > 1",
            "having[>(count(*), 1)](aggregate[; count(*)](t))"},
        {"SELECT a FROM t GROUP BY ALL", "aggregate all[ALL; a](t)"},
        {"SELECT a FROM t GROUP BY a, b WITH ROLLUP", "aggregate rollup[a, b; a](t)"},
        {"SELECT a FROM t GROUP BY a, b GROUPING SETS ((a, b), a, ())",
            "aggregate sets[a, b sets (a, b), (a), (); a](t)"},
        {"SELECT a FROM t GROUP BY c, CUBE(a, (b, d))",
            "aggregate[c, cube(a, struct(b, d)); a](t)"},
        {"SELECT a FROM t GROUP BY GROUPING SETS ((a), ROLLUP(a, b))",
            "aggregate[grouping_sets(a, rollup(a, b)); a](t)"},
        {"SELECT a FROM t ORDER BY a DESC NULLS LAST LIMIT 10 OFFSET 5",
            "limit[10](offset[5](sort[a desc nulls-last](project[a](t))))"},
        {"SELECT a FROM t ORDER BY ALL DESC", "sort-all[ALL desc](project[a](t))"},
        {"SELECT a FROM t SORT BY a", "local-sort[a](project[a](t))"},
        {"SELECT a FROM t CLUSTER BY a", "local-sort[a](repartition[a](project[a](t)))"},
        {"SELECT a FROM t DISTRIBUTE BY a SORT BY b",
            "local-sort[b](repartition[a](project[a](t)))"},
        {"SELECT a FROM t LIMIT ALL", "project[a](t)"},
        {"SELECT sum(a) OVER w FROM t WINDOW w AS (ORDER BY b)",
            "windows[w=(order b)](project[sum(a) over(w)](t))"},
        {"SELECT /*+ BROADCAST(a), COALESCE(3) */ * FROM a",
            "hint[BROADCAST(a)](hint[COALESCE(3)](project[*](a)))"},
        {"SELECT a FROM t LATERAL VIEW OUTER explode(b) x AS y, z",
            "project[a](generate-outer[explode(b) x y, z](t))"},
        {"FROM t SELECT a WHERE b", "project[a](filter[b](t))"},
        {"TABLE t", "t"},
        {"FROM t", "project[*](t)"},
    });
}

TEST(Queries, Relations) {
    check({
        {"SELECT * FROM a, b", "project[*](join(a, b))"},
        {"SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (y)",
            "project[*](left(join(a, b, =(a.x, b.x)), c, using y))"},
        {"SELECT * FROM a NATURAL FULL OUTER JOIN b", "project[*](natural-full(a, b))"},
        {"SELECT * FROM a LEFT SEMI JOIN b ON x ANTI JOIN c ON y",
            "project[*](anti(semi(a, b, x), c, y))"},
        {"SELECT * FROM a CROSS JOIN LATERAL (SELECT a.x) t",
            "project[*](cross-lateral(a, t(project[a.x](one-row))))"},
        {"SELECT * FROM a, LATERAL explode(a.x) t(y)",
            "project[*](join-lateral(a, t{y}(tvf explode(a.x))))"},
        {"SELECT * FROM a RIGHT JOIN LATERAL (SELECT 1)", "!INVALID_LATERAL_JOIN_TYPE"},
        {"SELECT * FROM (SELECT 1) AS t(a)", "project[*](t{a}(project[1](one-row)))"},
        {"SELECT * FROM ((SELECT 1) UNION ALL SELECT 2) t",
            "project[*](t(union-all(__auto_generated_subquery_name(project[1](one-row)), "
            "project[2](one-row))))"},
        {"SELECT * FROM ((a JOIN b) JOIN c)", "project[*](join(join(a, b), c))"},
        {"SELECT * FROM VALUES (1, 'x'), (2, 'y') AS t(a, b)",
            "project[*](t{a, b}(values[(1, 'x'), (2, 'y')]))"},
        {"VALUES 1, 2", "values[(1), (2)]"},
        {"VALUES (1, 2), (3)", "!INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH"},
        {"SELECT * FROM range(1, 10)", "project[*](tvf range(1, 10))"},
        {"SELECT * FROM f(TABLE(t) PARTITION BY a, x => 1)", "project[*](tvf f(table(t), x => 1))"},
        {"SELECT * FROM delta.`/p` VERSION AS OF 3", "project[*](delta.`/p` version 3)"},
        {"SELECT * FROM t FOR SYSTEM_TIME AS OF '2024-01-01' x",
            "project[*](x(t timestamp '2024-01-01'))"},
        {"SELECT * FROM t WITH ('a' = 1)", "project[*](t a=1)"},
        {"SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (5) s",
            "project[*](s(sample[0.1 seed 5](t)))"},
        {"SELECT * FROM t TABLESAMPLE (3 ROWS)", "project[*](sample[3 rows](t))"},
        {"SELECT * FROM IDENTIFIER('a.b')", "project[*](a.b)"},
        {"SELECT * FROM t PIVOT (sum(a) AS s FOR b IN (1 AS x, 2))",
            "project[*](pivot[sum(a) as s for b in 1 as x, 2](t))"},
        {"SELECT * FROM t UNPIVOT (v FOR n IN (a AS x, b))",
            "project[*](unpivot[v for n in (a) as x, (b)](t))"},
        {"SELECT * FROM t UNPIVOT INCLUDE NULLS ((v, w) FOR n IN ((a, b), (c, d) AS y))",
            "project[*](unpivot[v, w for n in (a, b), (c, d) as y with nulls](t))"},
        {"SELECT * FROM u JOIN p APPROX NEAREST 2 BY DISTANCE abs(u.x - p.x)",
            "project[*](join(u, p, nearest[2 distant abs(-(u.x, p.x))]))"},
    });
}

TEST(Queries, SetOperationsAndWith) {
    check({
        {"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
            "union(project[1](one-row), intersect(project[2](one-row), project[3](one-row)))"},
        {"SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3",
            "except(union-all(project[1](one-row), project[2](one-row)), project[3](one-row))"},
        {"(SELECT 1 LIMIT 1) MINUS SELECT 2",
            "except(limit[1](project[1](one-row)), project[2](one-row))"},
        {"WITH a AS (SELECT 1), b(x) AS (SELECT 2) SELECT * FROM a, b",
            "with[a=project[1](one-row), b(x)=project[2](one-row)](project[*](join(a, b)))"},
        {"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
            "with-recursive[r(n)=union-all(project[1](one-row), project[+(n, "
            "1)](r))](project[*](r))"},
        {"WITH a AS (SELECT 1), A AS (SELECT 2) SELECT 1", "!DUPLICATED_CTE_NAMES"},
        {"SELECT 1 ORDER BY 1 SORT BY 1", "!UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES"},
    });
    ParserOptions legacy;
    legacy.legacy_setops_precedence = true;
    check({{"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
              "intersect(union(project[1](one-row), project[2](one-row)), project[3](one-row))"}},
        legacy);
}

TEST(Queries, Pipes) {
    check({
        {"FROM t |> WHERE a |> SELECT b", "project[b](filter[a](project[*](t)))"},
        {"TABLE t |> EXTEND a + 1 AS b |> DROP a",
            "project[* except(a)](project[*, +(a, 1) as b](t))"},
        {"TABLE t |> SET a = 1, b = a", "with-columns[a as b](with-columns[1 as a](t))"},
        {"TABLE t |> AGGREGATE sum(a) AS s GROUP BY b AS k",
            "aggregate pipe[b as k; sum(a) as s](t)"},
        {"TABLE t |> JOIN u ON x |> ORDER BY a |> LIMIT 1 |> AS z",
            "z(limit[1](sort[a](join(t, u, x))))"},
        {"TABLE t | SELECT a", "project[a](t)"},
        {"SELECT a | b FROM t", "project[|(a, b)](t)"},
        {"TABLE t |> SET a.b = 1", "!_LEGACY_ERROR_TEMP_0035"},
        {"TABLE t |> AGGREGATE GROUP BY ALL",
            "!UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE"},
    });
}

TEST(Queries, KeywordsMayBeNames) {
    check({
        {"SELECT date, year, order FROM t", "project[date, year, order](t)"},
        {"SELECT a limit FROM t", "project[a as limit](t)"},
        {"SELECT left FROM t window", "project[left](window(t))"},
        {"SELECT * FROM t left JOIN u", "project[*](left(t, u))"},
        {"SELECT user FROM user", "project[user](user)"},
        {"SELECT a FROM t WHERE interval > 3", "project[a](filter[>(interval, 3)](t))"},
        {"SELECT `a-b` FROM t-u", "!INVALID_IDENTIFIER"},
        {"SELECT 1 FROM \"t\"", "!PARSE_SYNTAX_ERROR"},
    });
    ParserOptions ansi;
    ansi.enforce_reserved_keywords = true;
    ansi.double_quoted_identifiers = true;
    check({{"SELECT order FROM t", "!PARSE_SYNTAX_ERROR"},
              {"SELECT \"order\" FROM \"t\"", "project[order](t)"},
              {"SELECT current_date", "project[current_date()](one-row)"}},
        ansi);
}

TEST(Queries, CommentsAndEnds) {
    check({
        {"-- x\nSELECT /* a /* b */ c */ 1; ;", "project[1](one-row)"},
        {"SELECT 1 /* open", "!UNCLOSED_BRACKETED_COMMENT"},
        {"", "!PARSE_EMPTY_STATEMENT"},
        {"SELECT 1; SELECT 2", "!PARSE_SYNTAX_ERROR"},
        {"SELECT @", "!PARSE_SYNTAX_ERROR"},
    });
    EXPECT_EQ(parse_statements("SELECT 1; ;\nUSE a; SELECT 2").size(), 3U);
}

TEST(Queries, ParametersAreListed) {
    plan::Statement s = parse_statement("SELECT :b, ?, :a, ?, :b");
    EXPECT_EQ(s.named_parameters, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(s.positional_parameters, 2);
    EXPECT_EQ(parse_statement("FROM f(?) SELECT ?").positional_parameters, 2);
}

TEST(Queries, NodesKnowTheirPlace) {
    plan::Statement s = parse_statement("SELECT a + b, c FROM t");
    const auto& p = s.query->as<plan::Project>();
    EXPECT_EQ(plan::query_context(*p.columns[0]->origin).fragment, "a + b");
    EXPECT_EQ(plan::query_context(*p.child->origin).fragment, "t");
    EXPECT_EQ(p.columns[1]->origin->start, 14);
}

TEST(Types, Parse) {
    std::initializer_list<Case> cases = {
        {"int", "int"},
        {"array<struct<a:int,b:map<string,array<double>>>>",
            "array<struct<a:int,b:map<string,array<double>>>>"},
        {"DECIMAL(10, 2)", "decimal(10,2)"},
        {"numeric", "decimal(10,0)"},
        {"interval day to second", "interval day to second"},
        {"INTERVAL YEAR", "interval year"},
        {"timestamp without time zone", "timestamp_ntz"},
        {"char(5)", "char(5)"},
        {"time(3)", "time(3)"},
        {"variant", "variant"},
        {"void", "void"},
        {"struct<>", "struct<>"},
        {"string collate utf8_lcase", "string collate UTF8_LCASE"},
        {"decimal(39)", "!DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"},
        {"varchar", "!DATATYPE_MISSING_SIZE"},
        {"foo(1)", "!UNSUPPORTED_DATATYPE"},
        {"array", "!INCOMPLETE_TYPE_DEFINITION.ARRAY"},
        {"int int", "!PARSE_SYNTAX_ERROR"},
    };
    for (const auto& c : cases) {
        std::string got;
        try {
            got = parse_data_type(c.sql)->simple_string();
        } catch (const Error& e) {
            got = "!" + e.condition();
        }
        EXPECT_EQ(got, c.expected) << c.sql;
    }
}

TEST(Types, Schemas) {
    auto schema = parse_table_schema(
        "a INT NOT NULL COMMENT 'x \"y\"', `b c` STRING, d: ARRAY<INT>");
    ASSERT_EQ(schema->fields().size(), 3U);
    EXPECT_FALSE(schema->fields()[0].nullable);
    EXPECT_EQ(schema->fields()[0].comment(), "x \"y\"");
    EXPECT_EQ(schema->fields()[1].name, "b c");
    EXPECT_EQ(parse_type_or_schema("bigint")->simple_string(), "bigint");
    EXPECT_EQ(parse_type_or_schema("a bigint")->simple_string(), "struct<a:bigint>");
    EXPECT_THROW(parse_type_or_schema("a nothing"), Error);
    EXPECT_EQ(parse_column_definitions("a INT DEFAULT 1 + 1, b INT GENERATED ALWAYS AS (a * 2)")[0]
                  .default_sql,
        "1 + 1");
}

}  // namespace
}  // namespace hanok::sql
