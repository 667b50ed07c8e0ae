"""Everyday work of a Spark Connect client, written for clients from Spark 3.5 on.

Run by an older client (test_older_clients.py): `everyday.py REMOTE FOLDER` prints a JSON object of
what failed, by the name of each check below.
"""

import contextlib
import datetime
import decimal
import io
import json
import os
import sys
import traceback

from pyspark.errors import AnalysisException, ParseException, PythonException
from pyspark.sql import Row, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T


def rows(df):
    """The rows of a DataFrame as tuples."""
    return [tuple(r) for r in df.collect()]


def people(spark):
    """Four people of two towns."""
    data = [
        (1, "Ann", "A", 30.5),
        (2, "Bob", "A", None),
        (3, "Cid", "B", 10.0),
        (4, "Dee", "B", 20.0),
    ]
    return spark.createDataFrame(data, "id int, name string, town string, pay double")


def check_select(spark, folder):
    """Columns, filters, order, the first and last rows."""
    df = people(spark).where("id > 1").withColumn("twice", F.col("id") * 2).drop("pay")
    assert rows(df.select("name", "twice").orderBy(F.desc("id"))) == [
        ("Dee", 8),
        ("Cid", 6),
        ("Bob", 4),
    ]
    assert df.columns == ["id", "name", "town", "twice"]
    assert df.count() == 3 and df.first().name == "Bob"
    assert df.limit(1).toPandas()["name"].tolist() == ["Bob"]
    assert [r.name for r in df.tail(1)] == ["Dee"]
    assert rows(spark.range(3).selectExpr("id + 1 AS n", "upper('x')")) == [
        (1, "X"),
        (2, "X"),
        (3, "X"),
    ]


def check_types(spark, folder):
    """Values of every common type, both ways."""
    schema = T.StructType(
        [
            T.StructField("d", T.DateType()),
            T.StructField("t", T.TimestampType()),
            T.StructField("m", T.DecimalType(10, 2)),
            T.StructField("a", T.ArrayType(T.IntegerType())),
            T.StructField("k", T.MapType(T.StringType(), T.LongType())),
            T.StructField("s", T.StructType([T.StructField("x", T.BooleanType())])),
            T.StructField("b", T.BinaryType()),
        ]
    )
    row = (
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 1, 2, 3),
        decimal.Decimal("1.50"),
        [1, None],
        {"k": 7},
        Row(x=True),
        bytearray(b"\x01"),
    )
    df = spark.createDataFrame([row], schema)
    assert df.schema == schema
    assert tuple(df.first()) == row
    assert df.select("s.x", F.explode("a")).count() == 2


def check_group_and_window(spark, folder):
    """Aggregates, windows, pivots."""
    df = people(spark)
    grouped = df.groupBy("town").agg(F.count("*").alias("n"), F.sum("pay").alias("pay"))
    assert rows(grouped.orderBy("town")) == [("A", 2, 30.5), ("B", 2, 30.0)]
    window = Window.partitionBy("town").orderBy(F.desc_nulls_last("pay"))
    ranked = df.select("name", F.row_number().over(window).alias("r"), F.lag("name").over(window))
    assert rows(ranked.orderBy("name")) == [
        ("Ann", 1, None),
        ("Bob", 2, "Ann"),
        ("Cid", 2, "Dee"),
        ("Dee", 1, None),
    ]
    pivoted = df.groupBy().pivot("town", ["A", "B"]).agg(F.max("id"))
    assert rows(pivoted) == [(2, 4)]
    assert rows(df.rollup("town").count().orderBy(F.asc_nulls_last("town")))[-1] == (None, 4)


def check_join(spark, folder):
    """Joins, unions, duplicates, missing values."""
    df = people(spark)
    towns = spark.createDataFrame([("A", "Aachen"), ("C", "Cork")], ["town", "full"])
    assert rows(df.join(towns, "town").select("id", "full").orderBy("id")) == [
        (1, "Aachen"),
        (2, "Aachen"),
    ]
    assert df.join(towns, "town", "left_anti").count() == 2
    assert df.join(towns, df.town == towns.town, "full").count() == 5
    assert df.alias("a").join(df.alias("b"), F.col("a.id") < F.col("b.id")).count() == 6
    assert df.union(df).distinct().count() == 4
    assert df.unionByName(df.select("town", "pay", "name", "id")).count() == 8
    assert df.dropDuplicates(["town"]).count() == 2
    assert df.fillna(0.0, ["pay"]).agg(F.min("pay")).first()[0] == 0.0


def check_sql(spark, folder):
    """SQL text with views and arguments."""
    people(spark).createOrReplaceTempView("people")
    got = spark.sql("SELECT town, collect_list(name) FROM people GROUP BY town ORDER BY town")
    assert rows(got) == [("A", ["Ann", "Bob"]), ("B", ["Cid", "Dee"])]
    assert rows(spark.sql("SELECT :a + 1 AS x", args={"a": 41})) == [(42,)]
    assert rows(spark.sql("WITH t AS (SELECT 1 AS a) SELECT * FROM t")) == [(1,)]
    assert spark.table("people").count() == 4
    spark.catalog.dropTempView("people")


