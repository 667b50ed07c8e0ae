"""TPC-H at scale 1: data, query texts, and DuckDB as the peer."""

import datetime
import decimal
import importlib.metadata
import pathlib
import subprocess
import sys

import duckdb
import pyarrow as pa

TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"]
THREADS = 2


def generate(folder: pathlib.Path, scale: float = 1.0) -> pathlib.Path:
    """Parquet files of the eight tables, made once; returns their folder."""
    out = folder / f"tpch-{scale:g}"
    if not (out / "complete").exists():
        program = pathlib.Path(sys.executable).parent / "tpchgen-cli"
        out.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [str(program), "parquet", "-s", f"{scale:g}", f"--output-dir={out}"], check=True
        )
        (out / "complete").touch()
    return out


def peer(data: pathlib.Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with views on the Parquet files."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    for table in TABLES:
        connection.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{data}/{table}.parquet')"
        )
    return connection


def queries() -> list[str]:
    """The 22 texts that DuckDB's tpch extension carries."""
    files = importlib.metadata.distribution("duckdb-extension-tpch").files or []
    path = next(str(f.locate()) for f in files if str(f).endswith(".duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{path}'")
    rows = connection.execute("SELECT query FROM tpch_queries() ORDER BY query_nr").fetchall()
    return [row[0].strip().rstrip(";") for row in rows]


def _plain(value: object) -> object:
    """A value without what differs between the engines' types: padding, midnights."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.rstrip() if isinstance(value, str) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool)


def _rows(table: pa.Table) -> list[tuple]:
    """Rows in an order that rounding cannot change: texts first, then numbers by size."""
    rows = zip(*([_plain(v) for v in c.to_pylist()] for c in table.columns), strict=True)
    return sorted(
        rows,
        key=lambda row: (
            [repr(v) for v in row if not _is_number(v)],
            [float(v) for v in row if _is_number(v)],
        ),
    )


def _agree(ours: object, theirs: object) -> bool:
    """Equal values; a decimal against a double agrees to the decimal's last digit."""
    if not (_is_number(ours) and _is_number(theirs)):
        return ours == theirs
    allowed = 1e-9 * max(abs(float(ours)), abs(float(theirs)))
    if isinstance(ours, float) != isinstance(theirs, float):
        for value in (ours, theirs):
            if isinstance(value, decimal.Decimal):
                allowed += 0.5001 * 10.0 ** int(value.as_tuple().exponent)
    return abs(float(ours) - float(theirs)) <= allowed


def same_answer(ours: pa.Table, theirs: pa.Table) -> bool:
    """True when two engines gave the same rows, in whatever order and number types."""
    left, right = _rows(ours), _rows(theirs)
    return len(left) == len(right) and all(
        len(a) == len(b) and all(map(_agree, a, b)) for a, b in zip(left, right, strict=True)
    )
