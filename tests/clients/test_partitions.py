"""Partitions as users see them: partition ids, row ids, seeds, samples, the file behind a row."""

from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F


def placed(frame):
    """Partition ids of a frame's rows, in their order."""
    return [row[0] for row in frame.select(F.spark_partition_id()).collect()]


def row_counts(frame):
    """How many rows each call of a function over partitions gets."""

    def count(batches):
        yield pd.DataFrame({"n": [sum(len(batch) for batch in batches)]})

    return [r.n for r in frame.mapInPandas(count, "n long").collect()]


def files_of(folder):
    return len(list(folder.glob("part-*")))


def test_ranges_and_rows_of_the_client_are_sliced(spark):
    assert placed(spark.range(0, 10, 1, 3)) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert placed(spark.sql("SELECT * FROM range(0, 4, 1, 2)")) == [0, 0, 1, 1]
    assert placed(spark.range(0, 10, 1, 3).coalesce(1)) == [0] * 10
    assert placed(spark.range(0, 8, 1, 4).coalesce(2)) == [0] * 4 + [1] * 4
    spark.conf.set("spark.sql.leafNodeDefaultParallelism", "2")
    frame = spark.createDataFrame([(i,) for i in range(8)], ["x"])
    assert placed(frame.groupBy().count()) == [0]
    assert placed(frame.union(frame)) == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4


def test_what_is_computed_while_planning_is_in_one_partition(spark):
    spark.conf.set("spark.sql.leafNodeDefaultParallelism", "2")
    frame = spark.createDataFrame([(i,) for i in range(8)], ["x"])
    assert placed(frame) == [0] * 8
    ids = frame.filter("x > 1").select(F.monotonically_increasing_id().alias("i"))
    assert [r.i for r in ids.collect()] == list(range(6))
    assert row_counts(frame.filter("x > 1")) == [3, 3]


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


def test_shuffles_without_a_number_have_the_number_of_the_session(spark):
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    frame = spark.range(12)
    assert set(placed(frame.repartition("id"))) == {0}  # small ones are joined
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    ids = sorted(
        tuple(r) for r in frame.repartition("id").select("id", F.spark_partition_id()).collect()
    )
    assert [p for _, p in ids] == [1, 2, 2, 0, 2, 2, 0, 0, 2, 2, 2, 0]


def test_hints_name_columns_by_strings(spark):
    frame = spark.range(20)
    assert row_counts(frame.hint("repartition", 4, "id")) == row_counts(frame.repartition(4, "id"))
    assert row_counts(frame.hint("repartition_by_range", 3, "id")) == [7, 7, 6]


def test_ranges_keep_equal_keys_together(spark):
    keys = spark.range(20).select((F.col("id") % 2).alias("x")).repartitionByRange(4, "x")
    rows = {tuple(r) for r in keys.select("x", F.spark_partition_id()).collect()}
    assert rows == {(0, 0), (1, 1)}


def test_rows_are_dealt_out_in_turn_from_a_place_of_each_partition(spark):
    assert row_counts(spark.range(0, 21, 1, 1).repartition(4)) == [5, 6, 5, 5]
    assert row_counts(spark.range(0, 20, 1, 2).repartition(4)) == [4, 6, 6, 4]


def test_python_maps_run_once_a_partition(spark):
    assert row_counts(spark.range(0, 20, 1, 3)) == [6, 7, 7]
    assert row_counts(spark.range(20).repartition(4, "id")) == [7, 6, 4, 3]
    assert row_counts(spark.range(20).repartitionByRange(4, "id")) == [5, 5, 5, 5]
    assert row_counts(spark.range(0, 20, 1, 8).coalesce(3)) == [5, 7, 8]
    assert row_counts(spark.range(0, 20, 1, 2).filter("id > 100")) == [0, 0]
    assert row_counts(spark.range(0, 20, 1, 2).groupBy(F.col("id") % 5).count()) == [5]

    def partition(batches):
        from pyspark import TaskContext

        for batch in batches:
            number = [TaskContext.get().partitionId()] * batch.num_rows
            yield pa.RecordBatch.from_arrays([batch["id"], pa.array(number)], ["id", "p"])

    parts = spark.range(0, 100, 1, 7).repartition(5, "id")
    seen = parts.mapInArrow(partition, "id long, p long")
    inside = {(r.id, r.p) for r in seen.collect()}
    assert inside == {tuple(r) for r in parts.select("id", F.spark_partition_id()).collect()}
    assert {tuple(r) for r in seen.select("p", F.spark_partition_id()).collect()} == {
        (p, p) for p in range(5)
    }
    assert row_counts(seen) == [sum(p == n for _, p in inside) for n in range(5)]


def test_files_of_repartitioned_rows(spark, tmp_path):
    rows = spark.range(100)
    rows.repartition(4, "id").write.parquet(str(tmp_path / "hash"))
    rows.coalesce(1).write.csv(str(tmp_path / "one"))
    rows.repartitionByRange(3, "id").write.json(str(tmp_path / "ranges"))
    assert [files_of(tmp_path / f) for f in ["hash", "one", "ranges"]] == [4, 1, 3]
    rows.filter("id > 1000").repartition(4).write.parquet(str(tmp_path / "none"))
    assert files_of(tmp_path / "none") == 1
    assert spark.read.parquet(str(tmp_path / "none")).columns == ["id"]


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
