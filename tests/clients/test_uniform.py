"""Delta tables that readers of Iceberg see, too (UniForm): pyiceberg reads what Delta reads."""

import datetime
import decimal
import json
import math
import os

import pyarrow
import pytest
from pyiceberg.table import StaticTable

from tests.support.s3 import folder_of

PROPERTIES = (
    "TBLPROPERTIES ('delta.columnMapping.mode' = 'name', 'delta.enableIcebergCompatV2' = 'true',"
    " 'delta.universalFormat.enabledFormats' = 'iceberg')"
)


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def static(path):
    """The table as pyiceberg opens it."""
    keys = {
        "s3.endpoint": os.environ.get("AWS_ENDPOINT_URL"),
        "s3.access-key-id": os.environ.get("AWS_ACCESS_KEY_ID"),
        "s3.secret-access-key": os.environ.get("AWS_SECRET_ACCESS_KEY"),
    }
    return StaticTable.from_metadata(path, keys if path.startswith("s3:") else {})


def iceberg(path, snapshot_id=None):
    """The rows that pyiceberg reads, by the newest metadata, ordered."""
    rows = static(path).scan(snapshot_id=snapshot_id).to_arrow()
    return rows.sort_by(rows.column_names[0]).to_pylist()


def delta(spark, path):
    rows = spark.read.format("delta").load(path).toArrow()
    return pyarrow.table(rows).sort_by(rows.column_names[0]).to_pylist()


def agrees(spark, path):
    expected = delta(spark, path)
    found = iceberg(path)
    utc = [{k: normal(v) for k, v in row.items()} for row in found]
    assert utc == [{k: normal(v) for k, v in row.items()} for row in expected]
    return expected


def normal(value):
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.UTC)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value


def test_every_verb(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT, v STRING) {PROPERTIES}")
    assert iceberg(path) == []
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id, 'a' || id FROM range(100)")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1000, NULL)")
    assert len(agrees(spark, path)) == 101
    spark.sql(f"UPDATE delta.`{path}` SET v = 'changed' WHERE id % 10 = 0")
    agrees(spark, path)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id >= 50")
    assert len(agrees(spark, path)) == 50
    spark.sql(
        f"MERGE INTO delta.`{path}` t USING (SELECT id, 'm' v FROM range(40, 60)) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    agrees(spark, path)
    spark.sql(f"OPTIMIZE delta.`{path}`")
    agrees(spark, path)
    spark.sql(f"RESTORE TABLE delta.`{path}` TO VERSION AS OF 2")
    assert len(agrees(spark, path)) == 101


def test_snapshots_tell_what_happened_and_can_be_read(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) {PROPERTIES}")
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id FROM range(10)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id < 5")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE true")
    table = static(path)
    operations = [s.summary.operation.value for s in table.snapshots()]
    assert operations == ["append", "overwrite", "delete"]
    assert [len(iceberg(path, s.snapshot_id)) for s in table.snapshots()] == [10, 5, 0]
    assert table.properties["delta-version"] == "3"


def test_every_type(spark, path):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id INT, b BOOLEAN, y TINYINT, s SMALLINT, l BIGINT, f FLOAT,"
        " d DOUBLE, n DECIMAL(20,3), t STRING, x BINARY, day DATE, at TIMESTAMP,"
        " local TIMESTAMP_NTZ, list ARRAY<STRING>, m MAP<STRING, INT>,"
        f" r STRUCT<a: INT, deep: ARRAY<STRUCT<z: DOUBLE>>>) {PROPERTIES}"
    )
    spark.sql(
        f"INSERT INTO delta.`{path}` VALUES (1, true, 1Y, 2S, 3L, 1.5F, 2.5D, 123.456BD, 'héllo',"
        " x'00ff', DATE'2024-02-29', TIMESTAMP'2024-02-29 12:34:56.789123Z',"
        " TIMESTAMP_NTZ'1969-12-31 23:59:59.999999', array('a', NULL), map('k', 1),"
        " named_struct('a', 7, 'deep', array(named_struct('z', 0.5D)))),"
        " (2, false, -1Y, -2S, -3L, float('nan'), double('-inf'), -0.001BD, '', x'', NULL, NULL,"
        " NULL, array(), map(), NULL)"
    )
    rows = agrees(spark, path)
    assert rows[0]["n"] == decimal.Decimal("123.456")


def test_statistics_prune_and_never_hide_a_row(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT, t STRING, at TIMESTAMP) {PROPERTIES}")
    for start in (0, 100):
        spark.sql(
            f"INSERT INTO delta.`{path}` SELECT id, repeat('y', 40) || id,"
            f" timestamp_micros(1700000000123456 + id) FROM range({start}, {start + 100})"
        )
    table = static(path)
    assert len(list(table.scan(row_filter="id < 50").plan_files())) == 1
    assert table.scan(row_filter="id >= 150").to_arrow().num_rows == 50
    found = table.scan(row_filter=f"t = '{'y' * 40}199'").to_arrow()
    assert found["id"].to_pylist() == [199]
    found = table.scan(row_filter="at > '2023-11-14T22:13:20.123654+00:00'").to_arrow()
    assert found["id"].to_pylist() == [199]


