"""What statements and options on Delta tables do and refuse, as Delta Lake on Spark does: which
column a value goes to, conditions with their parameters, what OPTIMIZE and RESTORE answer."""

import os

import pytest
from delta.tables import DeltaTable
from pyspark.errors import PySparkException

from tests.support.delta import actions, error_of, refused
from tests.support.s3 import folder_of


@pytest.fixture
def table(spark, table_root):
    name = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {name} (id INT, p STRING, v INT) USING delta PARTITIONED BY (p)")
    spark.sql(f"INSERT INTO {name} VALUES (1, 'a', 10), (2, 'b', 20)")
    return name


def rows(spark, name):
    return sorted((tuple(r) for r in spark.table(name).collect()), key=str)


def refused_write(spark, table, options, mode="overwrite"):
    frame = spark.sql("SELECT 1 AS id, 'a' AS p, 5 AS v")
    writer = frame.write.format("delta").mode(mode).options(**options)
    with pytest.raises(PySparkException) as caught:
        writer.save(table.split("`")[1])
    return caught.value.getCondition(), caught.value.getMessageParameters()


def refused_read(spark, table, **options):
    with pytest.raises(PySparkException) as caught:
        spark.read.format("delta").options(**options).load(table.split("`")[1]).collect()
    return caught.value.getCondition(), caught.value.getMessageParameters()


def test_values_fill_columns_in_the_tables_order(spark, table):
    spark.sql(f"INSERT INTO {table} PARTITION (p) VALUES (3, 'c', 30)")
    spark.sql(f"INSERT INTO {table} PARTITION (p = 'd') VALUES (4, 40)")
    assert rows(spark, table)[2:] == [(3, "c", 30), (4, "d", 40)]
    assert refused(spark, f"INSERT INTO {table} PARTITION (nope = 1) VALUES (1, 2)") == (
        "NON_PARTITION_COLUMN"
    )
    few = error_of(spark, f"INSERT INTO {table} PARTITION (p = 'd') VALUES (4)")
    assert few.getCondition() == "DELTA_INSERT_COLUMN_ARITY_MISMATCH"
    parameters = few.getMessageParameters()
    assert (parameters["insertColumns"], parameters["numColumns"]) == ("2", "3")
    assert parameters["tableName"] == table


def test_columns_that_the_table_lacks(spark, table):
    for query in ("VALUES (3, 'c', 30, 4)", "BY NAME SELECT 3 id, 'c' p, 30 v, 4 extra"):
        error = error_of(spark, f"INSERT INTO {table} {query}")
        assert error.getCondition() == "DELTA_METADATA_MISMATCH"
        assert "mergeSchema" in str(error)
    spark.conf.set("spark.databricks.delta.schema.autoMerge.enabled", "true")
    try:
        spark.sql(f"INSERT INTO {table} BY NAME SELECT 3 id, 'c' p, 30 v, 4 extra")
    finally:
        spark.conf.unset("spark.databricks.delta.schema.autoMerge.enabled")
    assert rows(spark, table)[2] == (3, "c", 30, 4)


def test_options_of_writes_are_checked(spark, table):
    flag = {"explain": "must be 'true' or 'false'", "input": "x"}
    for name in ("mergeSchema", "overwriteSchema", "optimizeWrite"):
        condition, parameters = refused_write(spark, table, {name: "x"})
        assert (condition, parameters) == ("DELTA_ILLEGAL_OPTION", {**flag, "name": name})
    for options, expected in [
        ({"partitionOverwriteMode": "x"}, "DELTA_ILLEGAL_OPTION"),
        ({"maxRecordsPerFile": "x"}, "DELTA_ILLEGAL_OPTION"),
        ({"txnAppId": "a", "txnVersion": "-1"}, "DELTA_ILLEGAL_OPTION"),
        ({"txnAppId": "a"}, "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS"),
        ({"replaceWhere": "id >="}, "DELTA_FAILED_RECOGNIZE_PREDICATE"),
        (
            {"replaceWhere": "id = 1", "partitionOverwriteMode": "dynamic"},
            "DELTA_REPLACE_WHERE_WITH_DYNAMIC_PARTITION_OVERWRITE",
        ),
        (
            {"replaceWhere": "id = 1", "replaceUsing": "id"},
            "DELTA_OVERWRITE_BY_FILTER_INCOMPATIBLE_REPLACE_ON_OR_USING",
        ),
    ]:
        assert refused_write(spark, table, options)[0] == expected, options
    condition, parameters = refused_write(spark, table, {"replaceWhere": "v = 7"})
    assert condition == "DELTA_REPLACE_WHERE_MISMATCH"
    assert parameters == {"replaceWhere": "v = 7", "message": " - v : 5"}


