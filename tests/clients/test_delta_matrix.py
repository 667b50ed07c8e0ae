"""Every table feature with every operation, read back by another implementation.

Each case makes a table (id INT, p STRING, v INT, plus what the feature adds), writes it twice, does
one thing and compares what Hanok and deltalake read with rows that a line of Python predicts.
"""

import os

import deltalake
import pyarrow
import pytest

START = [(1, "a", 10), (2, "a", 20), (3, "b", 30), (4, None, 40)]


class Feature:
    def __init__(self, properties=None, columns="", clause="", theirs=True, inserts="id, p, v"):
        self.properties = properties or {}
        self.columns = columns
        self.clause = clause
        self.theirs = theirs  # can deltalake read it?
        self.inserts = inserts


FEATURES = {
    "none": Feature(),
    "partitioned": Feature(clause=" PARTITIONED BY (p)"),
    "constraints": Feature({"delta.constraints.positive": "v >= 0"}),
    "not null": Feature(columns=", k INT NOT NULL", inserts="id, p, v, k"),
    "defaults": Feature(
        {"delta.feature.allowColumnDefaults": "supported"}, ", d STRING DEFAULT 'none'"
    ),
    "generated": Feature(columns=", g INT GENERATED ALWAYS AS (id * 2)"),
    "generated partition": Feature(
        columns=", g INT GENERATED ALWAYS AS (id % 2)", clause=" PARTITIONED BY (g)"
    ),
    "identity": Feature(columns=", n BIGINT GENERATED ALWAYS AS IDENTITY"),
    "mapped by name": Feature({"delta.columnMapping.mode": "name"}),
    "mapped by id": Feature({"delta.columnMapping.mode": "id"}, clause=" PARTITIONED BY (p)"),
    "vectors": Feature({"delta.enableDeletionVectors": "true"}),
    "vectors, partitioned": Feature(
        {"delta.enableDeletionVectors": "true"}, clause=" PARTITIONED BY (p)"
    ),
    "feed": Feature({"delta.enableChangeDataFeed": "true"}),
    "feed, vectors": Feature(
        {"delta.enableChangeDataFeed": "true", "delta.enableDeletionVectors": "true"}
    ),
    "row tracking": Feature({"delta.enableRowTracking": "true"}),
    "in-commit timestamps": Feature({"delta.enableInCommitTimestamps": "true"}),
    "clustered": Feature(clause=" CLUSTER BY (id)"),
    "v2 checkpoints": Feature({"delta.checkpointPolicy": "v2", "delta.checkpointInterval": "2"}),
    "classic checkpoints": Feature({"delta.checkpointInterval": "2"}),
    "ntz": Feature(columns=", t TIMESTAMP_NTZ"),
    "widening": Feature({"delta.enableTypeWidening": "true"}, theirs=False),
    "variant": Feature(columns=", x VARIANT", theirs=False),
    "nested": Feature(
        columns=", s STRUCT<a: INT, b: ARRAY<STRUCT<c: STRING>>>, m MAP<STRING, INT>"
    ),
    "strange names": Feature({"delta.columnMapping.mode": "name"}, ", `a b;c` INT, `ä.%` STRING"),
}


class Table:
    def __init__(self, spark, path, feature):
        self.spark = spark
        self.path = path
        self.feature = feature
        self.name = f"delta.`{path}`"
        pairs = ", ".join(f"'{k}' = '{v}'" for k, v in {"a": "b", **feature.properties}.items())
        spark.sql(
            f"CREATE TABLE {self.name} (id INT, p STRING, v INT{feature.columns})"
            f"{feature.clause} TBLPROPERTIES ({pairs})"
        )
        self.insert(START[:2])
        self.insert(START[2:])

    def values(self, rows):
        extra = ", 0" if self.feature.inserts.endswith("k") else ""

        def text(value):
            return "NULL" if value is None else repr(value)

        return ", ".join("(" + ", ".join(map(text, row)) + extra + ")" for row in rows)

    def insert(self, rows):
        self.spark.sql(
            f"INSERT INTO {self.name} ({self.feature.inserts}) VALUES {self.values(rows)}"
        )

    def sql(self, statement):
        return self.spark.sql(statement.replace("TABLE", self.name)).collect()


def append(table):
    table.insert([(5, "c", 50)])
    return [*START, (5, "c", 50)]


def overwrite(table):
    table.sql(
        f"INSERT OVERWRITE TABLE ({table.feature.inserts}) VALUES {table.values([(7, 'z', 70)])}"
    )
    return [(7, "z", 70)]


