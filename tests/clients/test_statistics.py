"""ANALYZE TABLE: what DESCRIBE EXTENDED shows of it, until the table changes; the statistics of
Delta files counted anew."""

import json

import deltalake
import pytest

from tests.support.delta import actions, refused


def details(spark, statement):
    return {row[0]: row[1] for row in spark.sql(statement).collect() if row[0]}


@pytest.fixture
def sales(spark):
    spark.sql("DROP TABLE IF EXISTS analyzed")
    spark.sql(
        "CREATE TABLE analyzed (a INT, s STRING, m MAP<INT, INT>, ds STRING) USING parquet "
        "PARTITIONED BY (ds)"
    )
    spark.sql(
        "INSERT INTO analyzed VALUES (1, 'x', NULL, 'd1'), (2, NULL, NULL, 'd1'), "
        "(2, 'yyy', NULL, 'd2')"
    )
    yield "analyzed"
    spark.sql("DROP TABLE analyzed")


def test_sizes_are_kept_until_the_table_changes(spark, sales):
    assert "Statistics" not in details(spark, f"DESCRIBE EXTENDED {sales}")
    spark.sql(f"ANALYZE TABLE {sales} COMPUTE STATISTICS NOSCAN")
    assert details(spark, f"DESCRIBE EXTENDED {sales}")["Statistics"].endswith(" bytes")
    spark.sql(f"ANALYZE TABLE {sales} COMPUTE STATISTICS")
    assert details(spark, f"DESCRIBE EXTENDED {sales}")["Statistics"].endswith(" bytes, 3 rows")
    assert spark.sql(f"SHOW TBLPROPERTIES {sales}").collect() == []
    spark.sql(f"INSERT INTO {sales} VALUES (4, 'z', NULL, 'd2')")
    assert "Statistics" not in details(spark, f"DESCRIBE EXTENDED {sales}")
    spark.sql("ANALYZE TABLES COMPUTE STATISTICS")
    assert details(spark, f"DESCRIBE EXTENDED {sales}")["Statistics"].endswith(" bytes, 4 rows")


def test_partitions_whose_names_look_hidden_are_counted(spark):
    spark.sql("DROP TABLE IF EXISTS underlined")
    spark.sql("CREATE TABLE underlined (a INT, _p INT) USING parquet PARTITIONED BY (_p)")
    spark.sql("INSERT INTO underlined VALUES (1, 1), (2, 2)")
    spark.sql("ANALYZE TABLE underlined COMPUTE STATISTICS")
    size, rows = details(spark, "DESCRIBE EXTENDED underlined")["Statistics"].split(", ")
    assert int(size.split()[0]) > 0 and rows == "2 rows"
    spark.sql("DROP TABLE underlined")


def test_columns_are_counted(spark, sales):
    spark.sql(f"ANALYZE TABLE {sales} COMPUTE STATISTICS FOR COLUMNS a, s")
    wanted = ("min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len")
    a = details(spark, f"DESCRIBE EXTENDED {sales} a")
    s = details(spark, f"DESCRIBE EXTENDED {sales} s")
    assert [a[key] for key in wanted] == ["1", "2", "0", "2", "4", "4"]
    assert [s[key] for key in wanted] == ["NULL", "NULL", "1", "2", "2", "3"]
    spark.sql(f"ANALYZE TABLE {sales} COMPUTE STATISTICS FOR ALL COLUMNS")
    assert details(spark, f"DESCRIBE EXTENDED {sales} ds")["distinct_count"] == "2"
    statement = f"ANALYZE TABLE {sales} COMPUTE STATISTICS FOR COLUMNS "
    assert refused(spark, statement + "nope") == "COLUMN_NOT_FOUND"
    condition = "UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE"
    assert refused(spark, statement + "m") == condition


def test_partitions_are_counted(spark, sales):
    spark.sql(f"ANALYZE TABLE {sales} PARTITION (ds = 'd1') COMPUTE STATISTICS")
    one = "Partition Statistics"
    described = f"DESCRIBE EXTENDED {sales} PARTITION (ds = '%s')"
    assert details(spark, described % "d1")[one].endswith(" bytes, 2 rows")
    assert one not in details(spark, described % "d2")
    spark.sql(f"ANALYZE TABLE {sales} PARTITION (ds) COMPUTE STATISTICS")
    assert details(spark, described % "d2")[one].endswith(" bytes, 1 rows")


def test_delta_files_are_counted_anew(spark, table_root):
    path = f"{table_root}/t"
    table = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {table} (a INT, s STRING) USING delta TBLPROPERTIES "
        "('delta.dataSkippingNumIndexedCols' = '0', 'delta.enableDeletionVectors' = 'true')"
    )
    spark.sql(f"INSERT INTO {table} VALUES (1, 'x'), (2, NULL), (3, 'z')")
    spark.sql(f"DELETE FROM {table} WHERE a = 1")
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '2')")
    spark.sql(f"ANALYZE TABLE {table} COMPUTE DELTA STATISTICS")
    stats = json.loads(actions(path, "add")[-1]["stats"])
    assert stats["numRecords"] == 3 and stats["tightBounds"] is False
    assert (stats["minValues"], stats["maxValues"]) == ({"a": 1, "s": "x"}, {"a": 3, "s": "z"})
    assert stats["nullCount"] == {"a": 0, "s": 1}
    assert not actions(path, "add")[-1]["dataChange"]
    last = spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0]
    assert (last["operation"], last["operationMetrics"]) == ("COMPUTE STATS", {"numFiles": "1"})
    assert [tuple(r) for r in spark.sql(f"SELECT * FROM {table} ORDER BY a").collect()] == [
        (2, None),
        (3, "z"),
    ]
    assert spark.sql(f"DESCRIBE DETAIL {table}").collect()[0]["numFiles"] == 1
    spark.sql(f"ANALYZE TABLE {table} COMPUTE DELTA STATISTICS")
    assert spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0]["version"] == last["version"]


def test_deltalake_reads_what_was_counted_anew(spark, tmp_path):
    path = f"{tmp_path}/t"
    spark.sql(
        f"CREATE TABLE delta.`{path}` (a INT) USING delta TBLPROPERTIES "
        "('delta.dataSkippingNumIndexedCols' = '0')"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1), (2)")
    spark.sql(f"ALTER TABLE delta.`{path}` UNSET TBLPROPERTIES (delta.dataSkippingNumIndexedCols)")
    spark.sql(f"ANALYZE TABLE delta.`{path}` COMPUTE DELTA STATISTICS")
    table = deltalake.DeltaTable(path)
    assert len(table.file_uris()) == 1
    assert sorted(table.to_pyarrow_table()["a"].to_pylist()) == [1, 2]