def test_time_travel_options_are_checked(spark, table):
    assert refused_read(spark, table, versionAsOf="x") == (
        "DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE",
        {"timeTravelKey": "versionAsOf"},
    )
    assert refused_read(spark, table, timestampAsOf="x") == (
        "DELTA_TIMESTAMP_INVALID",
        {"expr": "'x'"},
    )
    both = refused_read(spark, table, versionAsOf="0", timestampAsOf="2020-01-01")
    assert both[0] == "DELTA_ONEOF_IN_TIMETRAVEL"
    condition, parameters = refused_read(spark, table, timestampAsOf="2199-01-01")
    assert condition == "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"
    assert parameters["providedTimestamp"] == "2199-01-01 00:00:00.0"
    assert parameters["lastCommitTimestamp"].startswith(parameters["maximumTimestamp"])


def test_bounds_of_the_change_feed(spark, table):
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')")
    spark.sql(f"INSERT INTO {table} VALUES (3, 'c', 30)")
    feed = {"readChangeFeed": "true"}
    assert refused_read(spark, table, **feed, startingVersion="9") == (
        "DELTA_CDC_START_VERSION_AFTER_LATEST",
        {"start": "9", "latest": "3"},
    )
    for options, expected in [
        ({"startingVersion": "x"}, "DELTA_VERSION_INVALID"),
        ({"startingTimestamp": "x"}, "DELTA_TIMESTAMP_INVALID"),
        ({"startingTimestamp": "2199-01-01"}, "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        (
            {"startingVersion": "3", "endingTimestamp": "2199-01-01"},
            "DELTA_TIMESTAMP_GREATER_THAN_COMMIT",
        ),
        ({"startingVersion": "3", "versionAsOf": "3"}, "DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS"),
    ]:
        assert refused_read(spark, table, **feed, **options)[0] == expected, options
    assert refused_read(spark, table, readChangeFeed="maybe")[0] == "DELTA_ILLEGAL_OPTION"
    late = "spark.databricks.delta.changeDataFeed.timestampOutOfRange.enabled"
    spark.conf.set(late, "true")
    try:
        reader = spark.read.format("delta").options(**feed)
        path = table.split("`")[1]
        assert reader.option("startingTimestamp", "2199-01-01").load(path).count() == 0
        until = spark.read.format("delta").options(**feed, startingVersion="3")
        assert until.option("endingTimestamp", "2199-01-01").load(path).count() == 1
    finally:
        spark.conf.unset(late)


def test_restore_says_what_it_cannot(spark, table):
    restore = f"RESTORE TABLE {table} TO "
    error = error_of(spark, restore + "VERSION AS OF 9")
    assert error.getCondition() == "DELTA_CANNOT_RESTORE_TABLE_VERSION"
    assert error.getMessageParameters() == {"version": "9", "startVersion": "0", "endVersion": "1"}
    for time, expected in [
        ("2001-01-01", "DELTA_CANNOT_RESTORE_TIMESTAMP_EARLIER"),
        ("2199-01-01", "DELTA_CANNOT_RESTORE_TIMESTAMP_GREATER"),
        ("junk", "DELTA_TIMESTAMP_INVALID"),
    ]:
        assert refused(spark, f"{restore} TIMESTAMP AS OF '{time}'") == expected


