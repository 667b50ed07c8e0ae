"""Parts of a query that compute the same are computed once, and only those."""

import pytest

TOTALS = "(SELECT s, i, sum(v) AS total FROM sales WHERE d {} GROUP BY s, i)"


def joined(first, second):
    """Totals beside the average of totals; each with its own filter."""
    averages = f"(SELECT s, avg(total) AS usual FROM {TOTALS.format(second)} GROUP BY s)"
    return (
        f"SELECT a.s, a.i, a.total, b.usual FROM {TOTALS.format(first)} a"
        f" JOIN {averages} b ON a.s = b.s ORDER BY a.s, a.i"
    )


@pytest.fixture
def sales(spark):
    spark.range(10_000).selectExpr(
        "id % 7 AS s", "id % 31 AS i", "id % 100 AS d", "CAST(id AS DECIMAL(10,2)) AS v"
    ).write.saveAsTable("sales")
    yield
    spark.sql("DROP TABLE sales")


def plan(spark, query):
    return spark.sql("EXPLAIN " + query).collect()[0][0]


def test_equal_aggregates_run_once(spark, sales):
    assert plan(spark, joined("< 50", "< 50")).count("Scan parquet") == 1
    rows = spark.sql(joined("< 50", "< 50")).collect()
    totals = spark.sql(TOTALS.format("< 50")[1:-1]).collect()
    assert sorted((r.s, r.i, r.total) for r in rows) == sorted(tuple(r) for r in totals)
    for row in rows:
        mine = [r.total for r in totals if r.s == row.s]
        assert abs(row.usual - sum(mine) / len(mine)) < 1e-6


def test_other_filters_run_apart(spark, sales):
    assert plan(spark, joined("< 50", ">= 50")).count("Scan parquet") == 2
    rows = spark.sql(joined("< 50", ">= 50")).collect()
    late = spark.sql(TOTALS.format(">= 50")[1:-1]).collect()
    for row in rows:
        mine = [r.total for r in late if r.s == row.s]
        assert abs(row.usual - sum(mine) / len(mine)) < 1e-6


def test_versions_run_apart(spark, sales):
    spark.sql("INSERT INTO sales VALUES (0, 0, 0, 1000000)")
    query = "SELECT count(*) AS n, sum(v) AS total FROM sales VERSION AS OF {} WHERE d < 99"
    both = spark.sql(
        f"SELECT a.n, b.n, b.total - a.total FROM ({query.format(0)}) a, ({query.format(1)}) b"
    ).collect()[0]
    assert tuple(both) == (9_900, 9_901, 1_000_000)
