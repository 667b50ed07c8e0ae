"""Constraints, defaults, generated and identity columns, column mapping, type widening."""

import datetime
import decimal

import deltalake
import pyarrow
import pytest
from pyspark.errors import PySparkException

from tests.support.delta import error_of, theirs


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def rows(spark, statement):
    return [tuple(row) for row in spark.sql(statement).collect()]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO delta.`{0}` VALUES (2, -5)",
        "INSERT INTO delta.`{0}` VALUES (2, NULL)",
        "INSERT OVERWRITE delta.`{0}` VALUES (2, -5)",
        "UPDATE delta.`{0}` SET v = -v",
        "MERGE INTO delta.`{0}` t USING (SELECT 1 AS id, 0 AS v) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET *",
        "MERGE INTO delta.`{0}` t USING (SELECT 9 AS id, 0 AS v) s ON t.id = s.id"
        " WHEN NOT MATCHED THEN INSERT *",
    ],
)
def test_a_check_constraint_holds_on_every_way_to_write(spark, path, statement):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, v INT, CONSTRAINT pos CHECK (v > 0))")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 5)")
    error = error_of(spark, statement.format(path))
    assert error.getCondition() == "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
    assert error.getSqlState() == "23001"
    assert error.getMessageParameters()["constraintName"] == "pos"
    assert error.getMessageParameters()["values"].startswith(" - v : ")
    assert theirs(path) == [(1, 5)]


def test_dataframe_writes_keep_constraints_too(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, v INT, CONSTRAINT pos CHECK (v > 0))")
    frame = spark.createDataFrame([(1, 0)], "id INT, v INT")
    with pytest.raises(PySparkException) as caught:
        frame.write.format("delta").mode("append").save(path)
    assert caught.value.getCondition() == "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"


def test_constraints_come_and_go(spark, path):
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (id INT)")
    spark.sql(f"INSERT INTO {table} VALUES (1), (2)")
    add = f"ALTER TABLE {table} ADD CONSTRAINT Small CHECK (id < 2)"
    error = error_of(spark, add)
    assert error.getCondition() == "DELTA_NEW_CHECK_CONSTRAINT_VIOLATION"
    assert error.getMessageParameters()["numRows"] == "1"
    spark.sql(f"DELETE FROM {table} WHERE id = 2")
    spark.sql(add)
    assert deltalake.DeltaTable(path).protocol().min_writer_version == 3
    assert (
        deltalake.DeltaTable(path).metadata().configuration["delta.constraints.small"] == "id < 2"
    )
    assert error_of(spark, add).getCondition() == "DELTA_CONSTRAINT_ALREADY_EXISTS"
    spark.sql(f"ALTER TABLE {table} DROP CONSTRAINT small")
    drop = f"ALTER TABLE {table} DROP CONSTRAINT small"
    assert error_of(spark, drop).getCondition() == "DELTA_CONSTRAINT_DOES_NOT_EXIST"
    spark.sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS small")
    spark.sql(f"INSERT INTO {table} VALUES (7)")
    operations = [r["operation"] for r in spark.sql(f"DESCRIBE HISTORY {table}").collect()]
    assert {"ADD CONSTRAINT", "DROP CONSTRAINT"} <= set(operations)


def test_defaults_fill_what_a_statement_leaves_out(spark, path):
    table = f"delta.`{path}`"
    create = f"CREATE TABLE {table} (id INT, c STRING DEFAULT 'x', n INT)"
    error = error_of(spark, create)
    assert error.getCondition() == "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED"
    spark.sql(create + " TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')")
    spark.sql(f"INSERT INTO {table} (id) VALUES (1)")
    spark.sql(f"INSERT INTO {table} VALUES (2, DEFAULT, 7), (3, 'y', DEFAULT)")
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN n SET DEFAULT 40 + 2")
    spark.sql(f"INSERT INTO {table} (id) VALUES (4)")
    spark.sql(f"UPDATE {table} SET c = DEFAULT WHERE id = 3")
    spark.sql(
        f"MERGE INTO {table} t USING (SELECT 5 AS id) s ON t.id = s.id"
        " WHEN NOT MATCHED THEN INSERT (id, c) VALUES (s.id, DEFAULT)"
    )
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN n DROP DEFAULT")
    spark.createDataFrame([(6,)], "id INT").write.format("delta").mode("append").save(path)
    assert rows(spark, f"SELECT * FROM {table} ORDER BY id") == [
        (1, "x", None),
        (2, "x", 7),
        (3, "x", None),
        (4, "x", 42),
        (5, "x", 42),
        (6, "x", None),
    ]