def test_partitions_and_strange_names(spark, path):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id INT, `p q` STRING, n DECIMAL(5,2), day DATE)"
        f" USING delta PARTITIONED BY (`p q`, n, day) {PROPERTIES}"
    )
    spark.sql(
        f"INSERT INTO delta.`{path}` VALUES (1, 'a/b %20é', 1.50, DATE'1969-12-31'),"
        " (2, NULL, NULL, NULL), (3, 'x=y', -99.99, DATE'2024-01-01')"
    )
    agrees(spark, path)
    table = static(path)
    assert len(list(table.scan(row_filter="n < 0").plan_files())) == 1
    spark.sql(f"DELETE FROM delta.`{path}` WHERE n = 1.5")
    assert len(agrees(spark, path)) == 2


def test_columns_are_renamed_added_dropped(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, a INT, b ARRAY<INT>) {PROPERTIES}")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 10, array(1))")
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN a TO c")
    agrees(spark, path)
    spark.sql(f"ALTER TABLE delta.`{path}` ADD COLUMN d MAP<STRING, INT>")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, 20, NULL, map('x', 2))")
    agrees(spark, path)
    spark.sql(f"ALTER TABLE delta.`{path}` DROP COLUMN b")
    rows = agrees(spark, path)
    assert list(rows[0]) == ["id", "c", "d"]
    assert len(static(path).schemas()) == 4


def test_enabled_on_a_table_that_has_rows(spark, path):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id BIGINT) TBLPROPERTIES"
        " ('delta.columnMapping.mode' = 'name')"
    )
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id FROM range(10)")
    assert not (folder_of(path) / "metadata").exists()
    spark.sql(
        f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.enableIcebergCompatV2' = 'true',"
        " 'delta.universalFormat.enabledFormats' = 'iceberg')"
    )
    assert len(agrees(spark, path)) == 10


def test_versions_of_other_writers_are_made_up_for(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) {PROPERTIES}")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1)")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2)")
    metadata = folder_of(path) / "metadata"
    (metadata / "v2.metadata.json").unlink()
    (metadata / "version-hint.text").write_text("1")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    assert agrees(spark, path) == [{"id": 2}]


def test_a_failure_spares_the_commit_and_is_shown(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) {PROPERTIES}")
    hint = folder_of(path) / "metadata" / "version-hint.text"
    good = folder_of(path) / "metadata" / "v0.metadata.json"
    text = good.read_text()
    good.write_text("{")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1)")
    assert delta(spark, path) == [{"id": 1}]
    assert hint.read_text() == "0"
    good.write_text(text)
    state = spark.sql(f"DESCRIBE DETAIL delta.`{path}`").collect()[0]["properties"]
    assert state["delta_uniform.iceberg.converted_delta_version"] == "0"
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2)")
    assert len(agrees(spark, path)) == 2
    state = spark.sql(f"DESCRIBE DETAIL delta.`{path}`").collect()[0]["properties"]
    assert state["delta_uniform.iceberg.converted_delta_version"] == "2"
    assert state["delta_uniform.iceberg.metadata_location"].endswith("v2.metadata.json")


def test_describe_extended_shows_what_readers_see(spark):
    spark.sql(f"CREATE OR REPLACE TABLE seen (id BIGINT) USING delta {PROPERTIES}")
    rows = {r.col_name: r.data_type for r in spark.sql("DESCRIBE EXTENDED seen").collect()}
    assert rows["Converted Delta Version"] == "0"
    assert rows["Metadata Location"].endswith("/metadata/v0.metadata.json")
    spark.sql("DROP TABLE seen")


def test_vacuum_leaves_the_metadata_alone(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) {PROPERTIES}")
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id FROM range(10)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql(f"VACUUM delta.`{path}` RETAIN 0 HOURS")
    spark.conf.unset("spark.databricks.delta.retentionDurationCheck.enabled")
    assert len(agrees(spark, path)) == 9


@pytest.mark.parametrize(
    "properties",
    [
        {"delta.columnMapping.mode": "name"},
        {"delta.enableIcebergCompatV2": "true", "delta.enableDeletionVectors": "true"},
    ],
)
def test_what_iceberg_needs_must_be_enabled(spark, path, properties):
    given = {**properties, "delta.universalFormat.enabledFormats": "iceberg"}
    listed = ", ".join(f"'{k}' = '{v}'" for k, v in given.items())
    with pytest.raises(Exception) as caught:
        spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) TBLPROPERTIES ({listed})")
    assert caught.value.getCondition().startswith("DELTA_")
    assert not (folder_of(path) / "_delta_log" / "00000000000000000000.json").exists()


def test_metadata_names_the_delta_version(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT) {PROPERTIES}")
    text = (folder_of(path) / "metadata" / "v0.metadata.json").read_text()
    metadata = json.loads(text)
    assert metadata["format-version"] == 2
    assert metadata["properties"]["delta-version"] == "0"
    assert int(metadata["properties"]["delta-timestamp"]) > 0
