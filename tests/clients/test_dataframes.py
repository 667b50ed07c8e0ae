"""DataFrame operations as people write them."""

import datetime
import decimal

import pytest
from pyspark.sql import Row, Window
from pyspark.sql import functions as F


@pytest.fixture
def orders(spark):
    rows = [
        (1, "ann", "book", 12.5, datetime.date(2024, 1, 5)),
        (2, "bob", "pen", 1.5, datetime.date(2024, 1, 6)),
        (3, "ann", "pen", 3.0, datetime.date(2024, 2, 1)),
        (4, "eve", "book", None, datetime.date(2024, 2, 2)),
    ]
    return spark.createDataFrame(rows, "id INT, who STRING, what STRING, price DOUBLE, day DATE")


def tuples(frame):
    return [tuple(row) for row in frame.collect()]


def test_select_filter_order(orders):
    got = orders.filter((F.col("price") > 2) & (F.col("who") == "ann")).select(
        "id", (F.col("price") * 2).alias("twice")
    )
    assert tuples(got.orderBy("id")) == [(1, 25.0), (3, 6.0)]


def test_group_by_and_aggregates(orders):
    got = orders.groupBy("who").agg(
        F.count("*").alias("n"), F.sum("price").alias("s"), F.avg("price").alias("a")
    )
    assert tuples(got.orderBy("who")) == [
        ("ann", 2, 15.5, 7.75),
        ("bob", 1, 1.5, 1.5),
        ("eve", 1, None, None),
    ]


def test_joins_keep_sides_apart(orders):
    other = orders.select(F.col("who"), F.col("id").alias("other"))
    pairs = orders.join(other, "who").filter("id < other").select("who", "id", "other")
    assert tuples(pairs) == [("ann", 1, 3)]
    left, right = orders.alias("l"), orders.alias("r")
    same = left.join(right, F.col("l.id") == F.col("r.id") + 1).select("l.id", "r.id")
    assert tuples(same.orderBy("l.id")) == [(2, 1), (3, 2), (4, 3)]


def test_window_functions(orders):
    by_what = Window.partitionBy("what").orderBy(F.desc_nulls_last("price"))
    got = orders.withColumn("place", F.row_number().over(by_what)).filter("place = 1")
    assert tuples(got.select("what", "id").orderBy("what")) == [("book", 1), ("pen", 3)]


def test_nulls_duplicates_fills(orders):
    assert orders.dropna().count() == 3
    assert orders.fillna({"price": 0.0}).filter("price = 0").count() == 1
    assert orders.select("what").distinct().count() == 2
    assert orders.dropDuplicates(["who"]).count() == 3
    assert orders.na.replace("pen", "pencil").filter("what = 'pencil'").count() == 2


def test_columns_are_added_renamed_dropped(orders):
    got = (
        orders.withColumn("month", F.month("day"))
        .withColumnRenamed("who", "customer")
        .drop("price", "day")
    )
    assert got.columns == ["id", "customer", "what", "month"]
    assert tuples(got.orderBy("id"))[2] == (3, "ann", "pen", 2)
    many = orders.withColumns({"a": F.lit(1), "b": F.lit("x")}).select("a", "b").first()
    assert many == Row(a=1, b="x")


def test_pivot_unpivot(orders):
    wide = orders.groupBy("who").pivot("what", ["book", "pen"]).agg(F.count("id"))
    assert tuples(wide.orderBy("who")) == [("ann", 1, 1), ("bob", None, 1), ("eve", 1, None)]
    long = wide.unpivot("who", ["book", "pen"], "what", "n").filter("n IS NOT NULL")
    assert long.count() == 4


def test_set_operations(spark):
    a, b = spark.range(4), spark.range(2, 6)
    assert a.union(b).count() == 8
    assert [r.id for r in a.intersect(b).orderBy("id").collect()] == [2, 3]
    assert [r.id for r in a.subtract(b).orderBy("id").collect()] == [0, 1]
    named = spark.sql("SELECT 1 AS x, 2 AS y").unionByName(spark.sql("SELECT 4 AS y, 3 AS x"))
    assert tuples(named.orderBy("x")) == [(1, 2), (3, 4)]


