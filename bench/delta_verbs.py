"""Delta's verbs on 6 million rows of lineitem: MERGE, UPDATE, DELETE; delta-rs as the peer."""

import pathlib
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable

import deltalake
import pyarrow as pa
import pyarrow.parquet as pq

from bench import tpch
from bench.line import Line
from bench.peers import Sail
from tests.support.server import Server, connect

RUNS = 3
MERGE_ROWS = 60_000
DV = "'delta.enableDeletionVectors' = 'true'"
UPDATE = "UPDATE {} SET l_quantity = l_quantity + 1 WHERE id % 100 = 7"
DELETE = "DELETE FROM {} WHERE id % 100 = 7"
MERGE = (
    "MERGE INTO {} t USING updates s ON t.id = s.id "
    "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
)


def merge_data(work: pathlib.Path, scale: float = 1) -> pathlib.Path:
    """Parquet files of lineitem with a dense key `id` and of the MERGE's source; their folder."""
    out = work / ("verbs" if scale == 1 else f"verbs-{scale:g}")
    if not (out / "complete").exists():
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        duck = tpch.peer(tpch.generate(work, scale))
        numbered = "SELECT row_number() OVER () - 1 AS id, * FROM lineitem"
        duck.execute(f"COPY ({numbered}) TO '{out}/target.parquet' (FORMAT parquet)")
        rows = duck.execute("SELECT count(*) FROM lineitem").fetchone()[0]
        step = rows // (MERGE_ROWS // 2)
        # Half of the keys exist, spread over the whole table; half are new.
        updates = (
            f"SELECT CASE WHEN id % {step} = 0 THEN id ELSE id + {rows} END AS id, "
            f"* EXCLUDE (id) FROM '{out}/target.parquet' WHERE id % {step} IN (0, 1)"
        )
        duck.execute(f"COPY ({updates}) TO '{out}/updates.parquet' (FORMAT parquet)")
        (out / "complete").touch()
    return out


def _make_tables(spark, data: pathlib.Path, folder: pathlib.Path) -> None:
    """The same table twice: copy on write, and with deletion vectors."""
    for name, clause in (("cow", ""), ("dv", f"TBLPROPERTIES ({DV}) ")):
        spark.sql(
            f"CREATE TABLE delta.`{folder}/{name}` USING DELTA {clause}"
            f"AS SELECT * FROM parquet.`{data}/target.parquet`"
        )
    spark.read.parquet(f"{data}/updates.parquet").createOrReplaceTempView("updates")


def _on_fresh_copy(table: pathlib.Path, work: Callable[[pathlib.Path], object]) -> float:
    """Seconds of `work` on a copy of the table (files are links); the copy goes away."""
    seconds = []
    for run in range(RUNS):
        copy = table.with_name(f"{table.name}-{run}")
        shutil.copytree(table, copy, copy_function=lambda a, b: pathlib.Path(b).hardlink_to(a))
        start = time.perf_counter()
        work(copy)
        seconds.append(time.perf_counter() - start)
        shutil.rmtree(copy)
    return statistics.median(seconds)


def peak_mb(pid: int) -> float:
    """The most memory that a process has held, in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1000


def _delta_rs_merge(updates: pa.Table) -> Callable[[pathlib.Path], object]:
    def merge(copy: pathlib.Path) -> None:
        table = deltalake.DeltaTable(str(copy))
        clauses = table.merge(
            updates, "t.id = s.id", source_alias="s", target_alias="t"
        ).when_matched_update_all()
        clauses.when_not_matched_insert_all().execute()

    return merge


def _seconds_of(spark, table: pathlib.Path, statement: str) -> float:
    return _on_fresh_copy(table, lambda copy: spark.sql(statement.format(f"delta.`{copy}`")))


def verbs(work: pathlib.Path) -> list[Line]:
    """MERGE, UPDATE and DELETE, copy on write and with deletion vectors; delta-rs in turn."""
    data = merge_data(work)
    with tempfile.TemporaryDirectory(dir=work) as scratch, Server() as server:
        folder = pathlib.Path(scratch)
        spark = connect(server.remote)
        _make_tables(spark, data, folder)
        merge_cow = _seconds_of(spark, folder / "cow", MERGE)
        merge_dv = _seconds_of(spark, folder / "dv", MERGE)
        update_dv = _seconds_of(spark, folder / "dv", UPDATE)
        delete_dv = _seconds_of(spark, folder / "dv", DELETE)
        peak = peak_mb(server.pid)
        spark.stop()
        peer = _on_fresh_copy(
            folder / "cow", _delta_rs_merge(pq.read_table(data / "updates.parquet"))
        )
    note = f"{merge_cow:.2f} s, delta-rs {peer:.2f} s"
    return [
        Line("MERGE 60 k keys into 6 M rows, copy on write", 2.4, merge_cow, "s"),
        Line("  the same, times delta-rs", 0.75, merge_cow / peer, "x", note),
        Line("MERGE 60 k keys, deletion vectors", 0.5, merge_dv, "s"),
        Line("UPDATE of 1 %, deletion vectors", 0.35, update_dv, "s"),
        Line("DELETE of 1 %, deletion vectors", 0.15, delete_dv, "s"),
        Line("peak memory of these", 1500, peak, "MB"),
    ]


def verbs_beside_sail(work: pathlib.Path) -> list[Line]:
    """The same statements against Sail in the same run."""
    data = merge_data(work)
    cases = [
        ("MERGE, copy on write", "cow", MERGE),
        ("MERGE, deletion vectors", "dv", MERGE),
        ("UPDATE of 1 %, deletion vectors", "dv", UPDATE),
        ("DELETE of 1 %, deletion vectors", "dv", DELETE),
    ]
    lines = []
    with tempfile.TemporaryDirectory(dir=work) as scratch, Server() as server, Sail() as sail:
        folder = pathlib.Path(scratch)
        spark = connect(server.remote)
        _make_tables(spark, data, folder)
        updates = sail.spark.read.parquet(f"{data}/updates.parquet")
        updates.createOrReplaceTempView("updates")
        for name, table, statement in cases:
            ours = _seconds_of(spark, folder / table, statement)
            theirs = _seconds_of(sail.spark, folder / table, statement)
            note = f"{ours:.2f} s, Sail {theirs:.2f} s"
            lines.append(Line(f"{name}, times Sail", 0.5, ours / theirs, "x", note))
        spark.stop()
    return lines
