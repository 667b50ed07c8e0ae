"""Python functions over whole relations and over groups, through an unmodified client."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pytest
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf, udf
from pyspark.sql.window import Window

from tests.support.server import Server, connect


def rows(df):
    return [tuple(row) for row in df.collect()]


@pytest.fixture
def groups(spark):
    return spark.createDataFrame(
        [(1, 1.0), (1, 2.0), (2, 3.0), (2, 5.0), (2, 10.0)], "id long, v double"
    )


def test_map_in_pandas(spark, groups):
    def keep(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            yield batch[batch.id == 1]

    assert rows(groups.mapInPandas(keep, groups.schema)) == [(1, 1.0), (1, 2.0)]

    def nothing(batches):
        for _ in batches:
            pass
        return iter([])

    assert rows(groups.mapInPandas(nothing, "a int")) == []

    def more(batches):
        for batch in batches:
            for _ in range(3):
                yield pd.DataFrame({"n": [len(batch)]})

    tripled = groups.coalesce(1).mapInPandas(more, "n int")
    assert rows(tripled.agg(F.count("*"), F.sum("n"))) == [(3, 15)]


def test_map_in_arrow(spark, groups):
    def double(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_pandas(
                pd.DataFrame({"w": batch.to_pandas().v * 2}), preserve_index=False
            )

    assert rows(groups.mapInArrow(double, "w double")) == [(2.0,), (4.0,), (6.0,), (10.0,), (20.0,)]


def test_apply_in_pandas(spark, groups):
    def center(pdf: pd.DataFrame) -> pd.DataFrame:
        return pdf.assign(v=pdf.v - pdf.v.mean())

    assert rows(groups.groupby("id").applyInPandas(center, "id long, v double")) == [
        (1, -0.5),
        (1, 0.5),
        (2, -3.0),
        (2, -1.0),
        (2, 4.0),
    ]

    def with_key(key, pdf):
        return pd.DataFrame([key + (len(pdf),)])

    assert rows(groups.groupby("id").applyInPandas(with_key, "k long, n long")) == [(1, 2), (2, 3)]
    ceil = groups.groupby(groups.id, F.ceil(groups.v / 2))
    got = ceil.applyInPandas(
        lambda key, pdf: pd.DataFrame([key + (pdf.v.sum(),)]), "a long, b long, s double"
    )
    assert rows(got) == [(1, 1, 3.0), (2, 2, 3.0), (2, 3, 5.0), (2, 5, 10.0)]


def test_apply_in_arrow(spark, groups):
    def total(table: pa.Table) -> pa.Table:
        return pa.table({"n": [table.num_rows]})

    assert rows(groups.groupby("id").applyInArrow(total, "n long")) == [(2,), (3,)]


def test_cogroup(spark):
    left = spark.createDataFrame([(1, "a"), (1, "b"), (2, "c")], "k int, x string")
    right = spark.createDataFrame([(1, 10), (3, 30)], "k int, y int")

    def sizes(key, a, b):
        return pd.DataFrame([(key[0], len(a), len(b))])

    got = left.groupby("k").cogroup(right.groupby("k")).applyInPandas(sizes, "k int, l int, r int")
    assert rows(got) == [(1, 2, 1), (2, 1, 0), (3, 0, 1)]
    itself = left.groupby("k").cogroup(left.groupby("k"))
    assert rows(itself.applyInPandas(sizes, "k int, l int, r int")) == [(1, 2, 2), (2, 1, 1)]

    def sizes_in_arrow(a: pa.Table, b: pa.Table) -> pa.Table:
        return pa.table({"l": [a.num_rows], "r": [b.num_rows]})

    got = (
        left.groupby("k").cogroup(right.groupby("k")).applyInArrow(sizes_in_arrow, "l long, r long")
    )
    assert rows(got) == [(2, 1), (1, 0), (0, 1)]


@pytest.fixture
def mean(spark):
    @pandas_udf("double")
    def mean(v: pd.Series) -> float:
        return v.mean()

    return mean


def test_aggregate_functions(spark, groups, mean):
    assert rows(groups.groupby("id").agg(mean("v"))) == [(1, 1.5), (2, 6.0)]
    assert groups.groupby("id").agg(mean("v")).columns == ["id", "mean(v)"]
    assert rows(groups.agg(mean(groups.v + 1).alias("m"))) == [(5.2,)]
    assert rows(groups.groupby("id").agg(mean("v") + 1, mean("id"))) == [
        (1, 2.5, 1.0),
        (2, 7.0, 2.0),
    ]
    with pytest.raises(AnalysisException, match="INVALID_PANDAS_UDF_PLACEMENT"):
        groups.groupby("id").agg(mean("v"), F.sum("v")).collect()
    spark.udf.register("mean_py", mean)
    groups.createOrReplaceTempView("groups")
    assert rows(spark.sql("SELECT id, mean_py(v) FROM groups GROUP BY id")) == [(1, 1.5), (2, 6.0)]


def test_aggregates_over_grouping_sets(spark, groups, mean):
    @pandas_udf("long")
    def size(v: pd.Series) -> int:
        return len(v)

    data = groups.selectExpr("id", "v", "v > 2 AS big")
    found = sorted(rows(data.rollup("id").agg(mean("v"), size("big"))), key=str)
    assert found == [(1, 1.5, 2), (2, 6.0, 3), (None, 4.2, 5)]
    data.createOrReplaceTempView("sets")
    spark.udf.register("size_of", size)
    query = "SELECT id, big, size_of(id), grouping_id(), grouping(big) FROM sets GROUP BY "
    assert sorted(rows(spark.sql(query + "CUBE (id, big) ORDER BY ALL")), key=str) == [
        (1, False, 2, 0, 0),
        (1, None, 2, 1, 1),
        (2, None, 3, 1, 1),
        (2, True, 3, 0, 0),
        (None, False, 2, 2, 0),
        (None, None, 5, 3, 1),
        (None, True, 3, 2, 0),
    ]
    only = spark.sql(query + "GROUPING SETS ((id, big), ()) HAVING grouping_id() = 3")
    assert rows(only) == [(None, None, 5, 3, 1)]
    empty = spark.sql("SELECT id, size_of(v) FROM sets WHERE v > 99 GROUP BY ROLLUP (id)")
    assert rows(empty) == []
    assert rows(spark.sql("SELECT size_of(v) FROM sets WHERE v > 99")) == []
    for call, condition in [
        ("size_of(DISTINCT v)", "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX"),
        ("size_of(v) FILTER (WHERE big)", "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX"),
        ("size_of(DISTINCT v) OVER ()", "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX"),
    ]:
        with pytest.raises(AnalysisException) as error:
            spark.sql(f"SELECT {call} FROM sets").collect()
        assert error.value.getCondition() == condition
    with pytest.raises(Exception, match="PANDAS_UDAF_IN_PIVOT"):
        spark.sql("SELECT * FROM sets PIVOT (size_of(v) FOR id IN (1, 2))").collect()


def test_aggregates_over_windows(spark, groups, mean):
    whole = Window.partitionBy("id")
    assert rows(groups.withColumn("m", mean("v").over(whole)).orderBy("id", "v")) == [
        (1, 1.0, 1.5),
        (1, 2.0, 1.5),
        (2, 3.0, 6.0),
        (2, 5.0, 6.0),
        (2, 10.0, 6.0),
    ]
    sliding = Window.partitionBy("id").orderBy("v").rowsBetween(-1, 0)
    got = groups.withColumn("m", mean("v").over(sliding)).withColumn(
        "n", F.row_number().over(whole.orderBy("v"))
    )
    assert rows(got.orderBy("id", "v")) == [
        (1, 1.0, 1.0, 1),
        (1, 2.0, 1.5, 2),
        (2, 3.0, 3.0, 1),
        (2, 5.0, 4.0, 2),
        (2, 10.0, 7.5, 3),
    ]


def test_errors_of_groups(spark, groups):
    def wrong(pdf):
        return pdf.rename(columns={"v": "w"})

    with pytest.raises(PythonException, match="RESULT_COLUMN_NAMES_MISMATCH"):
        groups.groupby("id").applyInPandas(wrong, "id long, v double").collect()


def test_many_groups(spark):
    df = spark.range(20000).withColumn("k", F.col("id") % 3000)
    got = df.groupby("k").applyInPandas(
        lambda pdf: pd.DataFrame({"k": pdf.k[:1], "s": [pdf.id.sum()]}), "k long, s long"
    )
    expected = df.groupby("k").agg(F.sum("id").alias("s"))
    assert sorted(rows(got)) == sorted(rows(expected))


def test_table_functions(spark):
    from pyspark.sql.functions import lit, udtf

    @udtf(returnType="n int, square int")
    class Squares:
        def eval(self, start: int, end: int):
            for n in range(start, end + 1):
                yield n, n * n

    assert rows(Squares(lit(1), lit(3))) == [(1, 1), (2, 4), (3, 9)]
    assert rows(Squares(end=lit(2), start=lit(2))) == [(2, 4)]
    spark.udtf.register("squares", Squares)
    assert rows(spark.sql("SELECT square FROM squares(2, 3) WHERE n > 2")) == [(9,)]

    @udtf(returnType="k int, total double")
    class Totals:
        def __init__(self):
            self.key, self.total = None, 0.0

        def eval(self, row):
            self.key = row["k"]
            self.total += row["v"]

        def terminate(self):
            yield self.key, self.total

    spark.udtf.register("totals", Totals)
    spark.createDataFrame(
        [(1, 1.0), (2, 5.0), (1, 2.5)], "k int, v double"
    ).createOrReplaceTempView("kv")
    got = spark.sql("SELECT * FROM totals(TABLE(kv) PARTITION BY k ORDER BY v)")
    assert rows(got) == [(1, 3.5), (2, 5.0)]
    assert rows(spark.sql("SELECT total FROM totals(TABLE(SELECT * FROM kv WHERE k = 1))")) == [
        (3.5,)
    ]

    @udtf(returnType="x int")
    class Broken:
        def eval(self):
            raise ValueError("no rows today")

    with pytest.raises(PythonException, match="no rows today"):
        Broken().collect()


def test_foreach_writes_where_functions_may(spark, groups, tmp_path):
    target = str(tmp_path / "open" / "seen")
    (tmp_path / "open").mkdir()

    def note(rows):
        with open(target, "a") as file:
            for row in rows:
                file.write(f"{row.id} ")

    with pytest.raises(PythonException, match="PermissionError"):
        groups.foreachPartition(note)
    with Server(args=["--python-path", str(tmp_path / "open")]) as server:
        session = connect(server.remote)
        session.createDataFrame([(1,), (2,)], "id long").coalesce(1).foreachPartition(note)
        session.stop()
    assert open(target).read() == "1 2 "


def test_functions_see_nothing_of_the_server(spark, server):
    @udf("string")
    def look(what):
        import os

        try:
            if what == "files":
                return str(os.listdir(folder))
            return open(f"/proc/{pid}/environ").read()
        except PermissionError:
            return "refused"

    folder, pid = str(server.data_dir), server.pid
    seen = spark.createDataFrame([("files",), ("environment",)], "what string").select(look("what"))
    assert [row[0] for row in seen.collect()] == ["refused", "refused"]
