"""Tables made of Parquet files, manifests, features that leave a table, columns replaced."""

import json

import deltalake
import pytest
from delta.tables import DeltaTable

from tests.support.delta import actions, refused, theirs
from tests.support.s3 import folder_of


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def parquet_folder(spark, path):
    frame = spark.sql(
        "SELECT id, named_struct('x', cast(id AS INT), 'y', 'v' || id) s, cast(id AS DOUBLE) d,"
        " timestamp'2024-01-01 00:00:00.123456' + make_interval(0,0,0,0,0,0,id) t,"
        " cast(id % 3 AS INT) p, CASE WHEN id % 2 = 0 THEN 'a b%/c' END q FROM range(12)"
    )
    frame.write.partitionBy("p", "q").parquet(path)
    return frame


def test_convert_partitioned_parquet(spark, path):
    frame = parquet_folder(spark, path)
    spark.sql(f"CONVERT TO DELTA parquet.`{path}` PARTITIONED BY (p INT, q STRING)")
    table = spark.read.format("delta").load(path)
    order = frame.columns
    assert sorted(map(str, table.select(order).collect())) == sorted(map(str, frame.collect()))
    assert table.schema["p"].dataType.simpleString() == "int"
    adds = actions(path, "add")
    assert {a["partitionValues"]["q"] for a in adds} == {"a b%/c", None}
    stats = json.loads(
        next(a for a in adds if a["partitionValues"] == {"p": "1", "q": None})["stats"]
    )
    assert stats["numRecords"] == 2
    assert stats["minValues"]["id"] == 1 and stats["maxValues"]["s"]["y"] == "v7"
    assert stats["maxValues"]["t"] == "2024-01-01T00:00:07.123Z"
    assert stats["nullCount"]["s"] == {"x": 0, "y": 0}
    assert len(theirs(path)) == 12
    info = actions(path, "commitInfo")[0]
    assert info["operation"] == "CONVERT"
    assert info["operationMetrics"]["numConvertedFiles"] == str(len(adds))
    spark.sql(f"CONVERT TO DELTA parquet.`{path}`")  # it is one already
    assert deltalake.DeltaTable(path).version() == 0
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (99, NULL, NULL, NULL, 7, 'z')")
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}` WHERE p = 7").first()[0] == 1


def test_convert_without_statistics_and_by_the_python_api(spark, path, table_root):
    parquet_folder(spark, path)
    spark.sql(f"CONVERT TO DELTA parquet.`{path}` NO STATISTICS PARTITIONED BY (p INT, q STRING)")
    assert not any(a.get("stats") for a in actions(path, "add"))
    assert spark.read.format("delta").load(path).count() == 12
    other = f"{table_root}/other"
    parquet_folder(spark, other)
    table = DeltaTable.convertToDelta(spark, f"parquet.`{other}`", "p INT, q STRING")
    assert table.toDF().count() == 12
    assert DeltaTable.isDeltaTable(spark, other)


def test_convert_a_table_of_the_catalog(spark):
    spark.sql("CREATE TABLE conv (id INT, p STRING) USING parquet PARTITIONED BY (p)")
    spark.sql("INSERT INTO conv VALUES (1, 'a'), (2, 'b')")
    spark.sql("CONVERT TO DELTA conv")
    assert spark.sql("DESCRIBE DETAIL conv").first()["format"] == "delta"
    spark.sql("UPDATE conv SET id = 5 WHERE p = 'a'")
    assert sorted(r["id"] for r in spark.table("conv").collect()) == [2, 5]
    spark.sql("DROP TABLE conv")


def test_convert_refuses_what_it_cannot_know(spark, path, table_root):
    parquet_folder(spark, path)
    convert = f"CONVERT TO DELTA parquet.`{path}`"
    counts = "DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME"
    assert refused(spark, convert) == counts
    assert refused(spark, convert + " PARTITIONED BY (p INT)") == counts
    wrong = convert + " PARTITIONED BY (q STRING, p INT)"
    assert refused(spark, wrong) == "DELTA_UNEXPECTED_PARTITION_COLUMN_FROM_FILE_NAME"
    text = convert + " PARTITIONED BY (p INT, q DATE)"
    assert refused(spark, text) == "DELTA_FAILED_CAST_PARTITION_VALUE"
    assert refused(spark, f"CONVERT TO DELTA csv.`{path}`") == "DELTA_CONVERT_NON_PARQUET_TABLE"
    folder_of(f"{table_root}/empty").mkdir(parents=True)
    empty = f"CONVERT TO DELTA parquet.`{table_root}/empty`"
    # A folder without objects is none on S3.
    on_s3 = table_root.startswith("s3:")
    assert refused(spark, empty) == (
        "DELTA_PATH_DOES_NOT_EXIST" if on_s3 else "DELTA_EMPTY_DIRECTORY"
    )
    missing = f"CONVERT TO DELTA parquet.`{table_root}/none`"
    assert refused(spark, missing) == "DELTA_PATH_DOES_NOT_EXIST"
    assert not folder_of(path).joinpath("_delta_log").exists()


def manifest_lines(path):
    root = folder_of(path).joinpath("_symlink_format_manifest")
    found = {}
    for file in root.rglob("manifest"):
        folder = str(file.parent.relative_to(root))
        found[folder] = [line.removeprefix("file:") for line in file.read_text().split()]
    return found


def test_manifests_name_the_files_of_each_partition(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, p STRING) PARTITIONED BY (p)")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a'), (2, 'b')")
    DeltaTable.forPath(spark, path).generate("symlink_format_manifest")
    lines = manifest_lines(path)
    assert set(lines) == {"p=a", "p=b"}
    assert all(folder_of(f).exists() for files in lines.values() for f in files)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE p = 'b'")
    assert set(manifest_lines(path)) == {"p=a", "p=b"}
    spark.sql(f"GENERATE symlink_format_manifest FOR TABLE delta.`{path}`")
    assert set(manifest_lines(path)) == {"p=a"}
    key = "delta.compatibility.symlinkFormatManifest.enabled"
    spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('{key}' = 'true')")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (3, 'c')")
    assert set(manifest_lines(path)) == {"p=a", "p=c"}
    wrong = f"GENERATE other_manifest FOR TABLE delta.`{path}`"
    assert refused(spark, wrong) == "DELTA_MODE_NOT_SUPPORTED"


def test_no_manifest_of_files_with_deletion_vectors(spark, path):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id INT)"
        " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1), (2)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    generate = f"GENERATE symlink_format_manifest FOR TABLE delta.`{path}`"
    assert refused(spark, generate) == "DELTA_UNSUPPORTED_GENERATE_WITH_DELETION_VECTORS"


# ---- DROP FEATURE


def protocol(path):
    last = actions(path, "protocol")[-1]
    return (
        last["minReaderVersion"],
        last["minWriterVersion"],
        sorted(last.get("readerFeatures", [])),
        sorted(last.get("writerFeatures", [])),
    )


def make(spark, path, properties, columns="id INT, v STRING"):
    pairs = ", ".join(f"'{k}' = '{v}'" for k, v in properties.items())
    spark.sql(f"CREATE TABLE delta.`{path}` ({columns}) TBLPROPERTIES ({pairs})")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a'), (2, 'b'), (3, 'c')")


def test_drop_deletion_vectors(spark, path):
    make(spark, path, {"delta.enableDeletionVectors": "true"})
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 2")
    DeltaTable.forPath(spark, path).dropFeatureSupport("deletionVectors")
    reader, writer, reads, writes = protocol(path)
    assert "deletionVectors" not in writes and reads == [] and reader == 1
    assert "checkpointProtection" in writes
    assert theirs(path) == [(1, "a"), (3, "c")]
    checkpoints = list(folder_of(path).joinpath("_delta_log").glob("*.checkpoint.parquet"))
    version = deltalake.DeltaTable(path).version()
    assert f"{version:020d}.checkpoint.parquet" in {c.name for c in checkpoints}
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    assert theirs(path) == [(3, "c")]
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}` VERSION AS OF 2").first()[0] == 2


