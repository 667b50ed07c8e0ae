"""Where rows lie: ZORDER BY, clustering, REORG; tables made of other tables' files: CLONE."""

import json

import deltalake
import pytest
from delta.tables import DeltaTable

from tests.support.delta import actions, refused, theirs


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


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
    before = theirs(path)
    with_small_files(spark, path)
    metrics = spark.sql(f"OPTIMIZE delta.`{path}` ZORDER BY (a, b)").collect()[0]["metrics"]
    assert metrics["numFilesRemoved"] == 1 and 14 <= metrics["numFilesAdded"] <= 17
    assert theirs(path) == before
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


def test_reorg_takes_deleted_rows_out_of_files(spark, path):
    grid(spark, path, " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 5")
    assert actions(path, "add")[-1].get("deletionVector")
    spark.sql(f"REORG TABLE delta.`{path}` APPLY (PURGE)")
    assert not actions(path, "add")[-1].get("deletionVector")
    assert len(theirs(path)) == 9999
    assert actions(path, "commitInfo")[-1]["operation"] == "REORG"
    version = deltalake.DeltaTable(path).version()
    spark.sql(f"REORG TABLE delta.`{path}` APPLY (PURGE)")
    assert deltalake.DeltaTable(path).version() == version


@pytest.mark.parametrize("how", ["SHALLOW", "DEEP"])
def test_a_clone_has_the_rows_and_a_life_of_its_own(spark, path, how):
    properties = " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'k' = 'v')"
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, p STRING) PARTITIONED BY (p)" + properties)
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a b'), (2, 'a b'), (3, 'c%d'), (4, NULL)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 2")
    name = f"clone_{how.lower()}"
    answer = spark.sql(f"CREATE TABLE {name} {how} CLONE delta.`{path}`").collect()[0]
    assert answer["source_num_of_files"] == 3
    assert answer["num_copied_files"] == (3 if how == "DEEP" else 0)
    assert [r["id"] for r in spark.table(name).orderBy("id").collect()] == [1, 3, 4]
    properties = {r["key"]: r["value"] for r in spark.sql(f"SHOW TBLPROPERTIES {name}").collect()}
    assert properties["k"] == "v" and properties["delta.enableDeletionVectors"] == "true"
    spark.sql(f"DELETE FROM {name} WHERE id = 1")
    spark.sql(f"INSERT INTO {name} VALUES (9, 'z')")
    assert [r["id"] for r in spark.table(name).orderBy("id").collect()] == [3, 4, 9]
    assert [row[0] for row in theirs(path)] == [1, 3, 4]
    create = f"CREATE TABLE {name} {how} CLONE delta.`{path}`"
    assert refused(spark, create) == "TABLE_OR_VIEW_ALREADY_EXISTS"
    spark.sql(f"CREATE OR REPLACE TABLE {name} {how} CLONE delta.`{path}` VERSION AS OF 1")
    assert spark.table(name).count() == 4
    spark.sql(f"DROP TABLE {name}")
    assert len(theirs(path)) == 3


def test_clone_by_the_python_api(spark, path, tmp_path):
    spark.range(3).write.format("delta").save(path)
    target = str(tmp_path / "target")
    DeltaTable.forPath(spark, path).clone(target, isShallow=True)
    assert spark.read.format("delta").load(target).count() == 3
    assert spark.sql(f"DESCRIBE HISTORY delta.`{target}`").collect()[0]["operation"] == "CLONE"
