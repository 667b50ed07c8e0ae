"""Data sources written in Python (pyspark.sql.datasource), read and written in batches."""

import json
import pathlib

import pyarrow as pa
import pytest
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import Row
from pyspark.sql.datasource import (
    DataSource,
    DataSourceArrowWriter,
    DataSourceReader,
    DataSourceWriter,
    EqualTo,
    InputPartition,
    IsNotNull,
    WriterCommitMessage,
)
from pyspark.sql.types import IntegerType, StringType, StructType

from tests.support.server import Server, connect


def counting_source(how="tuple"):
    """A source `counting` of the numbers below option n, in two partitions."""

    class Reader(DataSourceReader):
        def __init__(self, options):
            self.n = int(options.get("n", "3"))

        def partitions(self):
            return [InputPartition(i) for i in range(2)]

        def read(self, partition):
            numbers = range(partition.value, self.n, 2)
            if how == "batch":
                yield pa.RecordBatch.from_pydict(
                    {"i": list(numbers), "s": [str(i) for i in numbers]},
                    schema=pa.schema([("i", pa.int32()), ("s", pa.string())]),
                )
                return
            for i in numbers:
                yield Row(s=str(i), i=i) if how == "row" else (i, str(i))

    class Counting(DataSource):
        @classmethod
        def name(cls):
            return "counting"

        def schema(self):
            if how == "row":
                return StructType().add("i", IntegerType()).add("s", StringType())
            return "i int, s string"

        def reader(self, schema):
            return Reader(self.options)

    return Counting


@pytest.mark.parametrize("how", ["tuple", "row", "batch"])
def test_partitions_give_rows_in_their_order(spark, how):
    spark.dataSource.register(counting_source(how))
    df = spark.read.format("counting").option("N", 5).load()
    assert df.schema.simpleString() == "struct<i:int,s:string>"
    assert [tuple(r) for r in df.collect()] == [(0, "0"), (2, "2"), (4, "4"), (1, "1"), (3, "3")]
    assert df.where("i > 2").select("s").orderBy("s").collect() == [Row(s="3"), Row(s="4")]
    assert df.count() == 5
    assert df.alias("a").join(df.alias("b"), "i").count() == 5


def test_many_rows_of_every_type(spark):
    class Wide(DataSource):
        @classmethod
        def name(cls):
            return "wide"

        def schema(self):
            return (
                "b boolean, l bigint, d double, m decimal(10,2), s string, x binary, day date, "
                "at timestamp, a array<int>, k map<string,int>, r struct<y:int,z:string>"
            )

        def reader(self, schema):
            class Reader(DataSourceReader):
                def read(self, partition):
                    import datetime
                    import decimal

                    for i in range(25_000):
                        yield (
                            i % 2 == 0,
                            i,
                            i / 2,
                            decimal.Decimal(i).scaleb(-2),
                            None if i == 7 else f"s{i}",
                            bytes([i % 256]),
                            datetime.date(2024, 2, 29),
                            datetime.datetime(2024, 2, 29, 1, 2, 3, 456),
                            [i, None],
                            {"k": i},
                            (i, "z"),
                        )

            return Reader()

    spark.dataSource.register(Wide)
    df = spark.read.format("wide").load()
    assert df.selectExpr("count(*)", "sum(l)", "count(s)", "max(r.y)").first()[:] == (
        25_000,
        sum(range(25_000)),
        24_999,
        24_999,
    )
    row = df.where("l = 300").first()
    assert (row.m, row.x, row.a, row.k, row.r.z) == (
        row.m,
        bytes([44]),
        [300, None],
        {"k": 300},
        "z",
    )
    assert str(row.m) == "3.00"
    assert df.selectExpr("CAST(at AS STRING)").first()[0] == "2024-02-29 01:02:03.000456"


