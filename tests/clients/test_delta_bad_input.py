"""Tables that are broken, and what a reader is told: a named condition, and nothing changes."""

import json
import os

import pytest

from tests.support.delta import error_of
from tests.support.s3 import folder_of
from tests.support.server import Server, connect


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def table(spark, path, inserts=3, properties="'a' = 'b'"):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, v STRING) TBLPROPERTIES ({properties})")
    for i in range(inserts):
        spark.sql(f"INSERT INTO delta.`{path}` VALUES ({i}, 'v{i}')")
    return folder_of(path).joinpath("_delta_log")


def broken(server, path):
    """What a server that has never seen the table says."""
    with Server() as fresh:
        session = connect(fresh.remote)
        error = error_of(session, f"SELECT * FROM delta.`{path}`")
        session.stop()
    return error


def entry(log, version):
    return log / f"{version:020d}.json"


def test_corrupt_commit(spark, server, path):
    log = table(spark, path)
    entry(log, 2).write_text('{"add": {"path": "x"')
    error = broken(server, path)
    assert error.getCondition() == "DELTA_MALFORMED_LOG_FILE"
    assert entry(log, 2).name in str(error)


def test_gap_in_versions(spark, server, path):
    log = table(spark, path)
    entry(log, 2).unlink()
    assert broken(server, path).getCondition() == "DELTA_VERSIONS_NOT_CONTIGUOUS"


def test_first_commit_missing(spark, server, path):
    log = table(spark, path)
    entry(log, 0).unlink()
    assert broken(server, path).getCondition() == "DELTA_TRUNCATED_TRANSACTION_LOG"


def test_no_metadata(spark, server, path):
    log = table(spark, path, inserts=0)
    lines = [x for x in entry(log, 0).read_text().splitlines() if "metaData" not in x]
    entry(log, 0).write_text("\n".join(lines) + "\n")
    error = broken(server, path)
    assert error.getCondition() == "DELTA_STATE_RECOVER_ERROR"
    assert "metadata" in str(error)


def test_protocol_without_its_features(spark, server, path):
    log = table(spark, path, inserts=0)
    protocol = {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7}}
    lines = [
        json.dumps(protocol) if "protocol" in x else x
        for x in entry(log, 0).read_text().split("\n")
    ]
    entry(log, 0).write_text("\n".join(lines))
    assert broken(server, path).getCondition() == "DELTA_INVALID_PROTOCOL_VERSION"


def test_unknown_features(spark, server, path):
    log = table(spark, path, inserts=1)
    before = entry(log, 0).read_text()

    def with_protocol(reader, writer):
        protocol = {
            "protocol": {
                "minReaderVersion": 3,
                "minWriterVersion": 7,
                "readerFeatures": reader,
                "writerFeatures": writer,
            }
        }
        lines = [json.dumps(protocol) if '"protocol"' in x else x for x in before.splitlines()]
        entry(log, 0).write_text("\n".join(lines) + "\n")

    with_protocol(["fromTheFuture"], ["fromTheFuture"])
    error = broken(server, path)
    assert error.getCondition() == "DELTA_UNSUPPORTED_FEATURES_FOR_READ"
    assert "fromTheFuture" in str(error)
    with_protocol([], ["fromTheFuture"])
    with Server() as fresh:
        session = connect(fresh.remote)
        assert session.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 1
        error = error_of(session, f"INSERT INTO delta.`{path}` VALUES (9, 'x')")
        assert error.getCondition() == "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE"
        session.stop()


def test_missing_data_file_is_named(spark, path):
    table(spark, path)
    victim = next(folder_of(path).glob("*.parquet"))
    victim.unlink()
    error = error_of(spark, f"SELECT sum(id) FROM delta.`{path}`")
    assert error.getCondition() in (
        "FAILED_READ_FILE.FILE_NOT_EXIST",
        "DELTA_FILE_NOT_FOUND",
    )
    assert victim.name in str(error)


def test_truncated_data_file_is_named(spark, path):
    table(spark, path)
    victim = next(folder_of(path).glob("*.parquet"))
    victim.write_bytes(victim.read_bytes()[:50])
    error = error_of(spark, f"SELECT sum(id) FROM delta.`{path}`")
    assert error.getCondition().startswith("FAILED_READ_FILE")
    assert victim.name in str(error)


