"""Schemas that grow with the data: MERGE WITH SCHEMA EVOLUTION, autoMerge, mergeSchema."""

import deltalake
import pytest
from delta.tables import DeltaTable

from tests.support.delta import theirs

AUTO_MERGE = "spark.databricks.delta.schema.autoMerge.enabled"


@pytest.fixture(params=["rewrite", "vectors", "mapped"])
def path(spark, table_root, request):
    where = f"{table_root}/table"
    properties = {
        "rewrite": "'delta.enableChangeDataFeed' = 'true'",
        "vectors": "'delta.enableDeletionVectors' = 'true'",
        "mapped": "'delta.columnMapping.mode' = 'name'",
    }[request.param]
    spark.sql(f"CREATE TABLE delta.`{where}` (id INT, v INT) TBLPROPERTIES ({properties})")
    spark.sql(f"INSERT INTO delta.`{where}` VALUES (1, 1), (2, 2), (3, 3)")
    return where


def test_merge_adds_the_columns_that_the_source_has(spark, path):
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO delta.`{path}` t"
        " USING (SELECT 2 AS id, 'new' AS note UNION ALL SELECT 9, 'nine') s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    assert theirs(path) == [(1, 1, None), (2, 2, "new"), (3, 3, None), (9, None, "nine")]
    fields = [field.name for field in deltalake.DeltaTable(path).schema().fields]
    assert fields == ["id", "v", "note"]


def test_merge_adds_only_columns_that_a_clause_assigns(spark, path):
    spark.conf.set(AUTO_MERGE, "true")
    try:
        source = "(SELECT 2 AS id, 'x' AS a, 'y' AS b)"
        spark.sql(
            f"MERGE INTO delta.`{path}` t USING {source} s ON t.id = s.id"
            " WHEN MATCHED THEN UPDATE SET t.a = s.a"
        )
    finally:
        spark.conf.unset(AUTO_MERGE)
    assert theirs(path) == [(1, 1, None), (2, 2, "x"), (3, 3, None)]


def test_merge_keeps_the_schema_unless_asked(spark, path):
    merge = (
        f"MERGE INTO delta.`{path}` t USING (SELECT 2 AS id, 5 AS v, 'x' AS a) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET *"
    )
    spark.sql(merge)
    assert theirs(path) == [(1, 1), (2, 5), (3, 3)]
    with pytest.raises(Exception, match="UNRESOLVED"):
        spark.sql(merge.replace("SET *", "SET t.a = s.a"))


def test_the_python_builder_evolves_too(spark, path):
    source = spark.createDataFrame([(3, 30, 0.5)], "id INT, v INT, w DOUBLE")
    merge = DeltaTable.forPath(spark, path).alias("t").merge(source.alias("s"), "t.id = s.id")
    merge.withSchemaEvolution().whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
    assert theirs(path) == [(1, 1, None), (2, 2, None), (3, 30, 0.5)]


def test_appends_add_columns_with_merge_schema(spark, path):
    frame = spark.createDataFrame([(4, "x")], "id INT, note STRING")
    writer = frame.write.format("delta").mode("append")
    with pytest.raises(Exception, match="DELTA_METADATA_MISMATCH"):
        writer.save(path)
    writer.option("mergeSchema", "true").save(path)
    assert theirs(path)[-1] == (4, None, "x")