def test_restore_to_a_version_whose_files_are_gone(spark, table):
    spark.sql(f"INSERT OVERWRITE {table} VALUES (9, 'z', 90)")
    path = table.split("`")[1]
    gone = [remove["path"] for remove in actions(path, "remove")]
    for name in gone:
        os.remove(folder_of(path) / name)
    error = error_of(spark, f"RESTORE TABLE {table} TO VERSION AS OF 1")
    assert error.getCondition() == "DELTA_FILE_NOT_FOUND"
    assert any(error.getMessageParameters()["path"].endswith(name) for name in gone)
    assert rows(spark, table) == [(9, "z", 90)]
    spark.conf.set("spark.sql.files.ignoreMissingFiles", "true")
    try:
        assert spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 1").first()[3] == 2
    finally:
        spark.conf.unset("spark.sql.files.ignoreMissingFiles")
    assert refused(spark, f"SELECT * FROM {table}") == "FAILED_READ_FILE.FILE_NOT_EXIST"


def test_restore_to_before_column_mapping(spark, table):
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN v TO w")
    spark.sql(f"INSERT INTO {table} VALUES (3, 'c', 30)")
    spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 1")
    assert spark.table(table).columns == ["id", "p", "v"]
    spark.sql(f"INSERT INTO {table} VALUES (4, 'd', 40)")
    assert rows(spark, table) == [(1, "a", 10), (2, "b", 20), (4, "d", 40)]


@pytest.mark.parametrize("modes", [("name", None), ("name", "id"), ("id", "name"), (None, "id")])
def test_replaced_tables_forget_column_mapping(spark, table_root, modes):
    name = f"delta.`{table_root}/mapped`"

    def properties(mode):
        return f"TBLPROPERTIES ('delta.columnMapping.mode' = '{mode}')" if mode else ""

    before, after = map(properties, modes)
    spark.sql(f"CREATE TABLE {name} (a INT, b STRING) USING delta {before}")
    spark.sql(f"INSERT INTO {name} VALUES (1, 'x')")
    spark.sql(f"CREATE OR REPLACE TABLE {name} USING delta {after} AS SELECT 5 AS b, 'n' AS c")
    spark.sql(f"INSERT INTO {name} VALUES (6, 'm')")
    assert rows(spark, name) == [(5, "n"), (6, "m")]
    then = spark.read.format("delta").option("versionAsOf", 1).load(f"{table_root}/mapped")
    assert [tuple(row) for row in then.collect()] == [(1, "x")]


def test_identity_columns_go_on_from_what_rows_have(spark, table_root):
    name = f"delta.`{table_root}/numbered`"
    spark.sql(
        f"CREATE TABLE {name} (up BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 1 INCREMENT"
        " BY 10), down BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 0 INCREMENT BY -1),"
        " v INT) USING delta"
    )
    spark.sql(f"INSERT INTO {name} VALUES (95, -7, 1)")
    for column in ("up", "down"):
        spark.sql(f"ALTER TABLE {name} ALTER COLUMN {column} SYNC IDENTITY")
    spark.sql(f"INSERT INTO {name} (v) VALUES (2)")
    assert rows(spark, name) == [(111, -8, 2), (95, -7, 1)]
    assert refused(spark, f"ALTER TABLE {name} ALTER COLUMN v SYNC IDENTITY") == (
        "DELTA_IDENTITY_COLUMNS_ALTER_NON_IDENTITY_COLUMN"
    )
    last = spark.sql(f"DESCRIBE HISTORY {name}").where("operation = 'SYNC IDENTITY'")
    assert last.count() == 2


