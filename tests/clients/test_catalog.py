"""spark.catalog: what it lists, creates, caches and refuses."""

import os
import shutil

import pytest
from pyspark import StorageLevel
from pyspark.errors import AnalysisException
from pyspark.sql.types import IntegerType, StructField, StructType

ONE_COLUMN = StructType([StructField("a", IntegerType(), True, {"comment": "first"})])


@pytest.fixture
def database(spark):
    """A database of its own, current during the test."""
    spark.catalog.createDatabase("catalog_calls", True, {"comment": "ours"})
    spark.catalog.setCurrentDatabase("catalog_calls")
    yield "catalog_calls"
    spark.catalog.setCurrentDatabase("default")
    spark.catalog.dropDatabase("catalog_calls", True, True)


def refused(condition, call, *args, **parameters):
    """Asserts that a call is refused with a condition; gives the parameters of its message."""
    with pytest.raises(AnalysisException) as error:
        call(*args, **parameters)
    assert error.value.getCondition() == condition
    return error.value.getMessageParameters()


def test_catalogs_and_databases(spark, database):
    catalog = spark.catalog
    assert catalog.currentCatalog() == "spark_catalog"
    assert [c.name for c in catalog.listCatalogs("spark*")] == ["spark_catalog"]
    assert catalog.listCatalogs("none") == []
    assert [d.name for d in catalog.listDatabases("catalog_c*|x")] == [database]
    found = catalog.getDatabase("spark_catalog." + database)
    assert (found.name, found.catalog, found.description) == (database, "spark_catalog", "ours")
    assert catalog.databaseExists("spark_catalog." + database)
    assert not catalog.databaseExists("none") and not catalog.databaseExists("a.b.c")
    refused("SCHEMA_NOT_FOUND", catalog.getDatabase, "a.b.c")
    refused("SCHEMA_NOT_FOUND", catalog.setCurrentDatabase, "none")
    refused("SCHEMA_ALREADY_EXISTS", catalog.createDatabase, database)
    catalog.createTable("t", schema=ONE_COLUMN)
    refused("SCHEMA_NOT_EMPTY", catalog.dropDatabase, database)


def test_tables_that_calls_create(spark, database, tmp_path):
    catalog = spark.catalog
    made = catalog.createTable("t", schema=ONE_COLUMN, source="parquet", description="ours")
    assert made.columns == ["a"] and made.count() == 0
    table = catalog.getTable("t")
    assert (table.description, table.tableType, table.namespace) == ("ours", "MANAGED", [database])
    assert [(c.name, c.description) for c in catalog.listColumns("t")] == [("a", "first")]
    refused("TABLE_OR_VIEW_ALREADY_EXISTS", catalog.createTable, "t", schema=ONE_COLUMN)
    spark.range(3).write.parquet(str(tmp_path / "p"))
    outside = catalog.createTable("outside", path=str(tmp_path / "p"), source="parquet")
    assert outside.count() == 3 and outside.schema.names == ["id"]
    assert catalog.getTable("outside").tableType == "EXTERNAL"
    refused("UNABLE_TO_INFER_SCHEMA", catalog.createTable, "none", source="parquet")
    refused("CANNOT_TRUNCATE_EXTERNAL_TABLE", catalog.truncateTable, "outside")
    assert outside.count() == 3
    with pytest.warns(FutureWarning):
        old = catalog.createExternalTable("old", path=str(tmp_path / "p"), source="parquet")
    assert old.count() == 3


def test_views_beside_tables(spark, database):
    catalog = spark.catalog
    spark.sql("CREATE VIEW kept AS SELECT 1 AS a")
    spark.range(2).createOrReplaceTempView("passing")
    spark.range(2).createOrReplaceGlobalTempView("shared_view")
    listed = [(v.name, v.namespace, v.isTemporary) for v in catalog.listViews()]
    assert listed == [("kept", [database], False), ("passing", [], True)]
    shared = {t.name: t.namespace for t in catalog.listTables("global_temp")}
    assert shared["shared_view"] == ["global_temp"] and "passing" in shared
    for call in ("recoverPartitions", "listPartitions", "truncateTable", "analyzeTable"):
        refused("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", getattr(catalog, call), "kept")
    assert catalog.dropTempView("passing") and not catalog.dropTempView("passing")
    assert catalog.dropGlobalTempView("shared_view")
    assert not catalog.dropGlobalTempView("shared_view")
    catalog.dropView("kept")
    refused("TABLE_OR_VIEW_NOT_FOUND", catalog.dropView, "kept")
    catalog.dropView("kept", ifExists=True)


def test_functions(spark, database):
    catalog = spark.catalog
    spark.udf.register("of_python", lambda x: x)
    spark.sql("CREATE FUNCTION plus_one(x INT) RETURNS INT RETURN x + 1")
    listed = {f.name: f.isTemporary for f in catalog.listFunctions(pattern="of_py*|plus_one")}
    assert listed == {"of_python": True, "plus_one": False}
    assert catalog.getFunction("plus_one").namespace == [database]
    assert catalog.getFunction("of_python").isTemporary
    assert catalog.functionExists("system.builtin.count")
    assert not catalog.functionExists("none")
    parameters = refused("UNRESOLVED_ROUTINE", catalog.getFunction, "elsewhere.none")
    assert parameters["routineName"] == "`elsewhere`.`none`"
    assert "`spark_catalog`.`catalog_calls`" in parameters["searchPath"]


