"""Optimised writes leave one file in each partition (now and then two), however many there are."""

import os

import pytest

from tests.support.s3 import folder_of

PARTITIONS = 40 if os.environ.get("HANOK_TEST_STORE") else 300


def files(path):
    return list(folder_of(path).glob("p=*/*.parquet"))


@pytest.mark.parametrize("how", ["property", "setting", "option", "option over property"])
def test_one_file_a_partition(spark, table_root, how):
    path = f"{table_root}/t"
    on = how in ("property", "option over property")
    spark.sql(
        f"CREATE TABLE delta.`{path}` (a BIGINT, p INT) USING delta PARTITIONED BY (p)"
        f" TBLPROPERTIES ('delta.autoOptimize.optimizeWrite' = '{str(on).lower()}')"
    )
    writer = (
        spark.range(600_000)
        .selectExpr("id AS a", f"CAST(id % {PARTITIONS} AS INT) AS p")
        .write.format("delta")
        .mode("append")
    )
    if how == "setting":
        spark.conf.set("spark.databricks.delta.optimizeWrite.enabled", "true")
    if how == "option":
        writer = writer.option("optimizeWrite", "true")
    if how == "option over property":
        writer = writer.option("optimizeWrite", "false")
    writer.save(path)
    if how != "option over property":
        assert len(files(path)) <= PARTITIONS + 10
    rows = spark.sql(f"SELECT count(*), sum(a + 0), count(DISTINCT p + 0) FROM delta.`{path}`")
    assert [tuple(r) for r in rows.collect()] == [(600_000, 179_999_700_000, PARTITIONS)]


def test_bin_size_cuts_files(spark, table_root):
    rows = spark.range(600_000).selectExpr("id AS a", "CAST(id % 2 AS INT) AS p")
    written = {}
    for size in ("1", "2MB", "512"):
        path = f"{table_root}/of_{size}"
        spark.conf.set("spark.databricks.delta.optimizeWrite.binSize", size)
        try:
            rows.write.format("delta").partitionBy("p").option("optimizeWrite", "true").save(path)
        finally:
            spark.conf.unset("spark.databricks.delta.optimizeWrite.binSize")
        written[size] = len(files(path))
        sums = spark.sql(f"SELECT count(*), sum(a + 0) FROM delta.`{path}`").collect()
        assert [tuple(r) for r in sums] == [(600_000, 179_999_700_000)]
    assert written["1"] > written["2MB"] > written["512"] >= 2
