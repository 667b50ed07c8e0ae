"""Random operations on a table, each followed by a plain model of its rows.

After every statement the table must hold the model's rows; at the end every version is read again
by time travel, the change feed of every version must lead from one state to the next, and another
implementation must see the last state.
"""

import collections
import os
import random

import deltalake
import pyarrow
import pytest

ON_S3 = os.environ.get("HANOK_TEST_STORE") == "s3"
STEPS = int(os.environ.get("HANOK_MODEL_STEPS", "8" if ON_S3 else "30"))
SEEDS = [int(s) for s in os.environ.get("HANOK_MODEL_SEEDS", "1").split(",")]

FEATURES = {
    "plain": {},
    "vectors": {"delta.enableDeletionVectors": "true"},
    "feed": {"delta.enableChangeDataFeed": "true"},
    "vectors and feed": {
        "delta.enableDeletionVectors": "true",
        "delta.enableChangeDataFeed": "true",
    },
    "mapped": {"delta.columnMapping.mode": "name", "delta.enableChangeDataFeed": "true"},
    "mapped by id": {"delta.columnMapping.mode": "id", "delta.enableDeletionVectors": "true"},
    "v2 checkpoints": {
        "delta.checkpointPolicy": "v2",
        "delta.checkpointInterval": "3",
        "delta.enableInCommitTimestamps": "true",
        "delta.enableDeletionVectors": "true",
    },
    "row tracking": {"delta.enableRowTracking": "true", "delta.checkpointInterval": "4"},
}
THEIRS = {"plain", "vectors", "feed", "mapped", "vectors and feed"}