def test_the_users_schema_and_paths_reach_the_source(spark):
    class Echo(DataSource):
        @classmethod
        def name(cls):
            return "echo"

        def reader(self, schema):
            options = dict(self.options)
            names = schema.fieldNames()

            class Reader(DataSourceReader):
                def read(self, partition):
                    yield tuple(options.get(name) for name in names)

            return Reader()

    spark.dataSource.register(Echo)
    read = spark.read.format("echo")
    assert read.schema("path string, a string").option("A", "1").load("/x").first()[:] == (
        "/x",
        "1",
    )
    several = spark.read.format("Echo").schema("paths string").load(["/x", "/y"]).first()[0]
    assert json.loads(several) == ["/x", "/y"]
    # Without a schema the class is asked, which has none.
    with pytest.raises(AnalysisException) as error:
        spark.read.format("echo").load().collect()
    assert error.value.getCondition() == "PYTHON_DATA_SOURCE_ERROR"
    assert "NOT_IMPLEMENTED" in str(error.value)


def test_errors_carry_the_traceback(spark):
    def source(stage):
        class Failing(DataSource):
            @classmethod
            def name(cls):
                return "failing"

            def schema(self):
                if stage == "schema":
                    raise ValueError("no schema today")
                return "[bad" if stage == "ddl" else "i int"

            def reader(self, schema):
                class Reader(DataSourceReader):
                    def partitions(self):
                        if stage == "partitions":
                            raise ValueError("no partitions today")
                        return [InputPartition(0)]

                    def read(self, partition):
                        if stage == "rows":
                            raise ValueError("no rows today")
                        yield (1, 2) if stage == "width" else (1,)

                return Reader()

        return Failing

    for stage, text in [("schema", "no schema today"), ("partitions", "no partitions today")]:
        spark.dataSource.register(source(stage))
        with pytest.raises(AnalysisException) as error:
            spark.read.format("failing").load().collect()
        assert error.value.getCondition() == "PYTHON_DATA_SOURCE_ERROR"
        assert text in str(error.value)
    for stage, text in [("rows", "no rows today"), ("width", "DATA_SOURCE_RETURN_SCHEMA_MISMATCH")]:
        spark.dataSource.register(source(stage))
        with pytest.raises(PythonException) as error:
            spark.read.format("failing").load().collect()
        assert text in str(error.value)
    spark.dataSource.register(source("ddl"))
    with pytest.raises(Exception, match="PARSE_SYNTAX_ERROR"):
        spark.read.format("failing").load().collect()
    with pytest.raises(AnalysisException) as error:
        spark.read.format("nowhere").load()._plan and spark.read.format("nowhere").load().schema
    assert error.value.getCondition() == "DATA_SOURCE_NOT_FOUND"


def filtering_source():
    class Reader(DataSourceReader):
        def __init__(self):
            self.seen = []

        def pushFilters(self, filters):
            self.seen = [repr(f) for f in filters]
            for f in filters:
                if f != EqualTo(("x",), 1):
                    yield f

        def read(self, partition):
            # Not what was promised (x = 1), to see that nobody filters again.
            yield (5, 2, "\n".join(self.seen))
            yield (1, 3, "")

    class Filtering(DataSource):
        @classmethod
        def name(cls):
            return "filtering"

        def schema(self):
            return "x int, y int, s string"

        def reader(self, schema):
            return Reader()

    return Filtering


def test_filters_are_offered_and_the_others_applied(spark):
    spark.dataSource.register(filtering_source())
    df = spark.read.format("filtering").load()
    with pytest.raises(AnalysisException, match="DATA_SOURCE_PUSHDOWN_DISABLED"):
        df.collect()
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    rows = df.where("x = 1 AND y = 2").collect()
    assert [(r.x, r.y) for r in rows] == [(5, 2)]
    seen = rows[0].s.split("\n")
    assert seen == [
        repr(IsNotNull(("x",))),
        repr(IsNotNull(("y",))),
        repr(EqualTo(("x",), 1)),
        repr(EqualTo(("y",), 2)),
    ]


