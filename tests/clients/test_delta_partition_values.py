"""Partition values that the log cannot hold are refused, and the table stays as it was."""

import pytest


def test_binary_partitions_hold_text(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {t} (a INT, p BINARY) USING delta PARTITIONED BY (p)")
    spark.sql(f"INSERT INTO {t} VALUES (1, CAST('ä=/x' AS BINARY)), (2, NULL)")
    with pytest.raises(Exception, match="INVALID_UTF8_STRING") as caught:
        spark.sql(f"INSERT INTO {t} VALUES (3, X'61'), (4, X'FF00')")
    assert caught.value.getSqlState() == "22029"
    rows = spark.sql(f"SELECT a, p FROM {t} ORDER BY a").collect()
    assert [(r[0], None if r[1] is None else bytes(r[1])) for r in rows] == [
        (1, "ä=/x".encode()),
        (2, None),
    ]
