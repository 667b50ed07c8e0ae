#include <gtest/gtest.h>

#include "base/error.h"
#include "sql/parser.h"
#include "sql/plan_text.h"

namespace hanok::sql {
namespace {

std::string parsed(const std::string& text, const ParserOptions& options = {}) {
    try {
        return expr_text(parse_expression(text, options));
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

TEST(Expressions, OperatorsBindAsInSpark) {
    check({
        {"1 + 2 * 3", "+(1, *(2, 3))"},
        {"1 - 2 - 3", "-(-(1, 2), 3)"},
        {"a OR b AND NOT c", "or(a, and(b, not(c)))"},
        {"NOT a = b", "not(=(a, b))"},
        {"a = b = c", "=(=(a, b), c)"},
        {"a != b", "not(=(a, b))"},
        {"a <> b", "not(=(a, b))"},
        {"a | b ^ c & d", "|(a, ^(b, &(c, d)))"},
        {"a << 1 + 2", "<<(a, +(1, 2))"},
        {"a >> 1 >>> 2", ">>>(>>(a, 1), 2)"},
        {"a || b || c", "||(||(a, b), c)"},
        {"a div b % c", "%(div(a, b), c)"},
        {"-a + ~b", "+(-(a), ~(b))"},
        {"a AND b AND c AND d", "and(and(a, b), and(c, d))"},
        {"! a", "not(a)"},
        {"a !> 1", "<=(a, 1)"},
    });
}

TEST(Expressions, Predicates) {
    check({
        {"a BETWEEN 1 AND 2 AND b", "and(between(a, 1, 2), b)"},
        {"a NOT IN (1, 2)", "not(in(a, 1, 2))"},
        {"a IN (SELECT 1)", "in-query[a](project[1](one-row))"},
        {"(a, b) IN (SELECT 1, 2)", "in-query[a, b](project[1, 2](one-row))"},
        {"a IN ((SELECT 1), 2)", "in(a, scalar(project[1](one-row)), 2)"},
        {"EXISTS (SELECT 1)", "exists(project[1](one-row))"},
        {"exists(a, x -> x > 1)", "exists(a, (x) -> >(x, 1))"},
        {"a LIKE 'x%'", "like(a, 'x%')"},
        {"a LIKE 'x' ESCAPE '#'", "like(a, 'x', '#')"},
        {"a NOT LIKE ALL ('x', 'y')", "and(not(like(a, 'x')), not(like(a, 'y')))"},
        {"a ILIKE ANY ('x', 'y')", "or(ilike(a, 'x'), ilike(a, 'y'))"},
        {"a REGEXP 'x'", "rlike(a, 'x')"},
        {"a IS NOT NULL", "isnotnull(a)"},
        {"a IS NOT TRUE", "not(<=>(a, true))"},
        {"a IS UNKNOWN", "isnull(a)"},
        {"a IS DISTINCT FROM b", "not(<=>(a, b))"},
        {"a IN ()", "!INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE"},
    });
}

TEST(Expressions, Literals) {
    check({
        {"1", "1"},
        {"-1", "-1"},
        {"- a", "-(a)"},
        {"2147483648", "2147483648L"},
        {"9223372036854775808", "9223372036854775808:decimal(19,0)"},
        {"128Y", "!INVALID_NUMERIC_LITERAL_RANGE"},
        {"1Y", "1Y"},
        {"1.50", "1.50:decimal(3,2)"},
        {".5", "0.5:decimal(1,1)"},
        {"1e3", "1000.0D"},
        {"1e3BD", "1000:decimal(4,0)"},
        {"1.5F", "CAST('1.5' AS FLOAT)"},
        {"'it''s' ' ok'", "'it\\'s ok'"},
        {"\"x\"", "'x'"},
        {"'a\\nb\\u0041\\101'", "'a\nbAA'"},
        {"r'a\\n'", "'a\\\\n'"},
        {"X'1F'", "X'1F'"},
        {"DATE '2024-02-29'", "DATE '2024-02-29'"},
        {"DATE '2023-02-29'", "!INVALID_TYPED_LITERAL"},
        {"TIMESTAMP_NTZ '404978'", "!INVALID_TYPED_LITERAL"},
        {"TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '2024-01-01 00:00:00'"},
        {"TIMESTAMP '2024-01-01 00:00:00+09:00'", "TIMESTAMP '2023-12-31 15:00:00'"},
        {"TIMESTAMP_NTZ '2024-01-01 01:02:03.5'", "TIMESTAMP_NTZ '2024-01-01 01:02:03.5'"},
        {"TIME '12:34:56'", "TIME '12:34:56'"},
        {"foo 'x'", "!UNSUPPORTED_TYPED_LITERAL"},
        {"1a", "1a"},
    });
}

TEST(Expressions, Intervals) {
    check({
        {"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1-2' YEAR TO MONTH"},
        {"INTERVAL 3 DAYS 2 HOURS", "INTERVAL '3 02' DAY TO HOUR"},
        {"INTERVAL '1' DAY", "INTERVAL '1' DAY"},
        {"INTERVAL '1 day 2 seconds'", "INTERVAL '1 00:00:02' DAY TO SECOND"},
        {"INTERVAL -1 MONTH", "INTERVAL '-1' MONTH"},
        {"INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
        {"a - INTERVAL '90' DAY", "-(a, INTERVAL '90' DAY)"},
        {"INTERVAL 1 MONTH 1 DAY", "!_LEGACY_ERROR_TEMP_0029"},
        {"INTERVAL '1' YEAR TO SECOND", "!INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION"},
        {"INTERVAL 10 NANOSECONDS", "!INVALID_INTERVAL_FORMAT.INVALID_UNIT"},
        {"interval + 1", "+(interval, 1)"},
    });
}

TEST(Expressions, CallsAndNames) {
    check({
        {"t.a.b", "t.a.b"},
        {"`a b`.c", "`a b`.c"},
        {"a[0].b", "a[0]['b']"},
        {"count(*)", "count(*)"},
        {"count(DISTINCT a, b)", "count(distinct a, b)"},
        {"t.* EXCEPT (a, b.c)", "t.* except(a, b.c)"},
        {"first(a IGNORE NULLS)", "first(a) ignore-nulls"},
        {"sum(a) FILTER (WHERE b)", "sum(a) filter(b)"},
        {"percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC)",
            "percentile_cont(0.5:decimal(1,1)) within(a desc)"},
        {"sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
            "sum(a) over(partition b order c rows -(1)..current)"},
        {"rank() OVER w", "rank() over(w)"},
        {"CASE a WHEN 1 THEN 'x' ELSE 'y' END", "when(=(a, 1), 'x', 'y')"},
        {"CASE WHEN a THEN 1 END", "when(a, 1)"},
        {"CAST(a AS DECIMAL(10, 2))", "cast(a as decimal(10,2))"},
        {"TRY_CAST(a AS INT)", "try_cast(a as int)"},
        {"a::array<array<int>>", "cast(a as array<array<int>>)"},
        {"extract(YEAR FROM d)", "extract('YEAR', d)"},
        {"substring(a FROM 2 FOR 3)", "substring(a, 2, 3)"},
        {"trim(LEADING 'x' FROM a)", "ltrim('x', a)"},
        {"position('a' IN b)", "locate('a', b)"},
        {"overlay(a PLACING 'x' FROM 2)", "overlay(a, 'x', 2)"},
        {"timestampadd(MONTH, 1, t)", "timestampadd('MONTH', 1, t)"},
        {"dateadd('MONTH', 1, t)", "!INVALID_PARAMETER_VALUE.DATETIME_UNIT"},
        {"date_add(d, 1)", "date_add(d, 1)"},
        {"transform(a, (x, i) -> x + i)", "transform(a, (x, i) -> +(x, i))"},
        {"f(b => 1)", "f(b => 1)"},
        {"(a, b)", "struct(a, b)"},
        {"a COLLATE UTF8_LCASE", "collate(a, 'UTF8_LCASE')"},
        {"v:a.b[0]", "semi_structured_extract(v, '$.a.b[0]')"},
        {":p + ?", "+(:p, ?0)"},
        {"IDENTIFIER('a.b')", "a.b"},
        {"IDENTIFIER(:x)(1)", "identifier(:x)(1)"},
        {"current_date", "current_date"},
        {"a AS b", "a as b"},
        {"explode(a) AS (k, v)", "explode(a) as (k, v)"},
        {"((SELECT 1) + 1)", "+(scalar(project[1](one-row)), 1)"},
        {"((SELECT 1) UNION (SELECT 2))",
            "scalar(union(project[1](one-row), project[2](one-row)))"},
    });
}

TEST(Expressions, DeepNestingIsAnErrorAndNeverACrash) {
    std::string deep = std::string(10000, '(') + "1" + std::string(10000, ')');
    EXPECT_EQ(parsed(deep), "!FAILED_TO_PARSE_TOO_COMPLEX");
    std::string fine = std::string(300, '(') + "1" + std::string(300, ')');
    EXPECT_EQ(parsed(fine), "1");
    std::string nots;
    for (int i = 0; i < 20000; ++i) nots += "NOT ";
    EXPECT_EQ(parsed(nots + "a"), "!FAILED_TO_PARSE_TOO_COMPLEX");
    std::string chain = "a";
    for (int i = 0; i < 10000; ++i) chain += " AND a";
    EXPECT_NO_THROW(parse_expression(chain));
}

TEST(Expressions, ErrorsPointAtTheToken) {
    try {
        parse_statement("SELECT 1 +");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "PARSE_SYNTAX_ERROR");
        EXPECT_EQ(e.parameters().at("error"), "end of input");
    }
    try {
        parse_statement("SELECT a b c");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.parameters().at("error"), "'c'");
        ASSERT_EQ(e.contexts().size(), 1U);
        EXPECT_EQ(e.contexts()[0].start_index, 11);
        EXPECT_EQ(e.contexts()[0].fragment, "c");
    }
}

}  // namespace
}  // namespace hanok::sql
