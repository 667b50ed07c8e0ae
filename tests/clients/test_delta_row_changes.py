"""DELETE, UPDATE and MERGE by rewriting files and by deletion vectors; the change data feed."""

import random

import deltalake
import pyarrow
import pytest

from tests.support.delta import theirs

MODES = {
    "rewrite": {},
    "vectors": {"delta.enableDeletionVectors": "true"},
    "feed": {"delta.enableChangeDataFeed": "true"},
    "vectors_and_feed": {
        "delta.enableDeletionVectors": "true",
        "delta.enableChangeDataFeed": "true",
    },
    "mapped": {"delta.enableDeletionVectors": "true", "delta.columnMapping.mode": "name"},
}


@pytest.fixture
def path(table_root):
    return f"{table_root}/table"


def create(spark, path, properties, partitioned=False):
    listed = ", ".join(f"'{key}' = '{value}'" for key, value in properties.items())
    by = " PARTITIONED BY (p)" if partitioned else ""
    text = f" TBLPROPERTIES ({listed})" if listed else ""
    spark.sql(f"CREATE TABLE delta.`{path}` (id BIGINT, v BIGINT, p STRING){by}{text}")


def ours(spark, path, version=None):
    at = "" if version is None else f" VERSION AS OF {version}"
    return sorted(tuple(r) for r in spark.sql(f"SELECT * FROM delta.`{path}`{at}").collect())


def counts(spark, statement):
    return tuple(spark.sql(statement).collect()[0])


