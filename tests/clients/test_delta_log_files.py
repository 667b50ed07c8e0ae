"""What commits leave beside the log: checksums, V2 checkpoints, vacuum state; writes made once."""

import concurrent.futures
import json
import os
import pathlib
import time

import deltalake
import pytest
from delta.tables import DeltaTable

from tests.support.delta import actions, refused, theirs
from tests.support.s3 import folder_of
from tests.support.server import Server, connect


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def make(spark, path, properties):
    pairs = ", ".join(f"'{k}' = '{v}'" for k, v in properties.items())
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, v STRING) TBLPROPERTIES ({pairs})")


def test_every_commit_has_a_checksum(spark, path):
    make(spark, path, {"delta.enableDeletionVectors": "true"})
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a'), (2, 'b')")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    folder = folder_of(path).joinpath("_delta_log")
    sums = [json.loads(f.read_text()) for f in sorted(folder.glob("*.crc"))]
    assert len(sums) == 3
    assert [s["numFiles"] for s in sums] == [0, 1, 1]
    assert sums[2]["numDeletedRecordsOpt"] == 1 and sums[2]["numDeletionVectorsOpt"] == 1
    assert sums[2]["tableSizeBytes"] == actions(path, "add")[-1]["size"]
    assert sums[2]["metadata"]["id"] == actions(path, "metaData")[0]["id"]
    assert sums[2]["protocol"]["minWriterVersion"] == 7
    assert sums[2]["txnId"] == actions(path, "commitInfo")[-1]["txnId"]


def test_v2_checkpoints_with_sidecars(spark, path):
    properties = {"delta.checkpointPolicy": "v2", "delta.checkpointInterval": "2"}
    make(spark, path, properties)
    for i in range(4):
        spark.sql(f"INSERT INTO delta.`{path}` VALUES ({i}, 'x')")
    folder = folder_of(path).joinpath("_delta_log")
    tops = sorted(folder.glob("*.checkpoint.*.parquet"))
    assert [int(t.name[:20]) for t in tops] == [2, 4]
    assert len(list((folder / "_sidecars").glob("*.parquet"))) == 2
    hint = json.loads((folder / "_last_checkpoint").read_text())
    assert hint["version"] == 4 and len(hint["checksum"]) == 32 and hint["numOfAddFiles"] == 4
    assert len(theirs(path)) == 4
    for version in range(4):  # the checkpoint alone has to do
        (folder / f"{version:020d}.json").unlink()
    with Server() as fresh:
        session = connect(fresh.remote)
        rows = session.sql(f"SELECT id FROM delta.`{path}` ORDER BY id").collect()
        assert [r["id"] for r in rows] == [0, 1, 2, 3]
        session.stop()
    assert len(theirs(path)) == 4


def test_a_wrong_hint_is_not_believed(spark, path):
    make(spark, path, {"delta.checkpointInterval": "2"})
    for i in range(5):
        spark.sql(f"INSERT INTO delta.`{path}` VALUES ({i}, 'x')")
    hint = folder_of(path).joinpath("_delta_log", "_last_checkpoint")
    told = json.loads(hint.read_text())
    for wrong in ({**told, "version": 2}, {**told, "version": 99}, "nonsense", {}):
        hint.write_text(wrong if isinstance(wrong, str) else json.dumps(wrong))
        with Server() as fresh:
            session = connect(fresh.remote)
            assert session.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 5
            session.stop()


# ---- VACUUM


def age(path, days=30):
    """Makes everything in the table's folder look old, the log's entries too."""
    then = time.time() - days * 86400
    for file in folder_of(path).rglob("*"):
        os.utime(file, (then, then))


def data_files(path):
    return {str(f) for f in folder_of(path).rglob("*.parquet") if "_delta_log" not in str(f)}


def test_vacuum_lite_deletes_what_the_log_removed(spark, path):
    spark.sql("SET spark.databricks.delta.retentionDurationCheck.enabled = false")
    make(spark, path, {"a": "b"})
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a'), (2, 'b')")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    stray = folder_of(path).joinpath("stray.parquet")
    stray.write_text("left behind")
    before = data_files(path)
    age(path)
    dry = spark.sql(f"VACUUM delta.`{path}` LITE RETAIN 0 HOURS DRY RUN").collect()
    assert len(dry) == 1 and data_files(path) == before
    spark.sql(f"VACUUM delta.`{path}` LITE RETAIN 0 HOURS").collect()
    live = {a["path"] for a in actions(path, "add")[-1:]}
    assert {pathlib.Path(f).name for f in data_files(path)} == live | {"stray.parquet"}
    assert (folder_of(path).joinpath("_delta_log", "_last_vacuum_info")).exists()
    spark.sql(f"VACUUM delta.`{path}` RETAIN 0 HOURS").collect()
    assert not stray.exists()
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 1