class Model:
    """A table and what it must hold: rows (id, p, v)."""

    def __init__(self, spark, path, properties, seed):
        self.spark = spark
        self.path = path
        self.name = f"delta.`{path}`"
        self.random = random.Random(seed)
        self.rows = collections.Counter()
        self.history = {}
        pairs = ", ".join(f"'{k}' = '{v}'" for k, v in {"made.by": "test", **properties}.items())
        spark.sql(
            f"CREATE TABLE {self.name} (id INT, p STRING, v BIGINT) PARTITIONED BY (p)"
            f" TBLPROPERTIES ({pairs})"
        )
        self.note()

    def note(self):
        self.history[self.version()] = collections.Counter(self.rows)

    def version(self):
        return self.spark.sql(f"DESCRIBE HISTORY {self.name} LIMIT 1").first()["version"]

    def stored(self, version=None):
        travel = "" if version is None else f" VERSION AS OF {version}"
        rows = self.spark.sql(f"SELECT id, p, v FROM {self.name}{travel}").collect()
        return collections.Counter(tuple(r) for r in rows)

    # ---- random pieces

    def key(self):
        return self.random.randrange(40)

    def partition(self):
        return self.random.choice(["a", "b c", "ü=1%", None])

    def some_rows(self, most=8):
        count = self.random.randrange(1, most + 1)
        return [(self.key(), self.partition(), self.random.randrange(1000)) for _ in range(count)]

    @staticmethod
    def values(rows):
        def text(value):
            if value is None:
                return "NULL"
            return f"'{value}'" if isinstance(value, str) else str(value)

        return ", ".join("(" + ", ".join(map(text, row)) + ")" for row in rows)

    def change(self, condition, change):
        """Rows that meet the condition become what `change` makes of them (None: nothing)."""
        after = collections.Counter()
        for row, count in self.rows.items():
            new = change(row) if condition(row) else row
            if new is not None:
                after[new] += count
        self.rows = after

    # ---- operations

    def insert(self):
        rows = self.some_rows()
        self.spark.sql(f"INSERT INTO {self.name} VALUES {self.values(rows)}")
        self.rows.update(rows)

    def delete(self):
        low = self.key()
        self.spark.sql(f"DELETE FROM {self.name} WHERE id >= {low} AND id < {low + 4}")
        self.change(lambda r: low <= r[0] < low + 4, lambda r: None)

    def delete_partition(self):
        self.spark.sql(f"DELETE FROM {self.name} WHERE p = 'b c' AND v % 2 = 0")
        self.change(lambda r: r[1] == "b c" and r[2] % 2 == 0, lambda r: None)

    def update(self):
        low = self.key()
        self.spark.sql(f"UPDATE {self.name} SET v = v + 1 WHERE id BETWEEN {low} AND {low + 5}")
        self.change(lambda r: low <= r[0] <= low + 5, lambda r: (r[0], r[1], r[2] + 1))

    def move(self):
        key = self.key()
        self.spark.sql(f"UPDATE {self.name} SET p = 'a' WHERE id = {key}")
        self.change(lambda r: r[0] == key, lambda r: (r[0], "a", r[2]))

    def merge(self):
        source = {row[0]: row for row in self.some_rows(12)}
        self.spark.sql(
            f"MERGE INTO {self.name} t USING (VALUES {self.values(source.values())}) AS s(id, p, v)"
            " ON t.id = s.id WHEN MATCHED AND s.v % 3 = 0 THEN DELETE"
            " WHEN MATCHED THEN UPDATE SET t.v = s.v + t.v"
            " WHEN NOT MATCHED THEN INSERT *"
        )
        known = {row[0] for row in self.rows}

        def change(row):
            theirs = source[row[0]]
            return None if theirs[2] % 3 == 0 else (row[0], row[1], row[2] + theirs[2])

        self.change(lambda r: r[0] in source, change)
        self.rows.update(row for key, row in source.items() if key not in known)

    def merge_by_source(self):
        keys = sorted({self.key() for _ in range(15)})
        rows = ", ".join(f"({k})" for k in keys)
        self.spark.sql(
            f"MERGE INTO {self.name} t USING (VALUES {rows}) AS s(k) ON t.id = s.k"
            " WHEN NOT MATCHED BY SOURCE AND t.v > 500 THEN DELETE"
            " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 0"
        )
        self.change(lambda r: r[0] not in keys, lambda r: None if r[2] > 500 else (r[0], r[1], 0))

    def replace_where(self):
        rows = [(k, "a", v) for k, _, v in self.some_rows()]
        self.spark.sql(f"INSERT INTO {self.name} REPLACE WHERE p = 'a' VALUES {self.values(rows)}")
        self.change(lambda r: r[1] == "a", lambda r: None)
        self.rows.update(rows)

    def replace_using(self):
        rows = self.some_rows()
        self.spark.sql(f"INSERT INTO {self.name} REPLACE USING (id) VALUES {self.values(rows)}")
        keys = {row[0] for row in rows}
        self.change(lambda r: r[0] in keys, lambda r: None)
        self.rows.update(rows)

    def optimize(self):
        self.spark.sql(f"OPTIMIZE {self.name}").collect()

    def zorder(self):
        self.spark.sql(f"OPTIMIZE {self.name} ZORDER BY (id, v)").collect()

    def purge(self):
        self.spark.sql(f"REORG TABLE {self.name} APPLY (PURGE)").collect()

    def restore(self):
        version = self.random.choice(sorted(self.history))
        self.spark.sql(f"RESTORE TABLE {self.name} TO VERSION AS OF {version}").collect()
        self.rows = collections.Counter(self.history[version])

    def step(self):
        weighted = [self.insert, self.insert, self.delete, self.update, self.merge]
        rare = [
            self.delete_partition,
            self.move,
            self.merge_by_source,
            self.replace_where,
            self.replace_using,
            self.optimize,
            self.zorder,
            self.purge,
            self.restore,
        ]
        operation = self.random.choice(weighted + rare)
        operation()
        self.note()
        assert self.stored() == self.rows, f"after {operation.__name__}, {self.version()}"
        return operation.__name__


def check_feed(model, version):
    """The changes of a version lead from the one before it to it."""
    reader = model.spark.read.format("delta").option("readChangeFeed", "true")
    reader = reader.option("startingVersion", version).option("endingVersion", version)
    state = collections.Counter(model.history[version - 1])
    for row in reader.load(model.path).select("_change_type", "id", "p", "v").collect():
        kind, values = row[0], tuple(row)[1:]
        state[values] += 1 if kind in ("insert", "update_postimage") else -1
    assert +state == +model.history[version], version
    assert all(count >= 0 for count in state.values()), version


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("features", FEATURES)
def test_random_operations(spark, table_root, features, seed):
    model = Model(spark, f"{table_root}/t", FEATURES[features], f"{features}{seed}")
    model.insert()
    model.note()
    done = [model.step() for _ in range(STEPS)]
    for version, rows in model.history.items():
        assert model.stored(version) == rows, (version, done)
    if FEATURES[features].get("delta.enableChangeDataFeed"):
        versions = sorted(model.history)
        for before, version in zip(versions, versions[1:], strict=False):
            if before == version - 1:
                check_feed(model, version)
    if features in THEIRS:
        table = deltalake.DeltaTable(model.path)
        reader = deltalake.QueryBuilder().register("t", table)
        batches = pyarrow.table(reader.execute("SELECT id, p, v FROM t").read_all())
        seen = collections.Counter(tuple(row.values()) for row in batches.to_pylist())
        assert seen == model.rows
