"""Partitions as users see them: partition ids, row ids, seeds, samples, the file behind a row."""

from urllib.parse import quote

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F


def placed(frame):
    """Partition ids of a frame's rows, in their order."""
    return [row[0] for row in frame.select(F.spark_partition_id()).collect()]


def test_ranges_and_rows_of_the_client_are_sliced(spark):
    assert placed(spark.range(0, 10, 1, 3)) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert placed(spark.sql("SELECT * FROM range(0, 4, 1, 2)")) == [0, 0, 1, 1]
    assert placed(spark.range(0, 10, 1, 3).coalesce(1)) == [0] * 10
    assert placed(spark.range(0, 8, 1, 4).coalesce(2)) == [0] * 4 + [1] * 4
    frame = spark.createDataFrame([(i,) for i in range(8)], ["x"])
    assert placed(frame) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert placed(frame.groupBy().count()) == [0]


def test_row_ids_count_in_partitions(spark):
    frame = spark.range(0, 5, 1, 2).select(F.monotonically_increasing_id().alias("i"))
    top = 1 << 33
    assert [r.i for r in frame.collect()] == [0, 1, top, top + 1, top + 2]
    kept = spark.range(0, 6, 1, 2).filter("id % 2 = 1")
    rows = kept.select(F.monotonically_increasing_id().alias("i")).collect()
    assert [r.i for r in rows] == [0, top, top + 1]


def test_repartitioning_deals_rows_out(spark):
    frame = spark.range(64).withColumn("age", F.col("id") - 32)
    assert set(placed(frame.repartition(7, "age"))) == set(range(7))
    assert sorted(placed(frame.repartition(4))) == [p for p in range(4) for _ in range(16)]
    by_id = frame.repartitionById(3, (F.col("id") % 5).cast("int"))
    assert {r[0]: r[1] for r in by_id.select("id", F.spark_partition_id()).collect()} == {
        i: (i % 5) % 3 for i in range(64)
    }
    people = spark.createDataFrame([(14, "Tom"), (23, "Alice"), (16, "Bob")], ["age", "name"])
    ranged = people.repartitionByRange(2, "age").select("age", F.spark_partition_id())
    assert [tuple(r) for r in ranged.collect()] == [(14, 0), (16, 0), (23, 1)]
    assert placed(spark.sql("SELECT /*+ REPARTITION(2) */ * FROM range(4)")) == [0, 0, 1, 1]


def test_sorting_within_partitions(spark):
    frame = spark.range(0, 6, 1, 2).sortWithinPartitions(F.desc("id"))
    assert [r.id for r in frame.collect()] == [2, 1, 0, 5, 4, 3]


def test_seeds_give_the_same_numbers_every_time(spark):
    frame = spark.range(0, 100, 1, 4).select(F.rand(7).alias("r"), F.randn(7).alias("n"))
    assert frame.collect() == frame.collect()
    sample = spark.range(0, 1000, 1, 4).sample(0.1, seed=3)
    assert 50 < sample.count() == sample.count() < 150
    parts = spark.range(0, 100, 1, 4).randomSplit([1.0, 2.0], 24)
    ids = sorted(r.id for part in parts for r in part.collect())
    assert ids == list(range(100))


def test_unions_put_partitions_behind_each_other(spark):
    both = spark.range(0, 2, 1, 2).union(spark.range(0, 2, 1, 2))
    assert placed(both) == [0, 1, 2, 3]


@pytest.mark.parametrize("source", ["parquet", "csv", "json", "text", "delta"])
def test_the_file_of_a_row(spark, tmp_path, source):
    folder = tmp_path / "a b"
    rows = spark.createDataFrame([("x",), ("y",)], ["s"])
    rows.coalesce(1).write.format(source).save(str(folder))
    read = spark.read.format(source).load(str(folder))
    name = F.input_file_name()
    found = {r[0] for r in read.select(name).collect()}
    prefix = "file://" + quote(str(folder)) + "/"
    assert len(found) == 1 and next(iter(found)).startswith(prefix)
    start, length = read.select(F.input_file_block_start(), F.input_file_block_length()).first()
    assert start == 0 and length > 0
    assert read.filter(name.contains("a%20b")).count() == 2
    assert {r[0] for r in rows.select(name).collect()} == {""}
    assert {
        r[0]
        for r in read.groupBy("value" if source == "text" else read.columns[0])
        .count()
        .select(name)
        .collect()
    } == {""}


def test_two_sources_have_no_one_file(spark, tmp_path):
    spark.range(2).write.parquet(str(tmp_path / "t"))
    read = spark.read.parquet(str(tmp_path / "t"))
    joined = read.join(read.withColumnRenamed("id", "other"), F.col("id") == F.col("other"))
    with pytest.raises(AnalysisException) as error:
        joined.select(F.input_file_name()).collect()
    assert error.value.getCondition() == "MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION"


def test_sums_of_the_client_rows_are_added_as_in_partitions(spark):
    frame = spark.createDataFrame([(40.3,), (37.8,), (44.1,)], ["w"])
    assert frame.select(F.stddev("w")).first()[0] == 3.1722757341273704
    assert spark.createDataFrame([[1], [1], [2]], ["c"]).select(F.kurtosis("c")).first()[0] == -1.5
    pairs = spark.createDataFrame([(i, 2 * i) for i in range(20)], ["a", "b"])
    assert pairs.select(F.corr("a", "b")).first()[0] == 1.0


def test_explain_modes(spark, capsys):
    frame = spark.range(5).filter("id > 2")
    frame.explain()
    assert capsys.readouterr().out.startswith("== Physical Plan ==\n")
    frame.explain("extended")
    text = capsys.readouterr().out
    assert "== Parsed Logical Plan ==" in text and "== Analyzed Logical Plan ==\nid: bigint" in text
    frame.explain("cost")
    text = capsys.readouterr().out
    assert (
        text.startswith("== Optimized Logical Plan ==") and "Statistics(sizeInBytes=40.0 B)" in text
    )
    frame.explain("formatted")
    assert "(1) " in capsys.readouterr().out
    frame.cache().count()
    frame.explain()
    assert "InMemoryTableScan" in capsys.readouterr().out
