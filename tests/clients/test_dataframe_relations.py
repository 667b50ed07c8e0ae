"""Relations that DataFrames make and SQL texts do not: subqueries as columns, lateral and as-of
joins, table functions, grouping sets, merges."""

import pytest
from pyspark.sql import functions as F


@pytest.fixture
def staff(spark):
    return spark.createDataFrame(
        [(1, 100, "a"), (2, 200, "a"), (3, 50, "b")], "id int, pay int, team string"
    )


def tuples(frame):
    return sorted((tuple(row) for row in frame.collect()), key=str)


def test_subqueries_as_columns(spark, staff):
    above = staff.where(F.col("pay") > staff.select(F.avg("pay")).scalar())
    assert tuples(above) == [(2, 200, "a")]
    outer, inner = staff.alias("o"), staff.alias("i")
    best = inner.where(F.col("i.team") == F.col("o.team").outer()).select(F.max("pay")).scalar()
    assert tuples(outer.where(F.col("o.pay") == best).select("id")) == [(2,), (3,)]
    known = spark.range(3).where(F.col("id") == F.col("pay").outer()).exists()
    assert tuples(staff.where(known)) == []
    assert tuples(staff.where(F.col("id").isin(spark.range(3))).select("id")) == [(1,), (2,)]


def test_lateral_joins_and_table_functions(spark):
    lists = spark.createDataFrame([(1, [1, 2]), (2, [3])], "a int, b array<int>")
    exploded = lists.lateralJoin(spark.tvf.explode(F.col("b").outer())).select("a", "col")
    assert tuples(exploded) == [(1, 1), (1, 2), (2, 3)]
    below = spark.range(3).where(F.col("id") < F.col("a").outer())
    assert tuples(lists.lateralJoin(below).select("a", "id")) == [(1, 0), (2, 0), (2, 1)]
    stacked = spark.tvf.stack(F.lit(2), F.lit(1), F.lit(2), F.lit(3))
    assert tuples(stacked) == [(1, 2), (3, None)]


def test_grouping_sets(spark):
    sales = spark.createDataFrame([("a", "x", 1), ("a", "y", 2), ("b", "x", 3)], ["p", "q", "v"])
    p, q = F.col("p"), F.col("q")
    sums = sales.groupingSets([[p, q], [p], []], p, q).agg(F.sum("v"), F.grouping_id())
    assert tuples(sums) == [
        ("a", "x", 1, 0),
        ("a", "y", 2, 0),
        ("a", None, 3, 1),
        ("b", "x", 3, 0),
        ("b", None, 3, 1),
        (None, None, 6, 3),
    ]


def test_as_of_joins(spark):
    left = spark.createDataFrame([(1, "a"), (5, "b"), (10, "c")], ["t", "l"])
    right = spark.createDataFrame([(1, 1), (2, 2), (3, 3), (6, 6), (7, 7)], ["t", "r"])
    assert tuples(left._joinAsOf(right, "t", "t").select("l", "r")) == [
        ("a", 1),
        ("b", 3),
        ("c", 7),
    ]


def test_merges_of_dataframes(spark):
    spark.sql("CREATE OR REPLACE TABLE merged_people (id INT, v STRING) USING delta")
    spark.sql("INSERT INTO merged_people VALUES (1, 'a'), (2, 'b')")
    source = spark.createDataFrame([(2, "B"), (3, "C")], "id int, v string").alias("s")
    merge = source.mergeInto("merged_people", F.expr("merged_people.id = s.id"))
    merge.whenMatched().update({"v": F.col("s.v")}).whenNotMatched().insertAll().merge()
    assert tuples(spark.table("merged_people")) == [(1, "a"), (2, "B"), (3, "C")]
    spark.sql("DROP TABLE merged_people")
