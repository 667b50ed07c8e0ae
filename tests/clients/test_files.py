"""Reading and writing files, and what other implementations see in them."""

import bz2
import datetime
import decimal
import gzip
import json
import zlib

import deltalake
import pyarrow.parquet as pq
import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import functions as F


@pytest.fixture
def frame(spark):
    rows = [
        (1, "a", decimal.Decimal("1.10"), datetime.date(2024, 1, 1), True, [1, 2]),
        (2, "b", None, datetime.date(2024, 1, 2), False, []),
        (3, None, decimal.Decimal("-3.30"), None, None, None),
    ]
    schema = "id BIGINT, name STRING, price DECIMAL(10, 2), day DATE, ok BOOLEAN, xs ARRAY<INT>"
    return spark.createDataFrame(rows, schema)


def rows_of(frame):
    return sorted((tuple(row) for row in frame.collect()), key=repr)


@pytest.mark.parametrize("kind", ["delta", "parquet", "json"])
def test_round_trip(spark, frame, tmp_path, kind):
    path = str(tmp_path / "t")
    frame.write.format(kind).save(path)
    reader = spark.read.format(kind)
    back = reader.load(path) if kind != "json" else reader.schema(frame.schema).load(path)
    assert rows_of(back) == rows_of(frame)
    assert back.schema.simpleString() == frame.schema.simpleString()


def test_csv_round_trip_with_inferred_types(spark, tmp_path):
    path = str(tmp_path / "t")
    source = spark.createDataFrame(
        [(1, "x,y", 2.5), (2, 'say "hi"', None)], "a INT, b STRING, c DOUBLE"
    )
    source.coalesce(1).write.option("header", "true").csv(path)
    back = spark.read.option("header", "true").option("inferSchema", "true").csv(path)
    assert back.schema.simpleString() == "struct<a:int,b:string,c:double>"
    assert rows_of(back) == rows_of(source)


def test_csv_inference_of_dates_and_numbers(spark, tmp_path):
    (tmp_path / "a.csv").write_text(
        "n;big;x;t;d;s\n1;12345678901;1.5;2024-01-02 03:04:05;2024-01-02;abc\n2;1;NA;;;\n"
    )
    reader = spark.read.option("header", True).option("inferSchema", True).option("sep", ";")
    got = reader.option("nullValue", "NA").csv(str(tmp_path / "a.csv"))
    assert got.schema.simpleString() == (
        "struct<n:int,big:bigint,x:double,t:timestamp,d:date,s:string>"
    )
    assert got.orderBy("n").collect()[1]["x"] is None


