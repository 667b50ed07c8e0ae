"""OPTIMIZE and VACUUM of many files."""

import pathlib
import shutil
import tempfile

import duckdb
import pyarrow.parquet as pq

from bench import tpch
from bench.line import Line, seconds_of
from tests.support.server import Server, connect

SMALL_FILES = 2_000
STALE_FILES = 100_000


def _scatter(lineitem: pathlib.Path, folder: pathlib.Path) -> int:
    """lineitem as many small Parquet files; their number of rows."""
    folder.mkdir()
    rows = pq.read_table(lineitem)
    step = -(-rows.num_rows // SMALL_FILES)
    for i, begin in enumerate(range(0, rows.num_rows, step)):
        pq.write_table(rows.slice(begin, step), folder / f"part-{i:05d}.parquet")
    return rows.num_rows


def optimize(work: pathlib.Path) -> list[Line]:
    """OPTIMIZE of 2,000 files of lineitem, beside DuckDB's COPY of the same files."""
    with tempfile.TemporaryDirectory(dir=work) as scratch, Server() as server:
        folder = pathlib.Path(scratch)
        rows = _scatter(tpch.generate(work) / "lineitem.parquet", folder / "small")
        with duckdb.connect(config={"threads": 2}) as duck:
            copy = f"COPY (FROM '{folder}/small/*.parquet') TO '{folder}/copy.parquet'"
            theirs = seconds_of(lambda: duck.execute(copy))
        spark = connect(server.remote)
        spark.sql(f"CONVERT TO DELTA parquet.`{folder}/small`")
        ours = seconds_of(lambda: spark.sql(f"OPTIMIZE delta.`{folder}/small`").collect())
        detail = spark.sql(f"DESCRIBE DETAIL delta.`{folder}/small`").collect()[0]
        assert detail["numFiles"] < SMALL_FILES / 100, detail["numFiles"]
        assert spark.sql(f"SELECT count(*) FROM delta.`{folder}/small`").collect()[0][0] == rows
        spark.stop()
    note = f"{ours:.2f} s, DuckDB's COPY {theirs:.2f} s"
    return [Line("OPTIMIZE of 2,000 files, x DuckDB COPY", 1 / 0.6, ours / theirs, "x", note)]


def vacuum(work: pathlib.Path) -> list[Line]:
    """VACUUM of a folder with 100,000 files that the table does not know."""
    with tempfile.TemporaryDirectory(dir=work) as scratch, Server() as server:
        table = pathlib.Path(scratch) / "t"
        spark = connect(server.remote)
        spark.sql(f"CREATE TABLE delta.`{table}` USING DELTA AS SELECT id FROM range(10)")
        for i in range(STALE_FILES):
            (table / f"stale-{i:06d}.parquet").touch()
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
        statement = f"VACUUM delta.`{table}` RETAIN 0 HOURS"
        seconds = seconds_of(lambda: spark.sql(statement).collect())
        left = sum(1 for f in table.iterdir() if f.name.startswith("stale"))
        assert left == 0, left
        assert spark.sql(f"SELECT count(*) FROM delta.`{table}`").collect()[0][0] == 10
        spark.stop()
        shutil.rmtree(table)
    return [Line(f"VACUUM of {STALE_FILES:,} files", 5, seconds, "s")]
