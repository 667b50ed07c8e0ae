"""Row tracking: rows keep their ids and the versions that changed them when files are rewritten."""

import pytest

from tests.support.delta import actions
from tests.support.s3 import folder_of

TRACKED = "'delta.enableRowTracking' = true"


def ids(spark, t, key="a"):
    """Row id and row commit version by key."""
    rows = spark.sql(
        f"SELECT {key}, _metadata.row_id, _metadata.row_commit_version FROM {t}"
    ).collect()
    out = {row[0]: (row[1], row[2]) for row in rows}
    assert len(out) == len(rows)
    assert len({row_id for row_id, _ in out.values()}) == len(rows)
    return out


@pytest.fixture(params=["plain", "mapped", "mapped by id", "partitioned"])
def table(spark, table_root, request):
    path = f"{table_root}/t"
    properties = TRACKED
    if request.param.startswith("mapped"):
        mode = "id" if request.param.endswith("id") else "name"
        properties += f", 'delta.columnMapping.mode' = '{mode}'"
    by = " PARTITIONED BY (p)" if request.param == "partitioned" else ""
    spark.sql(
        f"CREATE TABLE delta.`{path}` (a INT, b STRING, p INT) USING delta{by}"
        f" TBLPROPERTIES ({properties})"
    )
    for start in (0, 10):
        spark.range(start, start + 10).selectExpr(
            "CAST(id AS INT) AS a", "CAST(id AS STRING) AS b", "CAST(id % 2 AS INT) AS p"
        ).coalesce(1).write.format("delta").mode("append").save(path)
    return path


def test_ids_are_read(spark, table):
    t = f"delta.`{table}`"
    seen = ids(spark, t)
    assert {row_id for row_id, _ in seen.values()} == set(range(20))
    assert {version for key, (_, version) in seen.items() if key < 10} == {1}
    assert {version for key, (_, version) in seen.items() if key >= 10} == {2}
    fields = spark.sql(f"SELECT _metadata FROM {t}").schema[0].dataType.names
    assert fields[-4:] == [
        "base_row_id",
        "default_row_commit_version",
        "row_id",
        "row_commit_version",
    ]
    row = spark.sql(
        f"SELECT _metadata.row_index + _metadata.base_row_id = _metadata.row_id FROM {t}"
    ).distinct()
    assert [tuple(r) for r in row.collect()] == [(True,)]
    low = min(seen, key=lambda key: seen[key])
    assert [r[0] for r in spark.sql(f"SELECT a FROM {t} WHERE _metadata.row_id = 0").collect()] == [
        low
    ]


def test_optimize_keeps_ids(spark, table):
    t = f"delta.`{table}`"
    before = ids(spark, t)
    spark.sql(f"OPTIMIZE {t}")
    assert len(list(folder_of(table).rglob("*.parquet"))) > 2
    assert ids(spark, t) == before
    spark.sql(f"OPTIMIZE {t} ZORDER BY (b)")
    assert ids(spark, t) == before
    # New rows come after all ids ever given out.
    spark.sql(f"INSERT INTO {t} VALUES (100, 'x', 0)")
    assert ids(spark, t)[100][0] > max(row_id for row_id, _ in before.values())


def test_reorg_keeps_ids(spark, table):
    t = f"delta.`{table}`"
    spark.sql(f"ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)")
    before = ids(spark, t)
    spark.sql(f"DELETE FROM {t} WHERE a IN (3, 4, 15)")
    left = {key: value for key, value in before.items() if key not in (3, 4, 15)}
    assert ids(spark, t) == left
    spark.sql(f"REORG TABLE {t} APPLY (PURGE)")
    assert ids(spark, t) == left