def test_vacuum_lite_needs_the_log(spark, path):
    make(spark, path, {"delta.checkpointInterval": "2"})
    for i in range(5):
        spark.sql(f"INSERT INTO delta.`{path}` VALUES ({i}, 'x')")
    age(path)
    for version in range(3):
        folder_of(path).joinpath("_delta_log", f"{version:020d}.json").unlink()
    assert refused(spark, f"VACUUM delta.`{path}` LITE") == "DELTA_CANNOT_VACUUM_LITE"


def test_vacuum_takes_an_inventory(spark, path):
    make(spark, path, {"a": "b"})
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a')")
    old = folder_of(path).joinpath("old 1%.parquet")
    unlisted = folder_of(path).joinpath("unlisted.parquet")
    for file in (old, unlisted):
        file.write_text("x")
    age(path)
    listed = [
        (f"{path}/{f.name}", f.stat().st_size, False, int(f.stat().st_mtime * 1000))
        for f in [old, *map(pathlib.Path, data_files(path) - {str(unlisted), str(old)})]
    ]
    columns = "path STRING, length BIGINT, isDir BOOLEAN, modificationTime BIGINT"
    spark.createDataFrame(listed, columns).createOrReplaceTempView("inventory")
    spark.sql(f"VACUUM delta.`{path}` USING INVENTORY inventory").collect()
    assert not old.exists() and unlisted.exists()
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 1
    wrong = f"VACUUM delta.`{path}` USING INVENTORY (SELECT 'x' AS path)"
    assert refused(spark, wrong) == "DELTA_INVALID_INVENTORY_SCHEMA"


# ---- writes


def test_a_write_is_made_once_per_application_version(spark, path):
    frame = spark.createDataFrame([(1, "a")], "id INT, v STRING")

    def write(version):
        writer = frame.write.format("delta").mode("append").option("txnAppId", "job")
        writer.option("txnVersion", version).save(path)

    for version in (1, 1, 2, 1, 2, 3):
        write(version)
    assert spark.read.format("delta").load(path).count() == 3
    spark.sql("SET spark.databricks.delta.write.txnAppId = sqljob")
    spark.sql("SET spark.databricks.delta.write.txnVersion = 7")
    try:
        for _ in range(3):
            spark.sql(f"UPDATE delta.`{path}` SET id = id + 1")
            spark.sql(f"INSERT INTO delta.`{path}` VALUES (9, 'z')")
    finally:
        spark.sql("RESET spark.databricks.delta.write.txnAppId")
        spark.sql("RESET spark.databricks.delta.write.txnVersion")
    assert sorted(r["id"] for r in spark.read.format("delta").load(path).collect()) == [2, 2, 2]
    alone = frame.write.format("delta").mode("append").option("txnAppId", "job")
    with pytest.raises(Exception) as caught:
        alone.save(path)
    assert caught.value.getCondition() == "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS"


def test_records_per_file_and_user_metadata(spark, path):
    frame = spark.range(100)
    frame.write.format("delta").option("maxRecordsPerFile", 30).save(path)
    assert sorted(json.loads(a["stats"])["numRecords"] for a in actions(path, "add")) == [
        10,
        30,
        30,
        30,
    ]
    spark.sql("SET spark.databricks.delta.commitInfo.userMetadata = nightly run")
    spark.sql("SET spark.sql.files.maxRecordsPerFile = 60")
    try:
        spark.sql(f"INSERT INTO delta.`{path}` SELECT id FROM range(100)")
        spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 5")
    finally:
        spark.sql("RESET spark.databricks.delta.commitInfo.userMetadata")
        spark.sql("RESET spark.sql.files.maxRecordsPerFile")
    infos = actions(path, "commitInfo")
    assert [i.get("userMetadata") for i in infos] == [None, "nightly run", "nightly run"]
    assert json.loads(actions(path, "add")[4]["stats"])["numRecords"] == 60