def test_optimize_answers_with_all_metrics(spark, table, table_root):
    spark.sql(f"INSERT INTO {table} VALUES (3, 'a', 30)")
    metrics = spark.sql(f"OPTIMIZE {table}").first()["metrics"]
    assert (metrics.numFilesAdded, metrics.numFilesRemoved, metrics.numBins) == (1, 2, 1)
    assert metrics.zOrderStats is None and metrics.clusteringStats is None
    assert metrics.numTableColumns == 3
    stats = spark.sql(f"OPTIMIZE {table} ZORDER BY (id)").first()["metrics"].zOrderStats
    assert (stats.strategyName, stats.inputOtherFiles.num, stats.numOutputCubes) == ("all", 2, 2)
    clustered = f"delta.`{table_root}/clustered`"
    spark.sql(f"CREATE TABLE {clustered} (a INT) USING delta CLUSTER BY (a)")
    for value in (1, 2):
        spark.sql(f"INSERT INTO {clustered} VALUES ({value})")
        stats = spark.sql(f"OPTIMIZE {clustered}").first()["metrics"].clusteringStats
        assert (stats.inputZCubeFiles.numFiles, stats.inputOtherFiles.numFiles) == (value - 1, 1)
    answer = DeltaTable.forPath(spark, f"{table_root}/clustered").optimize().executeCompaction()
    assert answer.first()["metrics"].numFilesAdded == 0
    error = error_of(spark, f"OPTIMIZE {table} WHERE id = 1")
    assert error.getCondition() == "DELTA_NON_PARTITION_COLUMN_REFERENCE"
    assert error.getMessageParameters() == {"columnName": "id", "columnList": "p"}


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {} WHERE {}", "UPDATE {} SET v = 1 WHERE {}", "INSERT INTO {} REPLACE WHERE {} "],
)
def test_conditions_speak_of_one_row(spark, table, statement):
    query = "SELECT 1, 'a', 2" if "INSERT" in statement else ""
    for condition, expected in [
        ("sum(v) > 1", "UNSUPPORTED_EXPR_FOR_OPERATOR"),
        ("max(v) OVER () > 1", "UNSUPPORTED_EXPR_FOR_OPERATOR"),
        ("rand() > 0.5", "INVALID_NON_DETERMINISTIC_EXPRESSIONS"),
    ]:
        assert refused(spark, statement.format(table, condition) + query) == expected
    assert len(rows(spark, table)) == 2


def test_the_log_is_kept_as_long_as_removed_files(spark, table, table_root):
    log, files = "delta.logRetentionDuration", "delta.deletedFileRetentionDuration"
    alter = f"ALTER TABLE {table} SET TBLPROPERTIES "
    for properties, message in [
        (f"('{log}' = 'interval 1 day')", f"{log}(1 days) needs to be greater than"),
        (f"('{files}' = 'interval 60 days')", f"{files}(60 days) needs to be less than"),
        (f"('{log}' = 'interval -1 days')", "calendar interval"),
    ]:
        error = error_of(spark, alter + properties)
        assert error.getCondition() == "UNSUPPORTED_TABLE_CHANGE"
        assert message in error.getMessageParameters()["message"]
    spark.sql(f"{alter} ('{files}' = 'interval 1 hour', '{log}' = 'interval 1 day')")
    create = f"CREATE TABLE delta.`{table_root}/u` (a INT) USING delta TBLPROPERTIES "
    assert refused(spark, f"{create} ('{log}' = 'interval 1 day')") == "UNSUPPORTED_TABLE_CHANGE"


def test_merge_counts_every_source_row_that_matches(spark, table):
    merge = f"MERGE INTO {table} t USING (VALUES (1, 1), (1, 2) AS s(id, n)) s ON t.id = s.id"
    twice = "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"
    for clauses in [
        "WHEN MATCHED AND s.n = 1 THEN UPDATE SET v = 0",
        "WHEN MATCHED AND s.n = 1 THEN DELETE",
        "WHEN MATCHED AND s.n > 9 THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
    ]:
        assert refused(spark, f"{merge} {clauses}") == twice, clauses
    assert rows(spark, table) == [(1, "a", 10), (2, "b", 20)]
    spark.sql(f"{merge} WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)")
    spark.sql(f"{merge} WHEN MATCHED THEN DELETE")
    assert rows(spark, table) == [(2, "b", 20)]


def last(spark, table):
    entry = spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").first()
    return entry["operation"], entry["operationParameters"], entry["operationMetrics"]


