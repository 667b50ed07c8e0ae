"""Hanok and Apache Spark with Delta Lake write the same tables, in turns and at once."""

import concurrent.futures
import json
import pathlib

import pytest
from pyspark.sql.types import VariantVal

from tests.interop.features import FEATURES
from tests.support.server import connect

ORDERS = [("hanok", "spark"), ("spark", "hanok")]
COMMITS = 8


class Table:
    """A table of one feature that both engines write."""

    def __init__(self, engines, path, feature):
        self.engines = engines
        self.path = path
        self.name = f"delta.`{path}`"
        self.feature = feature
        self.compared = set()

    def sql(self, engine, statement):
        """Runs a statement in which @ stands for the table."""
        return self.engines[engine].sql(statement.replace("@", self.name)).collect()

    def create(self, engine):
        pairs = ", ".join(
            f"'{k}' = '{v}'" for k, v in {"a": "b", **self.feature.properties}.items()
        )
        self.sql(
            engine,
            f"CREATE TABLE @ ({self.feature.columns}) USING delta {self.feature.clause}"
            f" TBLPROPERTIES ({pairs})",
        )

    def insert(self, engine, low, high):
        columns = self.feature.insert
        self.sql(
            engine,
            f"INSERT INTO @ {columns} SELECT {self.feature.row} FROM range({low}, {high})",
        )

    def change(self, engine, low):
        """Each kind of statement that rewrites rows of low to low + 20."""
        self.insert(engine, low, low + 10)
        self.insert(engine, low + 10, low + 20)
        self.sql(engine, f"UPDATE @ SET v = v + 1 WHERE id IN ({low + 1}, {low + 11})")
        self.sql(engine, f"DELETE FROM @ WHERE id IN ({low + 2}, {low + 12})")
        self.sql(
            engine,
            "MERGE INTO @ t USING"
            f" (SELECT id AS k FROM range({low + 3}, {low + 22}, 4)) s ON t.id = s.k"
            f" WHEN MATCHED AND s.k = {low + 7} THEN DELETE"
            " WHEN MATCHED THEN UPDATE SET v = -1"
            " WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.k, -2)",
        )

    def rows(self, engine, version=None):
        travel = "" if version is None else f" VERSION AS OF {version}"
        found = self.engines[engine].sql(f"SELECT * FROM {self.name}{travel}").collect()
        return sorted(plain(row) for row in found)

    def feed(self, engine):
        reader = self.engines[engine].read.format("delta").option("readChangeFeed", "true")
        frame = reader.option("startingVersion", 0).load(self.path).drop("_commit_timestamp")
        return sorted(plain(row) for row in frame.collect())

    def ids(self, engine):
        columns = "id, _metadata.row_id, _metadata.row_commit_version"
        found = self.engines[engine].sql(f"SELECT {columns} FROM {self.name}").collect()
        return sorted(tuple(row) for row in found)

    def log(self):
        return pathlib.Path(self.path, "_delta_log")

    def versions(self):
        return sorted(int(f.stem) for f in self.log().glob("*.json") if f.stem.isdigit())

    def agree(self):
        """Both engines see the same rows, now and at every version since the last comparison."""
        for version in set(self.versions()) - self.compared:
            assert self.rows("hanok", version) == self.rows("spark", version), version
            self.compared.add(version)
        assert self.rows("hanok") == self.rows("spark")
        if self.feature.feed:
            assert self.feed("hanok") == self.feed("spark")
        if "delta.enableRowTracking" in self.feature.properties:
            assert self.ids("hanok") == self.ids("spark")


def plain(row):
    """A row as text that compares: NaN is itself, variants are their JSON."""
    return str([v.toJson() if isinstance(v, VariantVal) else str(v) for v in row])


