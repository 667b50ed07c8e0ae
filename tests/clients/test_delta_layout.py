"""Where rows lie: ZORDER BY and clustering."""

import json
import pathlib

import deltalake
import pyarrow
import pytest
from delta.tables import DeltaTable

from tests.support.server import Server, connect


@pytest.fixture(scope="module")
def spark():
    with Server() as server:
        session = connect(server.remote)
        yield session
        session.stop()


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "table")


def refused(spark, statement):
    with pytest.raises(Exception) as caught:
        spark.sql(statement).collect()
    return caught.value.getCondition()


def actions(path, kind):
    """Actions of a kind in the log, in order."""
    out = []
    for entry in sorted(pathlib.Path(path, "_delta_log").glob("*.json")):
        lines = map(json.loads, entry.read_text().splitlines())
        out += [line[kind] for line in lines if kind in line]
    return out


def read(path, order="id"):
    reader = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(path))
    return pyarrow.table(reader.execute(f"SELECT * FROM t ORDER BY {order}").read_all()).to_pylist()


def files_that_may_hold(path, column, value):
    """How many files statistics cannot rule out for column = value."""
    adds = actions(path, "add")[-deltalake.DeltaTable(path).get_add_actions().num_rows :]
    stats = [json.loads(add["stats"]) for add in adds]
    return sum(s["minValues"][column] <= value <= s["maxValues"][column] for s in stats)


def grid(spark, path, clause=""):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT, a INT, b INT){clause}")
    spark.sql(
        f"INSERT INTO delta.`{path}` SELECT id, cast(id % 100 AS INT), cast(id / 100 AS INT)"
        " FROM range(10000)"
    )


def with_small_files(spark, path):
    size = sum(add["size"] for add in actions(path, "add"))
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", str(size // 16))


@pytest.fixture(autouse=True)
def default_file_size(spark):
    yield
    spark.conf.unset("spark.databricks.delta.optimize.maxFileSize")


def test_zorder_lets_both_columns_skip_files(spark, path):
    grid(spark, path)
    before = read(path)
    with_small_files(spark, path)
    metrics = spark.sql(f"OPTIMIZE delta.`{path}` ZORDER BY (a, b)").collect()[0]["metrics"]
    assert metrics["numFilesRemoved"] == 1 and 14 <= metrics["numFilesAdded"] <= 17
    assert read(path) == before
    assert files_that_may_hold(path, "a", 10) <= 6
    assert files_that_may_hold(path, "b", 10) <= 6
    assert not any(add["dataChange"] for add in actions(path, "add")[1:])
    assert spark.sql(f"SELECT sum(id) FROM delta.`{path}` WHERE a = 10").collect()[0][0] == sum(
        range(10, 10000, 100)
    )


def test_zorder_by_the_python_builder(spark, path):
    grid(spark, path)
    DeltaTable.forPath(spark, path).optimize().executeZOrderBy("a", "b")
    last = DeltaTable.forPath(spark, path).history(1).collect()[0]
    assert last["operation"] == "OPTIMIZE"
    assert json.loads(last["operationParameters"]["zOrderBy"]) == ["a", "b"]


def test_zorder_refuses_columns_that_cannot_order(spark, path):
    grid(spark, path, " PARTITIONED BY (a)")
    optimize = f"OPTIMIZE delta.`{path}` ZORDER BY "
    assert refused(spark, optimize + "(a)") == "DELTA_ZORDERING_ON_PARTITION_COLUMN"
    assert refused(spark, optimize + "(x)") == "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST"


def test_a_clustered_table_is_laid_out_by_optimize(spark, path):
    grid(spark, path, " CLUSTER BY (a, b)")
    features = deltalake.DeltaTable(path).protocol().writer_features
    assert {"clustering", "domainMetadata"} <= set(features)
    (domain,) = actions(path, "domainMetadata")
    assert domain["domain"] == "delta.clustering"
    assert json.loads(domain["configuration"])["clusteringColumns"] == [["a"], ["b"]]
    detail = spark.sql(f"DESCRIBE DETAIL delta.`{path}`").collect()[0]
    assert detail["clusteringColumns"] == ["a", "b"]
    before = spark.table(f"delta.`{path}`").orderBy("id").collect()
    with_small_files(spark, path)
    spark.sql(f"OPTIMIZE delta.`{path}`")
    fresh = [add for add in actions(path, "add") if add.get("clusteringProvider") == "liquid"]
    assert 14 <= len(fresh) <= 17
    assert spark.table(f"delta.`{path}`").orderBy("id").collect() == before
    again = spark.sql(f"OPTIMIZE delta.`{path}`").collect()[0]["metrics"]
    assert again["numFilesRemoved"] == 0
    full = spark.sql(f"OPTIMIZE delta.`{path}` FULL").collect()[0]["metrics"]
    assert full["numFilesRemoved"] == len(fresh)


def test_clustering_columns_change_and_go(spark, path):
    table = f"delta.`{path}`"
    grid(spark, path)
    assert refused(spark, f"OPTIMIZE {table} FULL") == "DELTA_OPTIMIZE_FULL_NOT_SUPPORTED"
    spark.sql(f"ALTER TABLE {table} CLUSTER BY (b)")
    assert spark.sql(f"DESCRIBE DETAIL {table}").collect()[0]["clusteringColumns"] == ["b"]
    assert refused(spark, f"OPTIMIZE {table} ZORDER BY (a)") == "DELTA_CLUSTERING_WITH_ZORDER_BY"
    wrong = f"ALTER TABLE {table} CLUSTER BY (nope)"
    assert refused(spark, wrong) == "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA"
    spark.sql(f"ALTER TABLE {table} CLUSTER BY NONE")
    assert spark.sql(f"DESCRIBE DETAIL {table}").collect()[0]["clusteringColumns"] == []