@pytest.mark.parametrize(
    "type_, condition, expected",
    [
        ("int", "x <=> 1", "EqualNullSafe(attribute=('x',), value=1)"),
        ("int", "1 < x", "GreaterThan(attribute=('x',), value=1)"),
        ("int", "x <> 1", "Not(child=EqualTo(attribute=('x',), value=1))"),
        ("int", "NOT x < 1", "GreaterThanOrEqual(attribute=('x',), value=1)"),
        ("int", "x IN (1, 2)", "In(attribute=('x',), value=[1, 2])"),
        ("int", "x NOT IN (1, 2)", "Not(child=In(attribute=('x',), value=[1, 2]))"),
        ("int", "x IS NULL", "IsNull(attribute=('x',))"),
        ("string", "x LIKE 'a%'", "StringStartsWith(attribute=('x',), value='a')"),
        ("string", "x LIKE '%a'", "StringEndsWith(attribute=('x',), value='a')"),
        ("string", "contains(x, 'a')", "StringContains(attribute=('x',), value='a')"),
        ("struct<y:int>", "x.y = 1", "EqualTo(attribute=('x', 'y'), value=1)"),
        ("date", "x = DATE'2024-02-29'", "datetime.date(2024, 2, 29)"),
        ("timestamp_ntz", "x = TIMESTAMP_NTZ'2024-02-29 00:00:00'", "datetime.datetime(2024, 2,"),
        ("decimal(4,2)", "x = 1.5BD", "Decimal('1.5"),
        ("binary", "x = X'AA'", "value=b'\\xaa'"),
        ("boolean", "x", "EqualTo(attribute=('x',), value=True)"),
        ("int", "x = 1 OR x = 2", ""),
        ("map<string,int>", "map_keys(x) = array('a')", ""),
    ],
)
def test_filters_as_readers_see_them(spark, type_, condition, expected):
    class Reader(DataSourceReader):
        def __init__(self):
            self.seen = []

        def pushFilters(self, filters):
            self.seen = [f for f in filters if not isinstance(f, IsNotNull)]
            return []

        def read(self, partition):
            raise ValueError(f"offered: {self.seen}")

    class Showing(DataSource):
        @classmethod
        def name(cls):
            return "showing"

        def reader(self, schema):
            return Reader()

    spark.dataSource.register(Showing)
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    df = spark.read.format("showing").schema(f"x {type_}").load()
    with pytest.raises(PythonException) as error:
        df.where(condition).collect()
    assert f"offered: [{expected}" in str(error.value) or (
        expected and expected in str(error.value)
    )


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    """A server whose Python code may write into a folder: the server and the folder."""
    folder = tmp_path_factory.mktemp("python")
    with Server(args=["--python-path", str(folder)]) as server:
        yield server, pathlib.Path(folder)


def file_source(folder, arrow=False):
    """A source `lines` that writes a JSON file a task, and a line on how the write ended."""

    class Message(WriterCommitMessage):
        def __init__(self, rows):
            self.rows = rows

    class Ends:
        def __init__(self, overwrite):
            self.overwrite = overwrite

        def commit(self, messages):
            rows = sum(m.rows for m in messages)
            (folder / "end").write_text(f"commit {rows} overwrite={self.overwrite}")

        def abort(self, messages):
            (folder / "end").write_text(f"abort {messages}")

    class RowWriter(Ends, DataSourceWriter):
        def write(self, rows):
            count = 0
            with open(folder / "rows", "w" if self.overwrite else "a") as out:
                for row in rows:
                    if row.i == 13:
                        raise ValueError("thirteen")
                    count += 1
                    out.write(json.dumps(row.asDict()) + "\n")
            return Message(count)

    class ArrowWriter(Ends, DataSourceArrowWriter):
        def write(self, batches):
            return Message(sum(batch.num_rows for batch in batches))

    class Lines(DataSource):
        @classmethod
        def name(cls):
            return "lines"

        def schema(self):
            return "i int, s string"

        def writer(self, schema, overwrite):
            return (ArrowWriter if arrow else RowWriter)(overwrite)

        def reader(self, schema):
            class Reader(DataSourceReader):
                def read(self, partition):
                    for line in (folder / "rows").read_text().splitlines():
                        yield Row(**json.loads(line))

            return Reader()

    return Lines


