"""icebergCompatV1 and V2: what the tables keep to, and how a table gets there."""

import json
import os

import pyarrow.parquet as pq
import pytest

from tests.support.s3 import folder_of

VIOLATION = "DELTA_ICEBERG_COMPAT_VIOLATION."


def create(spark, path, columns, version=2, partition="", **properties):
    text = "".join(f", '{key}' = '{value}'" for key, value in properties.items())
    spark.sql(
        f"CREATE TABLE delta.`{path}` ({columns}) USING delta {partition}"
        f" TBLPROPERTIES ('delta.enableIcebergCompatV{version}' = true{text})"
    )


def refused(spark, sql, kind):
    with pytest.raises(Exception, match=VIOLATION.replace(".", r"\.") + kind) as caught:
        spark.sql(sql)
    assert caught.value.getSqlState() == "KD00E"


def features(spark, path):
    return set(spark.sql(f"DESCRIBE DETAIL delta.`{path}`").collect()[0]["tableFeatures"])


def field_ids(path):
    """Field ids by the dotted physical path, of all files of the table's newest version."""
    found = []
    for name in sorted(folder_of(path).glob("*.parquet")):
        ids = {}

        def visit(field, prefix, ids=ids):
            key = (field.metadata or {}).get(b"PARQUET:field_id")
            ids[prefix + field.name] = int(key) if key else None
            for i in range(field.type.num_fields):
                visit(field.type.field(i), prefix + field.name + ".", ids)

        for field in pq.read_schema(name):
            visit(field, "")
        found.append(ids)
    return found


@pytest.mark.parametrize("version", [1, 2])
def test_new_tables_map_columns(spark, table_root, version):
    path = f"{table_root}/t"
    create(spark, path, "a INT, s STRUCT<x: INT>", version)
    assert {f"icebergCompatV{version}", "columnMapping"} <= features(spark, path)
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, struct(2))")
    assert [tuple(r) for r in spark.sql(f"SELECT a, s.x FROM delta.`{path}`").collect()] == [(1, 2)]


def test_types(spark, table_root):
    refused_in_v1 = ["m ARRAY<INT>", "m MAP<STRING, INT>", "m STRUCT<x: ARRAY<INT>>"]
    for i, column in enumerate(refused_in_v1):
        with pytest.raises(Exception, match="UNSUPPORTED_DATA_TYPE"):
            create(spark, f"{table_root}/a{i}", column, 1)
        create(spark, f"{table_root}/b{i}", column, 2)
    with pytest.raises(Exception, match="UNSUPPORTED_DATA_TYPE"):
        create(spark, f"{table_root}/c", "v VARIANT", 2)
    path = f"{table_root}/d"
    create(spark, path, "a INT")
    refused(spark, f"ALTER TABLE delta.`{path}` ADD COLUMNS (v VARIANT)", "UNSUPPORTED_DATA_TYPE")


def test_what_does_not_go_together(spark, table_root):
    with pytest.raises(Exception, match="VERSION_MUTUAL_EXCLUSIVE"):
        create(spark, f"{table_root}/a", "a INT", 2, **{"delta.enableIcebergCompatV1": "true"})
    with pytest.raises(Exception, match="DELETION_VECTORS_SHOULD_BE_DISABLED"):
        create(spark, f"{table_root}/b", "a INT", 2, **{"delta.enableDeletionVectors": "true"})
    with pytest.raises(Exception, match="WRONG_REQUIRED_TABLE_PROPERTY"):
        create(spark, f"{table_root}/c", "a INT", 2, **{"delta.columnMapping.mode": "none"})
    path = f"{table_root}/d"
    create(spark, path, "a INT")
    refused(
        spark,
        f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)",
        "DELETION_VECTORS_SHOULD_BE_DISABLED",
    )


def test_elements_have_ids(spark, table_root):
    path = f"{table_root}/t"
    create(spark, path, "a INT, l ARRAY<ARRAY<INT>>, m MAP<STRING, STRUCT<x: INT>>")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, array(array(2)), map('k', struct(3)))")
    (ids,) = field_ids(path)
    # The group of a map's entries, which repeats the map's name, is no column.
    columns = [name for name in ids if name.split(".")[-1] not in name.split(".")[-2:-1]]
    numbers = [ids[name] for name in columns]
    assert None not in numbers, ids
    assert len(set(numbers)) == len(numbers)
    rows = spark.sql(f"SELECT l[0][0], m['k'].x FROM delta.`{path}`").collect()
    assert [tuple(r) for r in rows] == [(2, 3)]


@pytest.mark.parametrize("vectors", [False, True])
def test_upgrade(spark, table_root, vectors):
    path = f"{table_root}/t"
    t = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {t} (a INT, l ARRAY<INT>) USING delta"
        f" TBLPROPERTIES ('delta.enableDeletionVectors' = {str(vectors).lower()})"
    )
    for i in range(3):
        spark.range(i * 10, i * 10 + 10).selectExpr(
            "CAST(id AS INT) AS a", "array(CAST(id AS INT)) AS l"
        ).coalesce(1).write.format("delta").mode("append").save(path)
    spark.sql(f"DELETE FROM {t} WHERE a = 5")
    before = sorted(tuple(r) for r in spark.sql(f"SELECT a, l[0] FROM {t}").collect())
    spark.sql(f"REORG TABLE {t} APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 2))")
    assert sorted(tuple(r) for r in spark.sql(f"SELECT a, l[0] FROM {t}").collect()) == before
    properties = dict(
        tuple(row) for row in spark.sql(f"SHOW TBLPROPERTIES {t}").select("key", "value").collect()
    )
    assert properties["delta.enableIcebergCompatV2"] == "true"
    assert properties["delta.universalFormat.enabledFormats"] == "iceberg"
    assert properties.get("delta.enableDeletionVectors", "false") == "false"
    live = {os.path.basename(name) for name in spark.read.format("delta").load(path).inputFiles()}
    for name in live:
        schema = pq.read_schema(folder_of(path) / name)
        element = schema.field(1).type.field(0)
        assert element.metadata[b"PARQUET:field_id"]
    # The table goes on to be written, and may be upgraded again without a change.
    spark.sql(f"INSERT INTO {t} VALUES (100, array(1))")
    spark.sql(f"UPDATE {t} SET a = 101 WHERE a = 100")
    with sorted(folder_of(path).glob("_delta_log/*.json"))[-1].open() as log:
        assert not any("deletionVector" in json.loads(line).get("add", {}) for line in log)
    spark.sql(f"REORG TABLE {t} APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 2))")
    assert spark.sql(f"SELECT count(*) FROM {t}").collect()[0][0] == 30


def test_from_one_version_to_the_next(spark, table_root):
    path = f"{table_root}/t"
    t = f"delta.`{path}`"
    create(spark, path, "a INT", 1)
    spark.sql(f"INSERT INTO {t} VALUES (1)")
    refused(
        spark,
        f"ALTER TABLE {t} SET TBLPROPERTIES"
        " ('delta.enableIcebergCompatV1' = false, 'delta.enableIcebergCompatV2' = true)",
        "CHANGE_VERSION_NEED_REWRITE",
    )
    spark.sql(f"REORG TABLE {t} APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 2))")
    assert spark.sql(f"SELECT a FROM {t}").collect()[0][0] == 1


def test_unknown_version(spark, table_root):
    path = f"{table_root}/t"
    spark.sql(f"CREATE TABLE delta.`{path}` (a INT) USING delta")
    refused(
        spark,
        f"REORG TABLE delta.`{path}` APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 9))",
        "COMPAT_VERSION_NOT_SUPPORTED",
    )
