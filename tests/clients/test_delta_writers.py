"""Several servers and another implementation write one table at once."""

import collections
import concurrent.futures

import deltalake
import pyarrow
import pytest

from tests.support.s3 import folder_of
from tests.support.server import Server, connect

COMMITS = 12


def by_server(remote, path, worker):
    session = connect(remote)
    for i in range(COMMITS):
        session.sql(f"INSERT INTO delta.`{path}` VALUES ({worker}, {i}, 'a')")
    session.stop()


def by_delta_rs(path, worker):
    schema = pyarrow.schema(
        [("w", pyarrow.int32()), ("i", pyarrow.int32()), ("p", pyarrow.string())]
    )
    for i in range(COMMITS):
        rows = pyarrow.table({"w": [worker], "i": [i], "p": ["b"]}, schema=schema)
        deltalake.write_deltalake(path, rows, mode="append")


def upserts(remote, path, worker, failures):
    session = connect(remote)
    for i in range(COMMITS):
        statement = (
            f"MERGE INTO delta.`{path}` t USING (SELECT {worker} w, {i} i) s"
            f" ON t.w = s.w AND t.i = s.i AND t.p = '{worker}'"
            " WHEN MATCHED THEN UPDATE SET i = t.i"
            f" WHEN NOT MATCHED THEN INSERT (w, i, p) VALUES (s.w, s.i, '{worker}')"
        )
        while True:
            try:
                session.sql(statement).collect()
                break
            except Exception as error:  # noqa: BLE001 - a conflict says so; all else is a failure
                if not error.getCondition().startswith("DELTA_CONCURRENT"):
                    failures.append(str(error))
                    break
    session.stop()


@pytest.fixture
def servers():
    with Server() as first, Server() as second:
        yield [first.remote, second.remote]


def make(remote, path):
    session = connect(remote)
    session.sql(f"CREATE TABLE delta.`{path}` (w INT, i INT, p STRING) PARTITIONED BY (p)")
    session.stop()


def rows(remote, path):
    session = connect(remote)
    found = session.sql(f"SELECT w, i FROM delta.`{path}`").collect()
    session.stop()
    return collections.Counter(tuple(r) for r in found)


def test_appends_of_all_are_there_once(servers, table_root):
    path = f"{table_root}/t"
    make(servers[0], path)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        work = [pool.submit(by_server, servers[n % 2], path, n) for n in range(3)]
        work.append(pool.submit(by_delta_rs, path, 9))
        for one in work:
            one.result()
    wanted = collections.Counter((w, i) for w in (0, 1, 2, 9) for i in range(COMMITS))
    for remote in servers:
        assert rows(remote, path) == wanted
    versions = sorted(int(f.stem) for f in folder_of(path).joinpath("_delta_log").glob("*.json"))
    assert versions == list(range(4 * COMMITS + 1))


def test_upserts_of_two_servers(servers, table_root):
    path = f"{table_root}/t"
    make(servers[0], path)
    failures = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        work = [pool.submit(upserts, servers[n], path, n, failures) for n in range(2)]
        for one in work:
            one.result()
    assert not failures
    assert rows(servers[0], path) == {(w, i): 1 for w in range(2) for i in range(COMMITS)}