def test_drop_with_history_waits(spark, path):
    make(spark, path, {"delta.enableDeletionVectors": "true"})
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 2")
    drop = f"ALTER TABLE delta.`{path}` DROP FEATURE deletionVectors TRUNCATE HISTORY"
    assert refused(spark, drop) == "DELTA_FEATURE_DROP_WAIT_FOR_RETENTION_PERIOD"
    assert refused(spark, drop) == "DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST"
    assert theirs(path) == [(1, "a"), (3, "c")]


def test_drop_column_mapping_rewrites_the_files(spark, path):
    make(spark, path, {"delta.columnMapping.mode": "name"})
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN v TO w")
    spark.sql(f"ALTER TABLE delta.`{path}` DROP FEATURE columnMapping")
    assert "columnMapping" not in protocol(path)[3]
    assert theirs(path) == [(1, "a"), (2, "b"), (3, "c")]
    assert "delta.columnMapping" not in actions(path, "metaData")[-1]["schemaString"]
    assert spark.table(f"delta.`{path}`").columns == ["id", "w"]


def test_drop_type_widening_rewrites_the_files(spark, path):
    make(spark, path, {"delta.enableTypeWidening": "true"})
    spark.sql(f"ALTER TABLE delta.`{path}` ALTER COLUMN id TYPE BIGINT")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (5000000000, 'd')")
    spark.sql(f"ALTER TABLE delta.`{path}` DROP FEATURE typeWidening")
    assert "typeWidening" not in protocol(path)[3]
    assert len(theirs(path)) == 4
    assert "typeChanges" not in actions(path, "metaData")[-1]["schemaString"]