def test_deletion_vector_with_a_wrong_checksum(spark, server, path):
    table(spark, path, 0, "'delta.enableDeletionVectors' = 'true'")
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id, 'v' FROM range(100)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 7")
    vector = next(folder_of(path).glob("deletion_vector_*.bin"))
    data = bytearray(vector.read_bytes())
    data[-1] ^= 0xFF
    vector.write_bytes(bytes(data))
    assert broken(server, path).getCondition() == "DELTA_DELETION_VECTOR_CHECKSUM_MISMATCH"
    vector.unlink()
    error = broken(server, path)
    assert vector.name in str(error)


def test_append_with_other_columns_tells_how_to_evolve(spark, path):
    table(spark, path)
    frame = spark.sql("SELECT 1 AS id, 'x' AS v, true AS flag")
    with pytest.raises(Exception) as caught:
        frame.write.format("delta").mode("append").save(path)
    assert caught.value.getCondition() == "DELTA_METADATA_MISMATCH"
    assert "flag" in str(caught.value) and "mergeSchema" in str(caught.value)
    wrong = spark.sql("SELECT array(1) AS id, 'x' AS v")
    with pytest.raises(Exception) as caught:
        wrong.write.format("delta").mode("append").save(path)
    assert caught.value.getCondition() == "DELTA_FAILED_TO_MERGE_FIELDS"
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 3


def test_a_broken_constraint_shows_the_row(spark, path):
    table(spark, path)
    spark.sql(f"ALTER TABLE delta.`{path}` ADD CONSTRAINT small CHECK (id < 10)")
    error = error_of(spark, f"INSERT INTO delta.`{path}` VALUES (3, 'ok'), (12, 'bad')")
    assert error.getCondition() == "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
    assert "12" in str(error) and "small" in str(error)
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 3


def test_a_folder_that_is_no_table(spark, table_root):
    error = error_of(spark, f"SELECT * FROM delta.`{table_root}`")
    assert error.getCondition() in (
        "DELTA_TABLE_NOT_FOUND",
        "DELTA_PATH_DOES_NOT_EXIST",
        "DELTA_MISSING_DELTA_TABLE",
    )


@pytest.mark.parametrize(
    "name", ["a b", "p%20q", "100%", "k=v", "häß", "x+y", "dots..", "it's", "[x]*?", "semi;colon"]
)
def test_strange_paths(spark, table_root, name):
    path = f"{table_root}/{name}/t"
    spark.range(5).selectExpr("id", f"'{name.replace(chr(39), '')}' AS p").write.format(
        "delta"
    ).partitionBy("p").save(path)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    spark.sql(f"UPDATE delta.`{path}` SET id = 10 WHERE id = 2")
    spark.sql(f"OPTIMIZE delta.`{path}`").collect()
    assert sorted(r["id"] for r in spark.read.format("delta").load(path).collect()) == [0, 3, 4, 10]
    up = path + "/../t"
    assert spark.read.format("delta").load(up).count() == 4
    assert folder_of(path).joinpath("_delta_log").is_dir()


def test_a_table_dropped_and_made_again(spark, server):
    spark.sql("CREATE TABLE again (id INT) USING delta")
    spark.sql("INSERT INTO again VALUES (1), (2)")
    other = connect(server.remote)
    assert other.table("again").count() == 2
    spark.sql("DROP TABLE again")
    assert error_of(other, "SELECT * FROM again").getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    spark.sql("CREATE TABLE again (name STRING) USING delta")
    assert other.table("again").collect() == []
    spark.sql("INSERT INTO again VALUES ('x')")
    assert [tuple(r) for r in other.table("again").collect()] == [("x",)]
    spark.sql("DROP TABLE again")
    other.stop()


def test_a_clock_that_went_back(spark, server, path):
    log = table(spark, path, inserts=3)
    for version, when in enumerate([1000, 3000, 2000, 2500]):
        os.utime(entry(log, version), (when, when))
    with Server() as fresh:
        session = connect(fresh.remote)
        history = session.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()
        stamps = [r["timestamp"] for r in reversed(history)]
        assert stamps == sorted(stamps) and len(set(stamps)) == 4
        assert session.sql(f"SELECT count(*) FROM delta.`{path}`").first()[0] == 3
        session.stop()