def delete(table):
    table.sql("DELETE FROM TABLE WHERE id IN (1, 3)")
    return [START[1], START[3]]


def update(table):
    table.sql("UPDATE TABLE SET v = v + 1, p = 'u' WHERE id % 2 = 0")
    return [START[0], (2, "u", 21), START[2], (4, "u", 41)]


def merge(table):
    extra = ", 0" if table.feature.inserts.endswith("k") else ""
    table.sql(
        "MERGE INTO TABLE t USING (VALUES (1, 'x', 11), (2, 'd', 0), (9, 'n', 90)) s(id, p, v)"
        " ON t.id = s.id WHEN MATCHED AND s.p = 'd' THEN DELETE"
        " WHEN MATCHED THEN UPDATE SET v = s.v"
        f" WHEN NOT MATCHED THEN INSERT ({table.feature.inserts}) VALUES (s.id, s.p, s.v{extra})"
    )
    return [(1, "a", 11), START[2], START[3], (9, "n", 90)]


def optimize(table):
    delete(table)
    table.sql("OPTIMIZE TABLE")
    return [START[1], START[3]]


def zorder(table):
    if table.feature.clause.startswith(" CLUSTER"):
        table.sql("OPTIMIZE TABLE FULL")
    else:
        table.sql("OPTIMIZE TABLE ZORDER BY (id)")
    return START


def purge(table):
    delete(table)
    table.spark.sql(f"REORG TABLE {table.name} APPLY (PURGE)").collect()
    return [START[1], START[3]]


def restore(table):
    update(table)
    table.spark.sql(f"RESTORE TABLE {table.name} TO VERSION AS OF 1").collect()
    return START[:2]


def truncate_and_fill(table):
    table.sql("DELETE FROM TABLE")
    table.insert(START[:1])
    return START[:1]


def add_column(table):
    table.spark.sql(f"ALTER TABLE {table.name} ADD COLUMNS (later STRING AFTER id)")
    update(table)
    return [START[0], (2, "u", 21), START[2], (4, "u", 41)]


def deep_clone(table):
    delete(table)
    other = table.path + "_clone"
    table.spark.sql(f"CREATE TABLE delta.`{other}` DEEP CLONE {table.name}").collect()
    table.path, table.name = other, f"delta.`{other}`"
    append(table)
    return [START[1], START[3], (5, "c", 50)]


def shallow_clone(table):
    delete(table)
    other = table.path + "_clone"
    table.spark.sql(f"CREATE TABLE delta.`{other}` SHALLOW CLONE {table.name}").collect()
    table.path, table.name = other, f"delta.`{other}`"
    update(table)
    return [(2, "u", 21), (4, "u", 41)]


def vacuum(table):
    update(table)
    table.spark.sql("SET spark.databricks.delta.retentionDurationCheck.enabled = false")
    table.sql("VACUUM TABLE RETAIN 0 HOURS")
    return [START[0], (2, "u", 21), START[2], (4, "u", 41)]


OPERATIONS = [
    append,
    overwrite,
    delete,
    update,
    merge,
    optimize,
    zorder,
    purge,
    restore,
    truncate_and_fill,
    add_column,
    deep_clone,
    shallow_clone,
    vacuum,
]


def rows_of(batches):
    return sorted((tuple(row.values()) for row in batches), key=str)


def cases():
    """Every pair; on S3, where each takes longer, a fifth of them with all features and verbs."""
    on_s3 = os.environ.get("HANOK_TEST_STORE") == "s3"
    for i, feature in enumerate(FEATURES):
        for j, operation in enumerate(OPERATIONS):
            if not on_s3 or (i + j) % 5 == 0:
                yield pytest.param(feature, operation, id=f"{feature}-{operation.__name__}")


@pytest.mark.parametrize(("feature", "operation"), list(cases()))
def test_matrix(spark, table_root, feature, operation):
    table = Table(spark, f"{table_root}/t", FEATURES[feature])
    expected = sorted(operation(table), key=str)
    ours = [r.asDict() for r in spark.sql(f"SELECT id, p, v FROM {table.name}").collect()]
    assert rows_of(ours) == expected
    if FEATURES[feature].theirs:
        reader = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(table.path))
        found = pyarrow.table(reader.execute("SELECT id, p, v FROM t").read_all()).to_pylist()
        assert rows_of(found) == expected