def test_drop_writer_features(spark, path):
    make(spark, path, {"delta.enableInCommitTimestamps": "true", "delta.constraints.c": "id > 0"})
    table = f"delta.`{path}`"
    drop = f"ALTER TABLE {table} DROP FEATURE "
    assert refused(spark, drop + "checkConstraints") == "DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE"
    spark.sql(f"ALTER TABLE {table} DROP CONSTRAINT c")
    spark.sql(drop + "checkConstraints")
    spark.sql(drop + "inCommitTimestamp")
    assert protocol(path) == (1, 2, [], [])
    spark.sql(f"INSERT INTO {table} VALUES (4, 'd')")
    assert len(theirs(path)) == 4
    no_history = drop + "invariants TRUNCATE HISTORY"
    assert refused(spark, no_history) == "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE"
    assert refused(spark, drop + "rowTracking") == "DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT"
    assert refused(spark, drop + "nonsense") == "DELTA_FEATURE_DROP_UNSUPPORTED_CLIENT_FEATURE"


def test_drop_keeps_features_that_others_need(spark, path):
    make(spark, path, {"delta.feature.clustering": "supported"})
    drop = f"ALTER TABLE delta.`{path}` DROP FEATURE domainMetadata"
    assert refused(spark, drop) == "DELTA_FEATURE_DROP_DEPENDENT_FEATURE"


# ---- REPLACE COLUMNS


def test_replace_columns(spark, path):
    make(spark, path, {"a": "b"})
    table = f"delta.`{path}`"
    spark.sql(f"ALTER TABLE {table} REPLACE COLUMNS (v STRING COMMENT 'text', extra DATE, id INT)")
    assert spark.table(table).columns == ["v", "extra", "id"]
    assert spark.table(table).orderBy("id").first() == ("a", None, 1)
    replace = f"ALTER TABLE {table} REPLACE COLUMNS "
    condition = "DELTA_UNSUPPORTED_ALTER_TABLE_REPLACE_COL_OP"
    assert refused(spark, replace + "(v STRING, id INT)") == condition
    assert refused(spark, replace + "(v STRING, extra DATE, id BIGINT)") == condition
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
    spark.sql(replace + "(id INT, v STRING)")
    assert sorted(spark.table(table).collect()) == [(1, "a"), (2, "b"), (3, "c")]
