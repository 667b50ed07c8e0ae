"""kill -9 at any moment: every acknowledged commit is there afterwards, and no other."""

import random
import threading
import time

import deltalake

from tests.support.server import Server, connect

ROUNDS = 5
SEED = 20251121


def write_until_killed(remote: str, table: str, first: int, acknowledged: list[int]) -> None:
    """Inserts one row a statement, counting up; remembers what the server said yes to."""
    try:
        spark = connect(remote)
        for value in range(first, first + 1000):
            spark.sql(f"INSERT INTO {table} VALUES ({value}, repeat('x', 1000))")
            acknowledged.append(value)
    except Exception:  # noqa: BLE001 - the server dies in the middle: any error will do
        return


def test_acknowledged_commits_survive_and_no_other_appears(tmp_path):
    chance = random.Random(SEED)
    data, location = tmp_path / "data", tmp_path / "table"
    with Server(data_dir=data) as server:
        spark = connect(server.remote)
        spark.sql(f"CREATE TABLE t (id BIGINT, pad STRING) USING DELTA LOCATION '{location}'")
        spark.stop()

    acknowledged: list[int] = []
    possible: set[int] = set()
    for round_number in range(ROUNDS):
        server = Server(data_dir=data).start()
        first = round_number * 1000
        mine: list[int] = []
        writer = threading.Thread(
            target=write_until_killed, args=(server.remote, "t", first, mine), daemon=True
        )
        writer.start()
        time.sleep(chance.uniform(0.3, 1.5))
        server.kill()
        writer.join(timeout=1)
        acknowledged += mine
        in_flight = mine[-1] + 1 if mine else first
        possible |= {*mine, in_flight}
        present = deltalake.DeltaTable(str(location)).to_pyarrow_table()["id"].to_pylist()
        assert len(present) == len(set(present)), "a row was written twice"
        assert set(acknowledged) <= set(present), "an acknowledged row is gone"
        assert set(present) <= possible, "a row that nobody was told of"

    with Server(data_dir=data) as server:
        spark = connect(server.remote)
        count = spark.table("t").count()
        spark.sql("INSERT INTO t VALUES (-1, 'after')")
        assert spark.table("t").count() == count + 1
        spark.stop()
    assert acknowledged, "no commit was acknowledged in any round"