def test_enabling_gives_ids_to_old_rows(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {t} (a INT) USING delta")
    spark.sql(f"INSERT INTO {t} VALUES (1), (2)")
    with pytest.raises(Exception, match="row_id"):
        spark.sql(f"SELECT _metadata.row_id FROM {t}").collect()
    spark.sql(f"ALTER TABLE {t} SET TBLPROPERTIES ({TRACKED})")
    before = ids(spark, t)
    assert sorted(row_id for row_id, _ in before.values()) == [0, 1]
    spark.sql(f"INSERT INTO {t} VALUES (3)")
    spark.sql(f"OPTIMIZE {t}")
    after = ids(spark, t)
    assert {key: after[key] for key in before} == before
    assert after[3][0] == 2


def test_suspended_row_tracking(spark, table_root):
    path = f"{table_root}/t"
    t = f"delta.`{path}`"
    spark.sql(
        f"CREATE TABLE {t} (a INT) USING delta TBLPROPERTIES"
        " ('delta.feature.rowTracking' = 'supported', 'delta.rowTrackingSuspended' = true)"
    )
    spark.sql(f"INSERT INTO {t} VALUES (1)")
    assert "baseRowId" not in actions(path, "add")[0]
    with pytest.raises(Exception, match="DELTA_ROW_TRACKING_ILLEGAL_PROPERTY_COMBINATION"):
        spark.sql(f"ALTER TABLE {t} SET TBLPROPERTIES ({TRACKED})")
    assert len(actions(path, "add")) == 1
    spark.sql(
        f"ALTER TABLE {t} SET TBLPROPERTIES ({TRACKED}, 'delta.rowTrackingSuspended' = false)"
    )
    assert ids(spark, t)[1][0] == 0


CHANGES = {
    "delete": ("DELETE FROM {t} WHERE a IN (3, 14)", set(), {3, 14}, set()),
    "update": ("UPDATE {t} SET b = 'new' WHERE a IN (3, 14)", {3, 14}, set(), set()),
    "update all": ("UPDATE {t} SET b = 'new'", set(range(20)), set(), set()),
    "move": ("UPDATE {t} SET p = 1 - p WHERE a = 4", {4}, set(), set()),
    "merge": (
        "MERGE INTO {t} t USING"
        " (SELECT * FROM VALUES (3, 'u'), (14, 'd'), (50, 'i') AS v(k, what)) s ON t.a = s.k"
        " WHEN MATCHED AND what = 'u' THEN UPDATE SET b = 'new'"
        " WHEN MATCHED THEN DELETE"
        " WHEN NOT MATCHED THEN INSERT (a, b, p) VALUES (k, what, 0)",
        {3},
        {14},
        {50},
    ),
    "merge by source": (
        "MERGE INTO {t} t USING (SELECT 3 AS k) s ON t.a = s.k"
        " WHEN NOT MATCHED BY SOURCE AND a > 17 THEN UPDATE SET b = 'new'",
        {18, 19},
        set(),
        set(),
    ),
    "merge inserts": (
        "MERGE INTO {t} t USING (SELECT 3 AS k UNION ALL SELECT 50) s ON t.a = s.k"
        " WHEN NOT MATCHED THEN INSERT (a, b, p) VALUES (k, 'i', 0)",
        set(),
        set(),
        {50},
    ),
    "replace using": (
        "INSERT INTO {t} REPLACE USING (a) VALUES (3, 'new', 1)",
        set(),
        {3},
        {3},
    ),
    "replace where": (
        "INSERT INTO {t} REPLACE WHERE a < 2 VALUES (0, 'new', 0)",
        set(),
        {0, 1},
        {0},
    ),
}


@pytest.mark.parametrize("vectors", [False, True], ids=["copy on write", "vectors"])
@pytest.mark.parametrize("name", CHANGES)
def test_changes_keep_ids(spark, table, name, vectors):
    t = f"delta.`{table}`"
    sql, updated, deleted, inserted = CHANGES[name]
    spark.sql(
        f"ALTER TABLE {t} SET TBLPROPERTIES"
        f" ('delta.enableDeletionVectors' = {vectors}, 'delta.enableChangeDataFeed' = true)"
    )
    spark.sql(f"ALTER TABLE {t} ADD CONSTRAINT small CHECK (a < 1000)")
    before = ids(spark, t)
    spark.sql(sql.format(t=t))
    version = spark.sql(f"DESCRIBE HISTORY {t} LIMIT 1").collect()[0]["version"]
    after = ids(spark, t)
    assert set(after) == set(before) - deleted | inserted
    for key, (row_id, changed) in after.items():
        if key in inserted:
            assert row_id > 19 and changed == version, key
        elif key in updated:
            assert (row_id, changed) == (before[key][0], version), key
        else:
            assert (row_id, changed) == before[key], key
    # What comes next stands on what was kept.
    spark.sql(f"OPTIMIZE {t}")
    assert ids(spark, t) == after
    assert spark.sql(f"SELECT * FROM {t}").columns == ["a", "b", "p"]


def test_schema_evolution_in_merge_keeps_ids(spark, table):
    t = f"delta.`{table}`"
    before = ids(spark, t)
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO {t} t USING (SELECT 3 AS a, 'n' AS b, 1 AS p, 7 AS c) s"
        " ON t.a = s.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    after = ids(spark, t)
    assert {key: value[0] for key, value in after.items()} == {
        key: value[0] for key, value in before.items()
    }
    assert [r[0] for r in spark.sql(f"SELECT c FROM {t} WHERE a = 3").collect()] == [7]


def test_clone_and_restore_keep_ids(spark, table, table_root):
    t = f"delta.`{table}`"
    before = ids(spark, t)
    spark.sql(f"UPDATE {t} SET b = 'new' WHERE a < 5")
    changed = ids(spark, t)
    for kind in ("SHALLOW", "DEEP"):
        copy = f"delta.`{table_root}/{kind}`"
        spark.sql(f"CREATE TABLE {copy} {kind} CLONE {t}")
        assert {k: v[0] for k, v in ids(spark, copy).items()} == {
            k: v[0] for k, v in changed.items()
        }
    spark.sql(f"RESTORE TABLE {t} TO VERSION AS OF 2")
    assert ids(spark, t) == before


def test_commits_say_that_row_ids_are_preserved(spark, table):
    t = f"delta.`{table}`"
    spark.sql(f"UPDATE {t} SET b = 'new' WHERE a < 5")
    spark.sql(f"OPTIMIZE {t}")
    infos = actions(table, "commitInfo")
    assert [info["operation"] for info in infos[-2:]] == ["UPDATE", "OPTIMIZE"]
    for info in infos[-2:]:
        assert info["tags"] == {"delta.rowTracking.preserved": "true"}
    assert "tags" not in infos[0]