def test_text_and_whole_lines(spark, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n\nthree\n")
    got = spark.read.text(str(tmp_path / "a.txt"))
    assert [r["value"] for r in got.collect()] == ["one", "two", "", "three"]
    got.filter("value <> ''").coalesce(1).write.text(str(tmp_path / "out"))
    assert spark.read.text(str(tmp_path / "out")).count() == 3


def test_json_lines_and_multiline(spark, tmp_path):
    (tmp_path / "a.json").write_text('{"a": 1, "b": {"c": [1, 2]}}\n{"a": 2}\n')
    got = spark.read.json(str(tmp_path / "a.json"))
    assert got.schema.simpleString() == "struct<a:bigint,b:struct<c:array<bigint>>>"
    (tmp_path / "b.json").write_text(json.dumps([{"x": 1}, {"x": 2}], indent=2))
    assert spark.read.option("multiLine", True).json(str(tmp_path / "b.json")).count() == 2


def test_save_modes(spark, tmp_path):
    path = str(tmp_path / "t")
    one, two = spark.range(1), spark.range(2)
    one.write.format("delta").save(path)
    with pytest.raises(AnalysisException):
        two.write.format("delta").save(path)
    two.write.format("delta").mode("ignore").save(path)
    assert spark.read.format("delta").load(path).count() == 1
    two.write.format("delta").mode("append").save(path)
    assert spark.read.format("delta").load(path).count() == 3
    two.write.format("delta").mode("overwrite").save(path)
    assert spark.read.format("delta").load(path).count() == 2
    assert spark.read.format("delta").option("versionAsOf", 1).load(path).count() == 3


def test_partitioned_parquet_is_laid_out_as_hive_does(spark, frame, tmp_path):
    path = tmp_path / "t"
    frame.write.partitionBy("name").parquet(str(path))
    names = sorted(p.name for p in path.iterdir() if p.is_dir())
    assert names == ["name=__HIVE_DEFAULT_PARTITION__", "name=a", "name=b"]
    back = spark.read.parquet(str(path))
    assert back.columns[-1] == "name"
    assert back.filter("name = 'a'").count() == 1


def test_delta_is_read_by_another_implementation(frame, tmp_path):
    path = str(tmp_path / "t")
    frame.write.format("delta").partitionBy("day").save(path)
    frame.write.format("delta").mode("append").save(path)
    table = deltalake.DeltaTable(path)
    assert table.version() == 1
    got = table.to_pyarrow_table().sort_by("id").to_pylist()
    assert [r["id"] for r in got] == [1, 1, 2, 2, 3, 3]
    assert got[0]["price"] == decimal.Decimal("1.10")
    assert got[0]["day"] == datetime.date(2024, 1, 1)
    actions = table.get_add_actions(flatten=True)
    assert sum(actions.column("num_records").to_pylist()) == 6


def test_delta_of_another_implementation_is_read(spark, tmp_path):
    import pyarrow as pa

    path = str(tmp_path / "t")
    data = pa.table({"id": [1, 2, 3], "k": ["a", "b", None]})
    deltalake.write_deltalake(path, data, partition_by=["k"])
    deltalake.DeltaTable(path).delete("id = 2")
    deltalake.write_deltalake(path, pa.table({"id": [9], "k": ["z"]}), mode="append")
    got = spark.read.format("delta").load(path)
    assert rows_of(got) == [(1, "a"), (3, None), (9, "z")]
    deltalake.DeltaTable(path).create_checkpoint()
    assert spark.read.format("delta").load(path).filter("k = 'z'").collect()[0]["id"] == 9


def test_schema_is_enforced_and_may_evolve(spark, tmp_path):
    path = str(tmp_path / "t")
    spark.range(2).write.format("delta").save(path)
    wider = spark.range(1).withColumn("extra", F.lit("x"))
    with pytest.raises(AnalysisException):
        wider.write.format("delta").mode("append").save(path)
    wider.write.format("delta").mode("append").option("mergeSchema", "true").save(path)
    got = spark.read.format("delta").load(path)
    assert got.columns == ["id", "extra"]
    assert got.filter("extra IS NULL").count() == 2
    other = spark.sql("SELECT 'only' AS name")
    other.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(path)
    assert spark.read.format("delta").load(path).columns == ["name"]


def test_replace_where(spark, tmp_path):
    path = str(tmp_path / "t")
    spark.range(10).withColumn("k", F.col("id") % 2).write.format("delta").save(path)
    new = spark.sql("SELECT 100L AS id, 1L AS k")
    new.write.format("delta").mode("overwrite").option("replaceWhere", "k = 1").save(path)
    ids = sorted(r["id"] for r in spark.read.format("delta").load(path).collect())
    assert ids == [0, 2, 4, 6, 8, 100]


def test_parquet_of_another_writer(spark, tmp_path):
    import pyarrow as pa

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"A": [1], "b": [[{"c": "x"}]]}), path)
    got = spark.read.parquet(str(path))
    assert got.schema.simpleString() == "struct<A:bigint,b:array<struct<c:string>>>"
    assert got.select("a", "b.c").first() == (1, ["x"])


def test_sql_on_files(spark, frame, tmp_path):
    path = str(tmp_path / "t")
    frame.write.format("delta").save(path)
    assert spark.sql(f"SELECT count(*) AS n FROM delta.`{path}`").first()["n"] == 3


@pytest.mark.parametrize("kind", ["parquet", "orc", "avro", "csv"])
def test_damaged_files_are_left_out_only_when_asked(spark, tmp_path, kind):
    path = tmp_path / "t"
    options = {"compression": "gzip"} if kind == "csv" else {}
    spark.range(5000).coalesce(1).write.format(kind).options(**options).save(str(path))
    spark.range(10).coalesce(1).write.format(kind).mode("append").options(**options).save(str(path))
    files = [file for file in path.iterdir() if not file.name.startswith(("_", "."))]
    damaged = max(files, key=lambda file: file.stat().st_size)
    content = damaged.read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    reader = spark.read.format(kind).schema("id BIGINT")
    with pytest.raises(PySparkException) as error:
        reader.load(str(path)).collect()
    assert error.value.getCondition().split(".")[0] in ("FAILED_READ_FILE", "AVRO_MALFORMED_DATA")
    lenient = reader.option("ignoreCorruptFiles", True).load(str(path))
    found = [row.id for row in lenient.collect()]
    assert sorted(found)[-1] < 5000
    assert set(range(10)) <= set(found) and 10 <= len(found) < 5010
    if kind != "csv":
        inferred = spark.read.format(kind).option("ignoreCorruptFiles", "true").load(str(path))
        assert inferred.count() == len(found)
    spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    try:
        assert reader.load(str(path)).count() == len(found)
        with pytest.raises(PySparkException):
            reader.option("ignoreCorruptFiles", False).load(str(path)).collect()
    finally:
        spark.conf.unset("spark.sql.files.ignoreCorruptFiles")


def test_packed_text_is_read_by_the_names_of_files(spark, tmp_path):
    (tmp_path / "a.csv.bz2").write_bytes(bz2.compress(b"1,a\n2,b\n"))
    (tmp_path / "b.csv.deflate").write_bytes(zlib.compress(b"3,c\n"))
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b"4,d\n") + gzip.compress(b"5,e\n"))
    found = spark.read.schema("n INT, s STRING").csv(str(tmp_path))
    assert rows_of(found) == [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")]
