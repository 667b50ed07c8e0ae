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


def _comparable(value: object) -> object:
    if isinstance(value, float | decimal.Decimal):
        return f"{float(value):.6g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.rstrip() if isinstance(value, str) else value


def answer(table: pa.Table) -> list[tuple]:
    """Rows that compare across engines: numbers to six digits, sorted."""
    columns = [[_comparable(v) for v in column.to_pylist()] for column in table.columns]
    return sorted(zip(*columns, strict=True), key=repr)
