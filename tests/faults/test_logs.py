"""Damaged tables and requests that go too far: a clear error, and nothing else is hurt."""

import json
import shutil

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.functions import col, lit


@pytest.fixture
def table(spark, tmp_path):
    path = tmp_path / "t"
    for n in range(3):
        spark.range(n, n + 1).coalesce(1).write.format("delta").mode("append").save(str(path))
    return path


def read(spark, path):
    return sorted(row[0] for row in spark.read.format("delta").load(str(path)).collect())


def test_a_half_written_log_entry_is_an_error_that_names_it(spark, table):
    (table / "_delta_log" / f"{3:020d}.json").write_text('{"add": {"path": "part-')
    with pytest.raises(PySparkException) as raised:
        read(spark, table)
    assert raised.value.getCondition()
    assert f"{3:020d}" in str(raised.value)
    (table / "_delta_log" / f"{3:020d}.json").unlink()
    assert read(spark, table) == [0, 1, 2]


def test_leftover_temporary_files_in_the_log_are_ignored(spark, table):
    (table / "_delta_log" / f".{3:020d}.json.abc.tmp").write_text("{")
    (table / "_delta_log" / "notes.txt").write_text("x")
    assert read(spark, table) == [0, 1, 2]


def test_a_missing_data_file_is_an_error_with_a_condition(spark, table):
    log = (table / "_delta_log" / f"{1:020d}.json").read_text().splitlines()
    added = next(json.loads(line)["add"] for line in log if "add" in json.loads(line))
    (table / added["path"]).unlink()
    with pytest.raises(PySparkException) as raised:
        read(spark, table)
    assert raised.value.getCondition()


def test_a_gap_in_the_log_is_refused(spark, table, tmp_path):
    # A copy: the server keeps what it knows of a table that it has open.
    copy = tmp_path / "copy"
    shutil.copytree(table, copy)
    (copy / "_delta_log" / f"{1:020d}.json").unlink()
    with pytest.raises(PySparkException):
        read(spark, copy)


def test_a_csv_that_is_not_there(spark, tmp_path):
    with pytest.raises(PySparkException) as raised:
        spark.read.csv(str(tmp_path / "nothing.csv")).collect()
    assert raised.value.getCondition() == "PATH_NOT_FOUND"


def test_malformed_rows_of_a_csv(spark, tmp_path):
    (tmp_path / "a.csv").write_text("1,x\noops,y\n3,z\n")
    reader = spark.read.schema("n INT, s STRING")
    path = str(tmp_path / "a.csv")
    permissive = reader.option("mode", "PERMISSIVE").csv(path).orderBy("s").collect()
    assert [tuple(r) for r in permissive] == [(1, "x"), (None, "y"), (3, "z")]
    dropped = reader.option("mode", "DROPMALFORMED").csv(path).orderBy("s").collect()
    assert [tuple(r) for r in dropped] == [(1, "x"), (3, "z")]
    with pytest.raises(PySparkException):
        reader.option("mode", "FAILFAST").csv(path).collect()


def test_malformed_rows_of_json(spark, tmp_path):
    (tmp_path / "a.json").write_text('{"n": 1}\n{broken\n{"n": 3}\n')
    path = str(tmp_path / "a.json")
    rows = spark.read.schema("n INT, _corrupt_record STRING").json(path).collect()
    assert sorted((r["n"] or 0, r["_corrupt_record"]) for r in rows) == [
        (0, "{broken"),
        (1, None),
        (3, None),
    ]
    with pytest.raises(PySparkException):
        spark.read.schema("n INT").option("mode", "FAILFAST").json(path).collect()


def test_500_chained_columns_work(spark):
    frame = spark.range(2)
    for n in range(500):
        frame = frame.withColumn(f"c{n}", col("id") + lit(n))
    row = frame.orderBy("id").collect()[1]
    assert (len(row), row["c0"], row["c499"]) == (501, 1, 500)


def test_a_plan_nested_too_deep_is_an_error_and_the_server_lives(spark):
    query = "SELECT " + "(" * 10_000 + "1" + ")" * 10_000
    with pytest.raises(PySparkException):
        spark.sql(query).collect()
    query = "SELECT " + "-".join(["1"] * 20_000)
    try:
        spark.sql(query).collect()
    except PySparkException:
        pass
    assert spark.sql("SELECT 1").collect()[0][0] == 1


def test_a_write_that_fails_leaves_the_table_at_its_last_version(spark, table):
    bad = spark.range(10).select((lit(1) / (col("id") - 5)).cast("bigint").alias("id"))
    with pytest.raises(PySparkException) as raised:
        bad.write.format("delta").mode("append").save(str(table))
    assert raised.value.getCondition() == "DIVIDE_BY_ZERO"
    assert read(spark, table) == [0, 1, 2]
    assert len(list((table / "_delta_log").glob("0*.json"))) == 3