@pytest.mark.parametrize("order", ORDERS, ids=lambda o: " then ".join(o))
@pytest.mark.parametrize("feature", FEATURES)
def test_in_turns(engines, tmp_path, feature, order):
    table = Table(engines, str(tmp_path / "t"), FEATURES[feature])
    first, second = order
    table.create(first)
    table.change(first, 0)
    table.agree()
    table.change(second, 100)
    for statement in table.feature.alter:
        table.sql(second, statement)
    table.agree()
    table.change(first, 200)
    table.sql(first, "OPTIMIZE @")
    table.sql(second, "DELETE FROM @ WHERE id % 5 = 0")
    table.sql(first, "RESTORE TABLE @ TO VERSION AS OF 8")
    table.change(second, 300)
    table.sql(second, "OPTIMIZE @")
    table.agree()
    expected = 9 * 2 + 2 if feature != "identity" else None
    assert expected is None or len(table.rows(first)) >= expected


def protocol_of(table):
    actions = {}
    for entry in sorted(table.log().glob("*.json")):
        for line in entry.read_text().splitlines():
            actions.update(json.loads(line))
    protocol = dict(actions["protocol"])
    for kind in ("readerFeatures", "writerFeatures"):
        protocol[kind] = sorted(protocol.get(kind, []))
    return protocol, actions["metaData"]


def schema_of(metadata):
    """The schema without what is drawn by lot: physical names."""
    text = json.loads(metadata["schemaString"])
    for field in text["fields"]:
        field["metadata"].pop("delta.columnMapping.physicalName", None)
    return text


@pytest.mark.parametrize("feature", FEATURES)
def test_the_same_statement_makes_the_same_table(engines, tmp_path, feature):
    made = {}
    for engine in engines:
        table = Table(engines, str(tmp_path / engine), FEATURES[feature])
        table.create(engine)
        for statement in table.feature.alter:
            table.sql(engine, statement)
        made[engine] = protocol_of(table)
    ours, theirs = made["hanok"], made["spark"]
    assert ours[0] == theirs[0]
    assert schema_of(ours[1]) == schema_of(theirs[1])
    volatile = {"delta.rowTracking.materializedRowIdColumnName"}
    volatile.add("delta.rowTracking.materializedRowCommitVersionColumnName")
    settings = [
        {k: v for k, v in one[1]["configuration"].items() if k not in volatile}
        for one in (ours, theirs)
    ]
    assert settings[0] == settings[1]
    assert ours[1]["partitionColumns"] == theirs[1]["partitionColumns"]


def until_committed(session, statement, failures):
    """Runs a statement again after conflicts; anything else is a failure."""
    while True:
        try:
            session.sql(statement).collect()
            return
        except Exception as error:  # noqa: BLE001 - Spark names conflicts in its text
            if "CONCURRENT" not in str(error).upper():
                failures.append(str(error))
                return


def writer(remote, name, worker, failures):
    session = connect(remote)
    try:
        for i in range(COMMITS):
            key = worker * 1000 + i
            row = f"SELECT {key} id, 'p{worker}' p, {i} v"
            until_committed(session, f"INSERT INTO {name} {row}", failures)
            until_committed(
                session,
                f"MERGE INTO {name} t USING (SELECT {key} id, 'p{worker}' p, 1 v UNION ALL"
                f" SELECT {key + 500}, 'p{worker}', 2) s"
                f" ON t.id = s.id AND t.p = 'p{worker}'"
                " WHEN MATCHED THEN UPDATE SET v = t.v + 100 WHEN NOT MATCHED THEN INSERT *",
                failures,
            )
    finally:
        session.stop()


@pytest.mark.parametrize("feature", ["plain", "vectors", "row tracking", "v2 checkpoints"])
def test_at_once(engines, remotes, tmp_path, feature):
    table = Table(engines, str(tmp_path / "t"), FEATURES[feature])
    table.create("hanok")
    failures = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        names = ["hanok", "spark", "hanok", "spark"]
        work = [
            pool.submit(writer, remotes[name], table.name, n, failures)
            for n, name in enumerate(names)
        ]
        for one in work:
            one.result()
    assert not failures
    expected = [
        (worker * 1000 + extra + i, 2 if extra else i + 100)
        for worker in range(4)
        for i in range(COMMITS)
        for extra in (0, 500)
    ]
    for session in engines.values():
        found = session.sql(f"SELECT id, v FROM {table.name}").collect()
        assert sorted(tuple(row) for row in found) == sorted(expected)
    assert table.versions() == list(range(1 + 2 * 4 * COMMITS))
