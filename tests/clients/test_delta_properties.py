"""Properties of Delta tables: unknown ones and wrong values are refused, case does not count."""

import pytest
from pyspark.errors import PySparkException


def condition(call):
    with pytest.raises(PySparkException) as caught:
        call()
    return caught.value.getCondition()


@pytest.fixture
def table(spark, table_root):
    name = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {name} (id INT, p INT, d DATE) USING delta PARTITIONED BY (p, d)")
    spark.sql(f"INSERT INTO {name} VALUES (1, 1, DATE'2020-01-01'), (2, 2, NULL)")
    return name


@pytest.mark.parametrize(
    "key, value, refusal",
    [
        ("delta.bogus", "1", "DELTA_UNKNOWN_CONFIGURATION"),
        ("delta.appendOnly", "maybe", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.checkpointInterval", "-1", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.checkpointInterval", "many", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.dataSkippingNumIndexedCols", "-2", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.logRetentionDuration", "interval 1 month", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.deletedFileRetentionDuration", "long", "DELTA_INVALID_INTERVAL"),
        ("delta.checkpointPolicy", "v9", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.isolationLevel", "Chaos", "UNSUPPORTED_TABLE_CHANGE"),
        ("delta.feature.deletionVectors", "x", "DELTA_UNSUPPORTED_FEATURE_STATUS"),
    ],
)
def test_what_a_table_cannot_keep_is_refused(spark, table, table_root, key, value, refusal):
    change = f"ALTER TABLE {table} SET TBLPROPERTIES ('{key}' = '{value}')"
    assert condition(lambda: spark.sql(change)) == refusal
    create = f"CREATE TABLE delta.`{table_root}/n` (id INT) TBLPROPERTIES ('{key}' = '{value}')"
    assert condition(lambda: spark.sql(create)) == refusal
    clone = f"CREATE TABLE delta.`{table_root}/c` SHALLOW CLONE {table}"
    clone += f" TBLPROPERTIES ('{key}' = '{value}')"
    assert condition(lambda: spark.sql(clone)) == refusal
    assert spark.sql(f"DESCRIBE HISTORY {table}").count() == 2


def test_names_and_truth_are_read_in_any_case(spark, table):
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('DELTA.APPENDONLY' = 'TRUE', 'Mine' = 'x')")
    shown = dict(spark.sql(f"SHOW TBLPROPERTIES {table}").collect())
    assert shown["delta.appendOnly"] == "TRUE" and shown["Mine"] == "x"
    spark.sql(f"ALTER TABLE {table} UNSET TBLPROPERTIES ('delta.neverSet')")
    refused = condition(lambda: spark.sql(f"DELETE FROM {table} WHERE id = 1").collect())
    assert refused == "DELTA_CANNOT_MODIFY_APPEND_ONLY"


def test_any_property_is_kept_when_the_session_allows_it(spark, table):
    setting = "spark.databricks.delta.allowArbitraryProperties.enabled"
    spark.conf.set(setting, "true")
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.bogus' = '1')")
    spark.conf.unset(setting)
    assert dict(spark.sql(f"SHOW TBLPROPERTIES {table}").collect())["delta.bogus"] == "1"


def test_defaults_of_the_session_are_those_that_delta_knows(spark, table_root):
    defaults = "spark.databricks.delta.properties.defaults."
    spark.conf.set(defaults + "bogus", "1")
    spark.conf.set(defaults + "appendOnly", "true")
    try:
        spark.sql(f"CREATE TABLE delta.`{table_root}/d` (id INT)")
        shown = dict(spark.sql(f"SHOW TBLPROPERTIES delta.`{table_root}/d`").collect())
        assert shown["delta.appendOnly"] == "true" and "delta.bogus" not in shown
        spark.conf.set(defaults + "appendOnly", "maybe")
        create = f"CREATE TABLE delta.`{table_root}/e` (id INT)"
        assert condition(lambda: spark.sql(create)) == "UNSUPPORTED_TABLE_CHANGE"
    finally:
        spark.conf.unset(defaults + "bogus")
        spark.conf.unset(defaults + "appendOnly")


def test_show_partitions_shows_the_one_that_is_named(spark, table):
    def shown(clause):
        return [row.p for row in spark.sql(f"SHOW PARTITIONS {table} {clause}").collect()]

    assert sorted(shown("")) == ["1", "2"]
    assert shown("PARTITION (p = 2)") == ["2"]
    assert shown("PARTITION (d = DATE'2020-01-01')") == ["1"]
    assert shown("PARTITION (d = NULL)") == ["2"]
    other = condition(lambda: shown("PARTITION (q = 2)"))
    assert other == "DELTA_SHOW_PARTITION_IN_NON_PARTITIONED_COLUMN"