def test_generated_columns_are_computed_and_checked(spark, path):
    table = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {table} (ts TIMESTAMP, v INT, day DATE GENERATED ALWAYS AS"
        " (CAST(ts AS DATE)), w INT GENERATED ALWAYS AS (v * 2)) PARTITIONED BY (day)"
    )
    assert deltalake.DeltaTable(path).protocol().min_writer_version == 7
    spark.sql(f"INSERT INTO {table} (ts, v) VALUES (TIMESTAMP '2024-01-02 03:04:05', 1)")
    wrong = f"INSERT INTO {table} (ts, v, w) VALUES (TIMESTAMP '2024-01-02 03:04:05', 1, 3)"
    error = error_of(spark, wrong)
    assert error.getCondition() == "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
    assert error.getMessageParameters()["constraintName"] == "Generated Column"
    spark.sql(f"UPDATE {table} SET v = 10")
    spark.sql(
        f"MERGE INTO {table} t USING (SELECT TIMESTAMP '2024-01-02 03:04:05' AS ts, 100 AS v"
        " UNION ALL SELECT TIMESTAMP '2025-01-02 00:00:00', 200) s ON t.ts = s.ts"
        " WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT *"
    )
    assert rows(spark, f"SELECT v, day, w FROM {table} ORDER BY v") == [
        (100, datetime.date(2024, 1, 2), 200),
        (200, datetime.date(2025, 1, 2), 400),
    ]


@pytest.mark.parametrize(
    ("column", "condition"),
    [
        ("w INT GENERATED ALWAYS AS (x * 2)", "DELTA_INVALID_GENERATED_COLUMN_REFERENCES"),
        ("w STRING GENERATED ALWAYS AS (v * 2)", "DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH"),
        ("w DOUBLE GENERATED ALWAYS AS (rand())", "DELTA_UNSUPPORTED_EXPRESSION_GENERATED_COLUMN"),
        ("w INT GENERATED ALWAYS AS IDENTITY", "DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE"),
    ],
)
def test_columns_that_cannot_be_are_refused(spark, path, column, condition):
    error = error_of(spark, f"CREATE TABLE delta.`{path}` (v INT, {column})")
    assert error.getCondition() == condition


def test_identity_columns_number_new_rows(spark, path):
    table = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {table} (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT"
        " BY 5), v STRING)"
    )
    spark.sql(f"INSERT INTO {table} (v) VALUES ('a'), ('b')")
    spark.createDataFrame([("c",)], "v STRING").write.format("delta").mode("append").save(path)
    assert rows(spark, f"SELECT id, v FROM {table} ORDER BY id") == [
        (10, "a"),
        (15, "b"),
        (20, "c"),
    ]
    spark.sql(
        f"MERGE INTO {table} t USING (SELECT 'a' AS v UNION ALL SELECT 'z') s ON t.v = s.v"
        " WHEN MATCHED THEN UPDATE SET v = 'aa' WHEN NOT MATCHED THEN INSERT (v) VALUES (s.v)"
    )
    spark.sql(f"INSERT INTO {table} (v) SELECT 'n' FROM range(1000)")
    total, distinct, least = rows(
        spark, f"SELECT count(*), count(DISTINCT id), min(id) FROM {table} WHERE (id - 10) % 5 = 0"
    )[0]
    assert (total, distinct, least) == (1004, 1004, 10)
    explicit = f"INSERT INTO {table} VALUES (1, 'x')"
    assert (
        error_of(spark, explicit).getCondition()
        == "DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED"
    )
    update = f"UPDATE {table} SET id = 1"
    assert error_of(spark, update).getCondition() == "DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED"


def test_a_restored_table_gives_no_number_twice(spark, path):
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (id BIGINT GENERATED ALWAYS AS IDENTITY, v INT)")
    spark.sql(f"INSERT INTO {table} (v) VALUES (1)")
    spark.sql(f"INSERT INTO {table} (v) VALUES (2)")
    spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 1")
    spark.sql(f"INSERT INTO {table} (v) VALUES (3)")
    assert rows(spark, f"SELECT id, v FROM {table} ORDER BY id") == [(1, 1), (3, 3)]


def test_a_copy_of_a_table_does_not_inherit_its_writers_rules(spark, path):
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT GENERATED ALWAYS AS IDENTITY, v INT)")
    spark.sql(f"INSERT INTO delta.`{path}` (v) VALUES (5)")
    spark.table(f"delta.`{path}`").write.format("delta").save(path + "2")
    spark.sql(f"INSERT INTO delta.`{path}2` VALUES (77, 6)")
    assert theirs(path + "2") == [(1, 5), (77, 6)]