class Model:
    """The table as a dictionary, and random statements over it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.rows = {}

    def insert(self):
        start = self.random.randrange(0, 200)
        new = [i for i in range(start, start + 40) if i not in self.rows]
        for i in new:
            self.rows[i] = (i, i * 10, "ab"[i % 2])
        values = ", ".join(f"({i}, {i * 10}, '{'ab'[i % 2]}')" for i in new)
        return f"INSERT INTO {{t}} VALUES {values}" if new else None, None

    def delete(self):
        n = self.random.randrange(2, 9)
        gone = [i for i in self.rows if i % n == 0]
        for i in gone:
            del self.rows[i]
        return f"DELETE FROM {{t}} WHERE id % {n} = 0", (len(gone),)

    def update(self):
        n = self.random.randrange(2, 9)
        hit = [i for i in self.rows if i % n == 1]
        for i in hit:
            self.rows[i] = (i, self.rows[i][1] + 1, self.rows[i][2])
        return f"UPDATE {{t}} SET v = v + 1 WHERE id % {n} = 1", (len(hit),)

    def merge(self):
        start, step = self.random.randrange(0, 200), self.random.randrange(1, 5)
        keys = list(range(start, start + 60, step))
        updated = [k for k in keys if k in self.rows and k % 3 != 0]
        deleted = [k for k in keys if k in self.rows and k % 3 == 0]
        inserted = [k for k in keys if k not in self.rows]
        for k in updated:
            self.rows[k] = (k, -k, self.rows[k][2])
        for k in deleted:
            del self.rows[k]
        for k in inserted:
            self.rows[k] = (k, k, "m")
        statement = (
            f"MERGE INTO {{t}} t USING (SELECT id FROM range({start}, {start + 60}, {step})) s"
            " ON t.id = s.id WHEN MATCHED AND s.id % 3 = 0 THEN DELETE"
            " WHEN MATCHED THEN UPDATE SET v = -s.id"
            " WHEN NOT MATCHED THEN INSERT (id, v, p) VALUES (s.id, s.id, 'm')"
        )
        n = (len(updated), len(deleted), len(inserted))
        return statement, (sum(n), *n)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("partitioned", [False, True])
def test_random_changes_agree_with_a_model_at_every_version(spark, path, mode, partitioned):
    create(spark, path, MODES[mode], partitioned)
    model = Model(f"{mode}{partitioned}")
    history = {}
    for _ in range(14):
        name = model.random.choice(["insert", "delete", "update", "merge"])
        statement, expected = getattr(model, name)()
        if statement is None:
            continue
        answer = spark.sql(statement.format(t=f"delta.`{path}`")).collect()
        if expected is not None:
            assert tuple(answer[0]) == expected, statement
        assert ours(spark, path) == sorted(model.rows.values()), statement
        history[deltalake.DeltaTable(path).version()] = sorted(model.rows.values())
    assert sorted(theirs(path)) == sorted(model.rows.values())
    for version, rows in history.items():
        assert ours(spark, path, version) == rows


def test_vectors_leave_the_files_alone(spark, path):
    create(spark, path, MODES["vectors"])
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id, id, 'x' FROM range(1000)")
    before = set(deltalake.DeltaTable(path).file_uris())
    assert counts(spark, f"DELETE FROM delta.`{path}` WHERE id < 10") == (10,)
    assert counts(spark, f"UPDATE delta.`{path}` SET v = 0 WHERE id = 500") == (1,)
    after = set(deltalake.DeltaTable(path).file_uris())
    assert before < after and len(after) == 2
    assert deltalake.DeltaTable(path).protocol().reader_features == ["deletionVectors"]
    metrics = spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()[1]["operationMetrics"]
    assert metrics["numDeletionVectorsAdded"] == "1" and metrics["numCopiedRows"] == "0"
    assert counts(spark, f"DELETE FROM delta.`{path}` WHERE id < 1000") == (990,)
    assert deltalake.DeltaTable(path).file_uris() == []


def test_a_row_that_matches_twice_fails_the_merge_unless_it_is_deleted(spark, path):
    create(spark, path, MODES["vectors"])
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 1, 'x'), (2, 2, 'x')")
    merge = f"MERGE INTO delta.`{path}` t USING (VALUES (1), (1) AS s(id)) s ON t.id = s.id"
    with pytest.raises(Exception, match="DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"):
        spark.sql(f"{merge} WHEN MATCHED THEN UPDATE SET v = 0")
    assert counts(spark, f"{merge} WHEN MATCHED THEN DELETE") == (1, 0, 1, 0)
    assert sorted(theirs(path)) == [(2, 2, "x")]


def test_optimize_takes_deleted_rows_out(spark, path):
    create(spark, path, MODES["vectors"])
    spark.sql(f"INSERT INTO delta.`{path}` SELECT id, id, 'x' FROM range(100)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id % 2 = 0")
    spark.sql(f"OPTIMIZE delta.`{path}`")
    adds = deltalake.DeltaTable(path).get_add_actions(flatten=True)
    assert adds.column("num_records").to_pylist() == [50]
    assert [row[0] for row in sorted(theirs(path))] == list(range(1, 100, 2))


def changes(path):
    table = pyarrow.table(deltalake.DeltaTable(path).load_cdf(0).read_all())
    rows = table.select(["_commit_version", "_change_type", "id", "v"]).to_pylist()
    return sorted(tuple(row.values()) for row in rows)


def test_another_implementation_reads_the_change_feed(spark, path):
    create(spark, path, MODES["feed"])
    table = f"delta.`{path}`"
    spark.sql(f"INSERT INTO {table} VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x')")
    spark.sql(f"DELETE FROM {table} WHERE id = 1")
    spark.sql(f"UPDATE {table} SET v = 20 WHERE id = 2")
    spark.sql(
        f"MERGE INTO {table} t USING (VALUES (2, 200L), (9, 9L) AS s(id, v)) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (id, v)"
    )
    spark.sql(f"INSERT INTO {table} REPLACE WHERE id = 3 SELECT 3, 33, 'x'")
    spark.sql(f"OPTIMIZE {table}")
    expected = [
        (1, "insert", 1, 1),
        (1, "insert", 2, 2),
        (1, "insert", 3, 3),
        (2, "delete", 1, 1),
        (3, "update_postimage", 2, 20),
        (3, "update_preimage", 2, 2),
        (4, "insert", 9, 9),
        (4, "update_postimage", 2, 200),
        (4, "update_preimage", 2, 20),
        (5, "delete", 3, 3),
        (5, "insert", 3, 33),
    ]
    assert changes(path) == expected
    columns = ["_commit_version", "_change_type", "id", "v"]
    reader = spark.read.option("readChangeFeed", "true").option("startingVersion", 0)
    assert (
        sorted(map(tuple, reader.format("delta").load(path).select(*columns).collect())) == expected
    )
    assert sorted(map(tuple, reader.table(table).select(*columns).collect())) == expected
    spark.sql(f"CREATE TABLE fed USING delta LOCATION '{path}'")
    some = spark.sql(
        "SELECT _commit_version, _change_type, id, v FROM table_changes('default.fed', 2, 3)"
        " WHERE _change_type <> 'update_preimage'"
    )
    assert sorted(map(tuple, some.collect())) == [
        (2, "delete", 1, 1),
        (3, "update_postimage", 2, 20),
    ]
    assert spark.sql("SELECT count(*) FROM table_changes('fed', 0)").collect()[0][0] == 11
    spark.sql("DROP TABLE fed")


def feed(spark, path, start=0):
    reader = spark.read.option("readChangeFeed", "true").option("startingVersion", start)
    rows = reader.format("delta").load(path).collect()
    return sorted((r["_commit_version"], r["_change_type"], r["id"], r["v"]) for r in rows)


def test_deletion_vectors_are_changes_by_themselves(spark, path):
    create(spark, path, MODES["vectors_and_feed"], partitioned=True)
    table = f"delta.`{path}`"
    spark.sql(f"INSERT INTO {table} SELECT id, id, 'x' FROM range(5)")
    spark.sql(f"DELETE FROM {table} WHERE id = 1")
    spark.sql(f"DELETE FROM {table} WHERE id = 3")
    spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 2")
    assert feed(spark, path, 2) == [
        (2, "delete", 1, 1),
        (3, "delete", 3, 3),
        (4, "insert", 3, 3),
    ]


def test_the_feed_applied_gives_the_table(spark, path):
    create(spark, path, MODES["vectors_and_feed"])
    model = Model("feed")
    for _ in range(12):
        statement, _ = getattr(model, model.random.choice(["insert", "delete", "merge"]))()
        if statement:
            spark.sql(statement.format(t=f"delta.`{path}`"))
    table = {}
    for _, kind, key, value in sorted(feed(spark, path), key=lambda c: (c[0], c[1] == "insert")):
        if kind in ("delete", "update_preimage"):
            assert table.pop((key, value)) is True
        else:
            table[(key, value)] = True
    assert sorted(table) == sorted((r[0], r[1]) for r in model.rows.values())


def test_changes_that_were_not_recorded_cannot_be_read(spark, path):
    create(spark, path, {})
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 1, 'x')")
    with pytest.raises(Exception, match="DELTA_MISSING_CHANGE_DATA"):
        feed(spark, path)
    spark.sql(
        f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, 2, 'x')")
    assert feed(spark, path, 2) == [(3, "insert", 2, 2)]
    with pytest.raises(Exception, match="DELTA_CDC_START_VERSION_AFTER_LATEST"):
        feed(spark, path, 9)
    with pytest.raises(Exception, match="DELTA_NO_START_FOR_CDC_READ"):
        spark.read.option("readChangeFeed", "true").format("delta").load(path).collect()