def test_small_files_are_compacted_after_writes(spark, path):
    make(spark, path, {"delta.autoOptimize.autoCompact": "true"})
    spark.sql("SET spark.databricks.delta.autoCompact.minNumFiles = 4")
    try:
        for i in range(4):
            spark.sql(f"INSERT INTO delta.`{path}` VALUES ({i}, 'x')")
    finally:
        spark.sql("RESET spark.databricks.delta.autoCompact.minNumFiles")
    assert spark.sql(f"DESCRIBE DETAIL delta.`{path}`").first()["numFiles"] == 1
    last = actions(path, "commitInfo")[-1]
    assert last["operation"] == "OPTIMIZE" and last["operationParameters"]["auto"] == "true"
    assert spark.read.format("delta").load(path).count() == 4


# ---- row-level concurrency


def test_writers_of_different_rows_do_not_conflict(spark, server, path):
    make(spark, path, {"delta.enableDeletionVectors": "true", "delta.enableRowTracking": "true"})
    spark.sql(f"INSERT INTO delta.`{path}` SELECT /*+ REPARTITION(1) */ id, 'v' FROM range(1000)")

    def delete(worker):
        session = connect(server.remote)
        try:
            for i in range(10):
                session.sql(f"DELETE FROM delta.`{path}` WHERE id = {worker * 100 + i}").collect()
        finally:
            session.stop()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(delete, range(4)))
    left = {r["id"] for r in spark.read.format("delta").load(path).collect()}
    assert left == set(range(1000)) - {w * 100 + i for w in range(4) for i in range(10)}
    assert deltalake.DeltaTable(path).version() == 41


# ---- MERGE and structs


def test_merge_adds_fields_inside_structs(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, s STRUCT<a: INT, n: STRUCT<x: INT>>)")
    spark.sql(
        f"INSERT INTO delta.`{path}` VALUES (1, named_struct('a', 1, 'n', named_struct('x', 1)))"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, NULL)")
    source = (
        "SELECT id, named_struct('n', named_struct('y', 'new', 'x', 7), 'b', 2.5D) s"
        " FROM VALUES (1), (3) AS v(id)"
    )
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO delta.`{path}` t USING ({source}) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    table = DeltaTable.forPath(spark, path).toDF()
    kind = table.schema["s"].dataType.simpleString()
    assert kind == "struct<a:int,n:struct<x:int,y:string>,b:double>"
    rows = {r["id"]: r["s"] for r in table.collect()}
    assert rows[1].asDict(True) == {"a": 1, "n": {"x": 7, "y": "new"}, "b": 2.5}
    assert rows[2] is None
    assert rows[3].asDict(True) == {"a": None, "n": {"x": 7, "y": "new"}, "b": 2.5}
    assert len(theirs(path)) == 3


def test_history_tells_what_each_statement_did(spark, path):
    make(spark, path, {"delta.enableDeletionVectors": "true"})
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id, 'v' FROM range(100)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id < 10")
    spark.sql(f"UPDATE delta.`{path}` SET v = 'w' WHERE id = 50")
    spark.sql(
        f"MERGE INTO delta.`{path}` t USING (VALUES (60), (200)) s(k) ON t.id = s.k"
        " WHEN MATCHED THEN UPDATE SET v = 'm' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.k)"
    )
    spark.sql(f"OPTIMIZE delta.`{path}`")
    spark.sql(f"RESTORE TABLE delta.`{path}` TO VERSION AS OF 1")
    spark.sql(f"INSERT OVERWRITE delta.`{path}` VALUES (1, 'x')")
    history = spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()
    told = {r["operation"]: r["operationMetrics"] for r in reversed(history)}
    assert told["DELETE"]["numDeletedRows"] == "10"
    assert told["DELETE"]["numDeletionVectorsAdded"] == "1"
    assert told["UPDATE"]["numUpdatedRows"] == "1" and int(told["UPDATE"]["numAddedBytes"]) > 0
    merge = told["MERGE"]
    assert merge["numTargetRowsMatchedUpdated"] == "1" and merge["numTargetRowsInserted"] == "1"
    assert int(merge["numTargetBytesAdded"]) > 0 and int(merge["executionTimeMs"]) >= 0
    optimize = told["OPTIMIZE"]
    assert optimize["numRemovedFiles"] == "3" and optimize["numDeletionVectorsRemoved"] == "1"
    assert optimize["minFileSize"] == optimize["maxFileSize"] == optimize["numAddedBytes"]
    assert told["RESTORE"]["numOfFilesAfterRestore"] == "1"
    assert told["WRITE"]["numRemovedFiles"] == "1" and told["WRITE"]["numOutputRows"] == "1"