def test_history_has_the_parameters_of_delta(spark, table):
    spark.sql(f"INSERT OVERWRITE {table} PARTITION (p = 'b') VALUES (9, 90)")
    assert last(spark, table)[1]["predicate"] == "(p <=> 'b')"
    spark.sql(f"INSERT INTO {table} REPLACE WHERE v >= 10 VALUES (1, 'a', 11)")
    operation, parameters, metrics = last(spark, table)
    assert (operation, parameters["predicate"]) == ("WRITE", "v >= 10")
    assert (metrics["numDeletedRows"], metrics["numCopiedRows"]) == ("2", "0")
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    try:
        spark.sql(f"INSERT OVERWRITE {table} VALUES (1, 'a', 12)")
    finally:
        spark.conf.unset("spark.sql.sources.partitionOverwriteMode")
    assert last(spark, table)[1]["isDynamicPartitionOverwrite"] == "true"
    spark.sql(f"ALTER TABLE {table} ADD COLUMNS (n INT COMMENT 'x' AFTER id, z STRUCT<a: INT>)")
    assert last(spark, table)[1]["columns"] == (
        '[{"column":{"name":"n","type":"integer","nullable":true,"metadata":{"comment":"x"}},'
        '"position":"AFTER id"},'
        '{"column":{"name":"z","type":"struct","nullable":true,"metadata":{}}}]'
    )
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN n FIRST")
    assert last(spark, table)[1]["position"] == "FIRST"
    assert '"name":"n"' in last(spark, table)[1]["column"]
    spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT c CHECK (v > 0)")
    spark.sql(f"ALTER TABLE {table} DROP CONSTRAINT c")
    assert last(spark, table)[1] == {"name": "c", "expr": "v > 0", "existed": "true"}
    spark.sql(f"TRUNCATE TABLE {table}")
    operation, parameters, metrics = last(spark, table)
    assert (operation, parameters, metrics["numRemovedFiles"]) == ("TRUNCATE", {}, "1")
    assert rows(spark, table) == []
    spark.sql(f"CREATE OR REPLACE TABLE {table} USING delta AS SELECT 1 AS a")
    assert last(spark, table)[2]["numRemovedFiles"] == "0"
    assert last(spark, table)[1]["clusterBy"] == "[]"


def test_history_tells_which_clauses_changed_rows_and_how_long_it_took(spark, table_root):
    name = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {name} (id INT, v INT) USING delta")
    spark.sql(f"INSERT INTO {name} SELECT id, 0 FROM range(10)")

    def last():
        return spark.sql(f"DESCRIBE HISTORY {name} LIMIT 1").collect()[0]["operationMetrics"]

    spark.sql(
        f"MERGE INTO {name} t USING (SELECT id FROM range(4)) s ON t.id = s.id "
        "WHEN MATCHED AND t.id = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET v = 1 "
        "WHEN NOT MATCHED BY SOURCE AND t.id > 7 THEN DELETE "
        "WHEN NOT MATCHED BY SOURCE AND t.id > 5 THEN UPDATE SET v = 2"
    )
    metrics = last()
    by = {
        key.removeprefix("numTargetRows"): metrics[key]
        for key in metrics
        if "Matched" in key and key.endswith(("Updated", "Deleted"))
    }
    assert by == {
        "MatchedUpdated": "3",
        "MatchedDeleted": "1",
        "NotMatchedBySourceUpdated": "2",
        "NotMatchedBySourceDeleted": "2",
    }
    assert (metrics["numTargetRowsUpdated"], metrics["numTargetRowsDeleted"]) == ("5", "3")
    times = ("executionTimeMs", "scanTimeMs", "rewriteTimeMs")
    assert all(int(metrics[key]) >= 0 for key in (*times, "materializeSourceTimeMs"))
    assert rows(spark, name) == [(1, 1), (2, 1), (3, 1), (4, 0), (5, 0), (6, 2), (7, 2)]
    spark.sql(f"UPDATE {name} SET v = 5 WHERE id = 4")
    assert all(int(last()[key]) >= 0 for key in times)
    spark.sql(f"DELETE FROM {name} WHERE id = 4")
    assert all(int(last()[key]) >= 0 for key in times)