def test_partitions(spark, database, tmp_path):
    catalog = spark.catalog
    folder = str(tmp_path / "c")
    spark.range(4).selectExpr("id % 2 AS k", "id AS v").write.partitionBy("k").csv(folder)
    spark.sql(
        f"CREATE TABLE p (k BIGINT, v BIGINT) USING csv OPTIONS (path '{folder}') "
        "PARTITIONED BY (k)"
    )
    catalog.recoverPartitions("p")
    assert spark.table("p").count() == 4
    assert [p.partition for p in catalog.listPartitions("p")] == ["k=0", "k=1"]
    catalog.createTable("flat", schema=ONE_COLUMN, source="parquet")
    parameters = refused("NOT_A_PARTITIONED_TABLE", catalog.recoverPartitions, "flat")
    assert parameters["operation"] == "ALTER TABLE RECOVER PARTITIONS"
    spark.sql("CREATE TABLE versioned (a INT, b STRING) USING delta PARTITIONED BY (b)")
    refused("NOT_SUPPORTED_COMMAND_FOR_V2_TABLE", catalog.recoverPartitions, "versioned")


def test_texts_and_missing_tables(spark, database):
    catalog = spark.catalog
    spark.sql("CREATE TABLE t (a INT) USING parquet TBLPROPERTIES ('k' = 'v')")
    assert catalog.getTableProperties("t")["k"] == "v"
    assert catalog.getCreateTableString("t").startswith("CREATE TABLE")
    refused(
        "UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE",
        catalog.getCreateTableString,
        "t",
        True,
    )
    catalog.analyzeTable("t")
    catalog.analyzeTable("t", noScan=True)
    for call in ("getTable", "getTableProperties", "listPartitions", "analyzeTable"):
        parameters = refused("TABLE_OR_VIEW_NOT_FOUND", getattr(catalog, call), "none")
        assert parameters["relationName"] == "`none`" and "searchPath" in parameters
    catalog.dropTable("none", ifExists=True)
    catalog.dropTable("t", purge=True)
    assert not catalog.tableExists("t")


def test_storage_levels(spark, database):
    catalog = spark.catalog
    catalog.createTable("t", schema=ONE_COLUMN)
    assert not catalog.isCached("t")
    catalog.cacheTable("t", StorageLevel.DISK_ONLY)
    assert catalog.isCached("t")
    assert spark.table("t").storageLevel == StorageLevel.DISK_ONLY
    catalog.uncacheTable("t")
    catalog.cacheTable("t", StorageLevel.OFF_HEAP)
    assert spark.table("t").storageLevel == StorageLevel.OFF_HEAP
    catalog.clearCache()
    assert not catalog.isCached("t")


@pytest.mark.parametrize("source", ["delta", "parquet"])
def test_a_cached_table_follows_what_is_written(spark, database, source):
    spark.catalog.createTable("t", schema=ONE_COLUMN, source=source)
    spark.catalog.cacheTable("t")
    assert spark.table("t").count() == 0
    spark.sql("INSERT INTO t VALUES (1)")
    assert spark.table("t").count() == 1 and spark.catalog.isCached("t")


@pytest.mark.parametrize("by_path", [False, True])
def test_a_cached_table_keeps_its_rows_until_it_is_refreshed(spark, database, tmp_path, by_path):
    folder = str(tmp_path / "t")
    spark.sql(f"CREATE TABLE t (col STRING) USING text LOCATION '{folder}'")
    spark.sql("INSERT INTO t SELECT 'abc'")
    spark.catalog.cacheTable("t")
    assert spark.table("t").count() == 1
    shutil.rmtree(folder)
    os.mkdir(folder)
    assert spark.table("t").count() == 1
    if by_path:
        spark.catalog.refreshByPath(folder)
    else:
        spark.catalog.refreshTable("t")
    assert spark.table("t").count() == 0


def test_a_cached_frame_of_files(spark, tmp_path):
    folder = str(tmp_path / "p")
    spark.range(3).write.parquet(folder)
    frame = spark.read.parquet(folder).filter("id > 0").cache()
    assert frame.count() == 2
    spark.range(30).write.mode("append").parquet(folder)
    assert frame.count() == 31
    frame.unpersist()
    assert frame.storageLevel == StorageLevel.NONE


def test_options_tell_cached_frames_apart(spark, tmp_path):
    path = str(tmp_path / "x.csv")
    with open(path, "w") as out:
        out.write("a;b\n1;2\n")
    plain = spark.read.csv(path).cache()
    assert [r[0] for r in plain.collect()] == ["a;b", "1;2"]
    upper = spark.read.option("comment", "a").csv(path)
    assert [r[0] for r in upper.collect()] == ["1;2"]
    assert not plain.sameSemantics(upper)
    plain.unpersist()