def test_nested_data_round_trip(spark):
    row = (
        [1, None],
        {"k": decimal.Decimal("1.50")},
        Row(a="x", b=datetime.datetime(2024, 1, 2, 3, 4, 5)),
        bytearray(b"\x00\xff"),
    )
    schema = (
        "l ARRAY<INT>, m MAP<STRING, DECIMAL(5, 2)>, s STRUCT<a: STRING, b: TIMESTAMP>, z BINARY"
    )
    got = spark.createDataFrame([row], schema).collect()[0]
    assert got["l"] == [1, None]
    assert got["m"] == {"k": decimal.Decimal("1.50")}
    assert got["s"]["a"] == "x" and got["s"]["b"] == datetime.datetime(2024, 1, 2, 3, 4, 5)
    assert bytes(got["z"]) == b"\x00\xff"


def test_explode_and_higher_order(spark):
    frame = spark.createDataFrame([(1, [3, 1, 2])], "id INT, xs ARRAY<INT>")
    assert tuples(frame.select("id", F.explode("xs").alias("x")).orderBy("x")) == [
        (1, 1),
        (1, 2),
        (1, 3),
    ]
    assert frame.select(F.transform("xs", lambda x: x * 10).alias("t")).first()["t"] == [30, 10, 20]
    assert frame.select(F.array_sort("xs").alias("t")).first()["t"] == [1, 2, 3]


def test_schema_print_and_show(orders, capsys):
    assert orders.schema.simpleString() == (
        "struct<id:int,who:string,what:string,price:double,day:date>"
    )
    orders.select("id", "who").orderBy("id").limit(1).show()
    assert capsys.readouterr().out == ("+---+---+\n| id|who|\n+---+---+\n|  1|ann|\n+---+---+\n\n")
    orders.select("id", "day").printSchema()
    assert capsys.readouterr().out == (
        "root\n |-- id: integer (nullable = true)\n |-- day: date (nullable = true)\n\n"
    )


def test_pandas_and_arrow(orders):
    frame = orders.orderBy("id").toPandas()
    assert list(frame["id"]) == [1, 2, 3, 4]
    table = orders.orderBy("id").toArrow()
    assert table.column("who").to_pylist() == ["ann", "bob", "ann", "eve"]


def test_describe_summary_quantiles(orders):
    described = {r["summary"]: r["price"] for r in orders.describe("price").collect()}
    assert (described["count"], described["min"], described["max"]) == ("3", "1.5", "12.5")
    assert orders.approxQuantile("price", [0.5], 0.0) == [3.0]
    assert orders.stat.corr("id", "id") == pytest.approx(1.0)
    assert orders.crosstab("who", "what").count() == 3


def test_head_take_tail_sample(spark):
    frame = spark.range(100)
    assert frame.head().id == 0
    assert [r.id for r in frame.take(3)] == [0, 1, 2]
    assert [r.id for r in frame.tail(2)] == [98, 99]
    assert frame.sample(1.0).count() == 100
    parts = frame.randomSplit([0.5, 0.5], seed=7)
    assert sum(part.count() for part in parts) == 100


def test_temporary_views_and_parameters(orders, spark):
    orders.createOrReplaceTempView("orders_view")
    assert spark.sql("SELECT count(*) AS n FROM orders_view").first()["n"] == 4
    got = spark.sql("SELECT :a + 1 AS x, :b AS y", args={"a": 1, "b": "z"}).first()
    assert got == Row(x=2, y="z")
    assert spark.sql("SELECT ? AS x", args=[5]).first()["x"] == 5
    assert spark.sql("SELECT count(*) AS n FROM {f}", f=orders).first()["n"] == 4
    assert spark.catalog.dropTempView("orders_view")


def test_cube_rollup(orders):
    assert orders.rollup("who", "what").count().count() == 8
    assert orders.cube("who", "what").count().count() == 10


def test_large_result_streams_in_pieces(spark):
    table = spark.range(1_000_000).select("id", (F.col("id") % 7).alias("k")).toArrow()
    assert table.num_rows == 1_000_000
    assert table.column("id")[999_999].as_py() == 999_999