def check_functions(spark, folder):
    """Python functions of rows, batches, groups and frames."""

    @F.udf("string")
    def shout(text):
        return text.upper() + "!"

    @F.pandas_udf("long")
    def plus_one(values):
        return values + 1

    df = people(spark)
    assert rows(df.select(shout("name"), plus_one("id")).limit(1)) == [("ANN!", 2)]
    spark.udf.register("shout", shout)
    assert rows(spark.sql("SELECT shout('a')")) == [("A!",)]

    def top(frame):
        return frame.nlargest(1, "id")[["id"]]

    tops = df.select("id", "town").groupBy("town").applyInPandas(top, "id int")
    assert rows(tops.orderBy("id")) == [(2,), (4,)]

    def doubled(frames):
        for frame in frames:
            yield frame.assign(id=frame.id * 2)

    ids = df.select("id")
    assert ids.mapInPandas(doubled, "id int").agg(F.sum("id")).first()[0] == 20

    @F.udf("int")
    def failing(_):
        raise ValueError("seven")

    try:
        df.select(failing("id")).collect()
        raise AssertionError("no error")
    except PythonException as error:
        assert "ValueError: seven" in str(error)


def check_delta(spark, folder):
    """Tables and files by path."""
    path = f"{folder}/table"
    df = people(spark)
    df.write.format("delta").partitionBy("town").save(path)
    df.limit(1).write.format("delta").mode("append").save(path)
    assert spark.read.format("delta").load(path).count() == 5
    assert spark.read.format("delta").option("versionAsOf", 0).load(path).count() == 4
    spark.sql(f"UPDATE delta.`{path}` SET pay = 0 WHERE id = 1")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 4")
    assert rows(spark.sql(f"SELECT id, sum(pay) FROM delta.`{path}` GROUP BY id ORDER BY id")) == [
        (1, 0.0),
        (2, None),
        (3, 10.0),
    ]
    df.write.format("parquet").save(f"{folder}/parquet")
    assert spark.read.parquet(f"{folder}/parquet").count() == 4
    df.select("id", "name").write.option("header", True).csv(f"{folder}/csv")
    read = spark.read.option("header", True).schema("id int, name string").csv(f"{folder}/csv")
    assert rows(read.orderBy("id"))[0] == (1, "Ann")


def check_catalog(spark, folder):
    """Tables by name."""
    name = f"everyday_{abs(hash(folder)) % 10**9}"
    people(spark).write.saveAsTable(name)
    assert spark.catalog.tableExists(name)
    assert name in [t.name for t in spark.catalog.listTables()]
    assert [c.name for c in spark.catalog.listColumns(name)] == ["id", "name", "town", "pay"]
    assert spark.catalog.currentDatabase() == "default"
    assert "default" in [d.name for d in spark.catalog.listDatabases()]
    spark.sql(f"INSERT INTO {name} VALUES (5, 'Eve', 'A', 1.0)")
    people(spark).writeTo(name).append()
    assert spark.table(name).count() == 9
    spark.sql(f"DROP TABLE {name}")
    assert not spark.catalog.tableExists(name)


def check_errors(spark, folder):
    """The conditions that clients look for."""

    def error_of(action, kind):
        try:
            action()
        except kind as error:
            return error
        raise AssertionError("no error")

    missing = error_of(lambda: spark.table("nowhere").collect(), AnalysisException)
    assert "TABLE_OR_VIEW_NOT_FOUND" in str(missing)
    column = error_of(lambda: people(spark).select("nix").collect(), AnalysisException)
    assert "UNRESOLVED_COLUMN" in str(column)
    error_of(lambda: spark.sql("SELEC 1").collect(), ParseException)
    spark.conf.set("spark.sql.ansi.enabled", "true")
    division = error_of(lambda: spark.sql("SELECT 1 / 0").collect(), Exception)
    assert "DIVIDE_BY_ZERO" in str(division)


def check_session(spark, folder):
    """Settings, the cache and what df prints."""
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    assert spark.conf.get("spark.sql.shuffle.partitions") == "3"
    spark.conf.unset("spark.sql.shuffle.partitions")
    assert spark.version.startswith("4.")
    df = people(spark)
    df.cache()
    assert df.count() == 4 and df.is_cached in (True, False)
    df.unpersist()
    assert df.schema.simpleString() == "struct<id:int,name:string,town:string,pay:double>"
    assert df.isEmpty() is False
    df.describe("pay").collect()
    df.show()
    df.printSchema()
    df.explain()
    assert df.repartition(2, "town").count() == 4
    assert len(df.randomSplit([0.5, 0.5], 1)) == 2
    assert df.sample(1.0).count() == 4
    assert df.stat.corr("id", "id") == 1.0


def main(remote, folder):
    """Runs every check in a session of its own; {name: traceback} of those that fail."""
    failed = {}
    sessions = []
    for name, check in list(globals().items()):
        if not name.startswith("check_"):
            continue
        spark = SparkSession.builder.remote(remote).create()
        sessions.append(spark)
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                check(spark, folder)
        except Exception:
            failed[name] = traceback.format_exc()
    print(json.dumps(failed), flush=True)
    # Older clients share a pool of threads that the first session's end closes for all.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