def test_columns_are_renamed_and_dropped_without_a_rewrite(spark, path):
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (id INT, name STRING, s STRUCT<a: INT, b: INT>)")
    spark.sql(f"INSERT INTO {table} VALUES (1, 'a', named_struct('a', 1, 'b', 2))")
    rename = f"ALTER TABLE {table} RENAME COLUMN name TO `the title`"
    assert error_of(spark, rename).getCondition() == "DELTA_UNSUPPORTED_RENAME_COLUMN"
    drop = f"ALTER TABLE {table} DROP COLUMN name"
    assert error_of(spark, drop).getCondition() == "DELTA_UNSUPPORTED_DROP_COLUMN"
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
    spark.sql(rename)
    spark.sql(f"ALTER TABLE {table} DROP COLUMN s.b")
    spark.sql(f"INSERT INTO {table} VALUES (2, 'b', named_struct('a', 5))")
    reader = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(path))
    batches = reader.execute('SELECT id, "the title" FROM t ORDER BY id').read_all()
    assert pyarrow.table(batches).to_pydict() == {"id": [1, 2], "the title": ["a", "b"]}
    spark.sql(f"ALTER TABLE {table} DROP COLUMNS (s)")
    spark.sql(f"ALTER TABLE {table} ADD COLUMN s INT")
    assert rows(spark, f"SELECT `the title`, s FROM {table} ORDER BY id") == [
        ("a", None),
        ("b", None),
    ]
    assert deltalake.DeltaTable(path).schema().fields[1].name == "the title"


def test_columns_that_a_rule_uses_stay(spark, path):
    table = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {table} (a INT, b INT, c INT GENERATED ALWAYS AS (b + 1),"
        " CONSTRAINT k CHECK (a > 0)) TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    )
    assert (
        error_of(spark, f"ALTER TABLE {table} RENAME COLUMN a TO x").getCondition()
        == "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE"
    )
    assert (
        error_of(spark, f"ALTER TABLE {table} DROP COLUMN b").getCondition()
        == "DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE"
    )


def test_types_widen_where_the_table_allows_it(spark, path):
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (a INT, b FLOAT, d DECIMAL(5, 2))")
    spark.sql(f"INSERT INTO {table} VALUES (1, 1.5, 1.25)")
    widen = f"ALTER TABLE {table} ALTER COLUMN a TYPE BIGINT"
    assert error_of(spark, widen).getCondition() == "DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP"
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')")
    spark.sql(widen)
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN b TYPE DOUBLE, d TYPE DECIMAL(10, 4)")
    spark.sql(f"INSERT INTO {table} VALUES (5000000000, 2.5, 12345.1234)")
    assert rows(spark, f"SELECT * FROM {table} WHERE a > 0 ORDER BY a") == [
        (1, 1.5, decimal.Decimal("1.2500")),
        (5000000000, 2.5, decimal.Decimal("12345.1234")),
    ]
    narrow = f"ALTER TABLE {table} ALTER COLUMN a TYPE INT"
    assert error_of(spark, narrow).getCondition() == "DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP"


def test_new_tables_get_the_sessions_default_properties(spark, path):
    key = "spark.databricks.delta.properties.defaults.appendOnly"
    spark.conf.set(key, "true")
    try:
        spark.sql(f"CREATE TABLE delta.`{path}` (id INT)")
    finally:
        spark.conf.unset(key)
    assert deltalake.DeltaTable(path).metadata().configuration == {"delta.appendOnly": "true"}


@pytest.mark.parametrize("mode", ["name", "id"])
def test_mapping_reaches_into_arrays_and_maps(spark, path, mode):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id INT, s ARRAY<STRUCT<a: INT, b: STRING>>,"
        " m MAP<STRING, STRUCT<c: INT>>, n STRUCT<x: ARRAY<STRUCT<y: INT>>>)"
        f" TBLPROPERTIES ('delta.columnMapping.mode' = '{mode}')"
    )
    row = (
        "1, array(named_struct('a', 1, 'b', 'x')), map('k', named_struct('c', 5)),"
        " named_struct('x', array(named_struct('y', 3)))"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES ({row})")
    spark.sql(f"UPDATE delta.`{path}` SET id = 2")
    expected = [(2, [(1, "x")], {"k": (5,)}, ([(3,)],))]
    assert rows(spark, f"SELECT * FROM delta.`{path}`") == expected
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN s TO t")
    assert rows(spark, f"SELECT t.a, m['k'].c FROM delta.`{path}`") == [([1], 5)]
    reader = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(path))
    found = pyarrow.table(reader.execute("SELECT id, t FROM t").read_all()).to_pylist()
    assert found == [{"id": 2, "t": [{"a": 1, "b": "x"}]}]