def test_rows_are_written_committed_and_aborted(open_server):
    server, folder = open_server
    spark = connect(server.remote)
    spark.dataSource.register(file_source(folder))
    df = spark.createDataFrame([(1, "a"), (2, None)], "i int, s string").coalesce(1)
    df.write.format("lines").mode("overwrite").save()
    assert (folder / "end").read_text() == "commit 2 overwrite=True"
    df.write.format("lines").mode("append").save()
    assert (folder / "end").read_text() == "commit 2 overwrite=False"
    assert spark.read.format("lines").load().count() == 4
    with pytest.raises(PythonException, match="thirteen"):
        rows = spark.range(0, 20, 1, 1).selectExpr("CAST(id AS INT) i", "'x' s")
        rows.write.format("lines").mode("append").save()
    assert (folder / "end").read_text() == "abort [None]"
    for mode, shown in [("error", "ErrorIfExists"), ("ignore", "Ignore")]:
        with pytest.raises(AnalysisException) as error:
            df.write.format("lines").mode(mode).save()
        assert error.value.getCondition() == "UNSUPPORTED_DATA_SOURCE_SAVE_MODE"
        assert shown in str(error.value)
    spark.dataSource.register(file_source(folder, arrow=True))
    spark.range(100_000).selectExpr("CAST(id AS INT) i", "'x' s").write.format("lines").mode(
        "append"
    ).save()
    assert (folder / "end").read_text() == "commit 100000 overwrite=False"
    spark.stop()


def test_tables_over_a_source(open_server):
    server, folder = open_server
    spark = connect(server.remote)
    spark.dataSource.register(file_source(folder))
    spark.sql("CREATE TABLE lines_table USING lines")
    spark.sql("INSERT OVERWRITE lines_table VALUES (7, 'seven')")
    spark.sql("INSERT INTO lines_table SELECT 8, 'eight'")
    rows = spark.sql("SELECT * FROM lines_table WHERE i > 7").collect()
    assert [tuple(r) for r in rows] == [(8, "eight")]
    assert spark.table("lines_table").count() == 2
    spark.sql("DROP TABLE lines_table")
    spark.sql("CREATE TABLE made USING lines AS SELECT 1 AS i, 'one' AS s")
    assert "overwrite=False" in (folder / "end").read_text()
    spark.range(2).selectExpr("int(id + 2) AS i", "'more' AS s").write.format("lines").saveAsTable(
        "saved"
    )
    for table in ("made", "saved"):
        rows = {tuple(row) for row in spark.table(table).collect()}
        assert {(1, "one"), (2, "more"), (3, "more"), (8, "eight")} <= rows
        assert spark.table(table).schema.simpleString() == "struct<i:int,s:string>"
        spark.sql(f"DROP TABLE {table}")
    spark.stop()


def test_builtin_names_are_taken_and_sessions_apart(server, spark):
    source = counting_source()
    other = connect(server.remote)
    spark.dataSource.register(source)
    with pytest.raises(AnalysisException) as error:
        other.read.format("counting").load().collect()
    assert error.value.getCondition() == "DATA_SOURCE_NOT_FOUND"
    other.stop()
    source.name = classmethod(lambda cls: "json")
    with pytest.raises(AnalysisException) as error:
        spark.dataSource.register(source)
    assert error.value.getCondition() == "DATA_SOURCE_ALREADY_EXISTS"
