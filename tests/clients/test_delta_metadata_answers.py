"""COUNT, MIN and MAX of Delta tables that the log answers: no data file is read for them."""

import pytest

from tests.support.s3 import folder_of


def answered(spark, query):
    """The rows of a query, and whether its plan says that the log alone gave them."""
    plan = spark.sql("EXPLAIN " + query).collect()[0][0]
    return [tuple(row) for row in spark.sql(query).collect()], "Metadata only" in plan


@pytest.fixture
def table(spark, table_root):
    path = f"{table_root}/t"
    spark.sql(
        f"CREATE TABLE delta.`{path}` (a INT, d DATE, m DECIMAL(10,2), s STRING, x DOUBLE,"
        " p STRING) USING delta PARTITIONED BY (p)"
    )
    spark.sql(
        f"INSERT INTO delta.`{path}` VALUES"
        " (1, DATE'2024-01-01', 1.50, 'b', 1.0, 'x'), (NULL, NULL, NULL, NULL, NULL, 'x'),"
        " (7, DATE'2024-03-01', -2.25, 'a', 2.0, 'y'), (5, DATE'2023-01-01', 0, 'c', 0.0, NULL)"
    )
    return path


def lose_data(path):
    """Takes the data files away: what still answers came from the log."""
    for file in folder_of(path).rglob("*.parquet"):
        if "_delta_log" not in file.parts:
            file.unlink()


def test_the_log_answers_without_files(spark, table):
    lose_data(table)
    rows, is_metadata = answered(
        spark,
        "SELECT count(*), count(a), count(s), min(a), max(a), min(d), max(d), min(m), max(m),"
        f" max(p), count(p), count(DISTINCT p) FROM delta.`{table}`",
    )
    assert is_metadata
    (row,) = rows
    assert row[:5] == (4, 3, 3, 1, 7)
    assert [str(v) for v in row[5:9]] == ["2023-01-01", "2024-03-01", "-2.25", "1.50"]
    assert row[9:] == ("y", 3, 2)


@pytest.mark.parametrize(
    "query, expected",
    [
        ("SELECT count(*) FROM {t} WHERE p = 'x'", [(2,)]),
        ("SELECT max(a) + 1 FROM {t} WHERE p IS NOT NULL AND p <> 'x'", [(8,)]),
        ("SELECT count(*), max(a) FROM {t} WHERE p = 'none'", [(0, None)]),
        ("SELECT p, count(*), min(a) FROM {t} GROUP BY p ORDER BY p", None),
        ("SELECT upper(p), count(a) FROM {t} WHERE p LIKE 'x%' GROUP BY upper(p)", [("X", 1)]),
        ("SELECT count(*) FROM (SELECT a AS b, p AS q FROM {t}) WHERE q = 'y'", [(1,)]),
        ("SELECT count(CASE WHEN p = 'x' THEN 1 END) FROM {t}", [(2,)]),
        ("SELECT count(*) FILTER (WHERE p = 'y') FROM {t}", [(1,)]),
        ("SELECT (SELECT max(a) FROM {t}) AS top", [(7,)]),
        ("SELECT p FROM {t} GROUP BY p ORDER BY p", [(None,), ("x",), ("y",)]),
    ],
)
def test_filters_and_groups_by_partition(spark, table, query, expected):
    query = query.format(t=f"delta.`{table}`")
    spark.conf.set("spark.databricks.delta.optimizeMetadataQuery.enabled", "false")
    read, is_metadata = answered(spark, query)
    assert not is_metadata
    spark.conf.unset("spark.databricks.delta.optimizeMetadataQuery.enabled")
    rows, is_metadata = answered(spark, query)
    assert is_metadata
    assert rows == read
    assert expected is None or rows == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT min(s) FROM {t}",  # strings may be cut
        "SELECT max(x) FROM {t}",  # NaN stands outside the bounds
        "SELECT count(*) FROM {t} WHERE a > 1",
        "SELECT count(DISTINCT a) FROM {t}",
        "SELECT sum(a) FROM {t}",
        "SELECT a, count(*) FROM {t} GROUP BY a",
        "SELECT count(*) FROM {t} WHERE rand() < 2",
        "SELECT max(a + 1) FROM {t}",
    ],
)
def test_other_queries_read_files(spark, table, query):
    _, is_metadata = answered(spark, query.format(t=f"delta.`{table}`"))
    assert not is_metadata


def test_deletion_vectors_leave_counts(spark, table):
    t = f"delta.`{table}`"
    spark.sql(f"ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)")
    spark.sql(f"DELETE FROM {t} WHERE a = 1")
    assert answered(spark, f"SELECT count(*) FROM {t}") == ([(3,)], True)
    assert answered(spark, f"SELECT p, count(*) FROM {t} GROUP BY p ORDER BY p") == (
        [(None, 1), ("x", 1), ("y", 1)],
        True,
    )
    assert answered(spark, f"SELECT min(a), count(a) FROM {t}") == ([(5, 2)], False)


def test_columns_without_statistics_are_read(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(
        f"CREATE TABLE {t} (a INT, b INT) USING delta"
        " TBLPROPERTIES ('delta.dataSkippingStatsColumns' = 'a')"
    )
    spark.sql(f"INSERT INTO {t} VALUES (1, 2), (3, NULL)")
    assert answered(spark, f"SELECT max(a) FROM {t}") == ([(3,)], True)
    assert answered(spark, f"SELECT max(b), count(b) FROM {t}") == ([(2, 1)], False)
    spark.sql(f"ALTER TABLE {t} ADD COLUMNS (c INT)")
    assert answered(spark, f"SELECT max(c), count(c) FROM {t}") == ([(None, 0)], False)


def test_renamed_columns_and_time_travel(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(
        f"CREATE TABLE {t} (a INT) USING delta TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    )
    spark.sql(f"INSERT INTO {t} VALUES (1), (9)")
    spark.sql(f"ALTER TABLE {t} RENAME COLUMN a TO b")
    spark.sql(f"INSERT INTO {t} VALUES (12)")
    assert answered(spark, f"SELECT max(b), count(*) FROM {t}") == ([(12, 3)], True)
    assert answered(spark, f"SELECT max(a) FROM {t} VERSION AS OF 1") == ([(9,)], True)
