"""TPC-DS: data and queries of DuckDB's own generator, over Delta through Spark Connect."""

import importlib.metadata
import pathlib
import statistics

import duckdb
from pyspark.errors import AnalysisException

from bench.line import Line, seconds_of
from bench.tpch import THREADS, same_answer
from tests.support.server import Server, connect

RUNS = 3


def _connection() -> duckdb.DuckDBPyConnection:
    files = importlib.metadata.distribution("duckdb-extension-tpcds").files or []
    path = next(str(f.locate()) for f in files if str(f).endswith(".duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{path}'")
    connection.execute(f"SET threads = {THREADS}")
    return connection


def _generate(folder: pathlib.Path) -> pathlib.Path:
    """Parquet files of the 24 tables at scale 1, made once; returns their folder."""
    out = folder / "tpcds-1"
    if not (out / "complete").exists():
        out.mkdir(parents=True, exist_ok=True)
        with _connection() as duck:
            duck.execute("CALL dsdgen(sf = 1)")
            for (table,) in duck.execute("SHOW TABLES").fetchall():
                duck.execute(f"COPY {table} TO '{out}/{table}.parquet' (FORMAT parquet)")
        (out / "complete").touch()
    return out


def tpcds_hot(work: pathlib.Path) -> list[Line]:
    """The 99 queries hot, medians of three, against DuckDB on the same Parquet files."""
    data = _generate(work)
    tables = sorted(path.stem for path in data.glob("*.parquet"))
    ours, theirs, wrong, foreign = [], [], [], []
    with _connection() as duck, Server() as server:
        spark = connect(server.remote)
        spark.conf.set("spark.sql.ansi.doubleQuotedIdentifiers", "true")
        for table in tables:
            duck.execute(f"CREATE VIEW {table} AS FROM read_parquet('{data}/{table}.parquet')")
            path = server.data_dir / "tpcds" / table
            spark.read.parquet(f"{data}/{table}.parquet").write.format("delta").save(str(path))
            spark.read.format("delta").load(str(path)).createOrReplaceTempView(table)
        queries = "SELECT query_nr, query FROM tpcds_queries() ORDER BY query_nr"
        for number, text in duck.execute(queries).fetchall():
            query = text.strip().rstrip(";")
            try:
                if not same_answer(
                    spark.sql(query).toArrow(), duck.execute(query).to_arrow_table()
                ):
                    wrong.append(number)
            except AnalysisException as error:
                foreign.append(number)
                print(f"  q{number:02d} is not in Spark's dialect: {error.getCondition()}")
                continue
            work_ours = [seconds_of(lambda q=query: spark.sql(q).toArrow()) for _ in range(RUNS)]
            work_theirs = [
                seconds_of(lambda q=query: duck.execute(q).to_arrow_table()) for _ in range(RUNS)
            ]
            ours.append(statistics.median(work_ours))
            theirs.append(statistics.median(work_theirs))
            if ours[-1] > 1.5 * theirs[-1]:
                print(f"  q{number:02d} {ours[-1]:7.3f} s, DuckDB {theirs[-1]:7.3f} s")
        spark.stop()
    note = f"{sum(ours):.2f} s, DuckDB {sum(theirs):.2f} s; {len(ours)} queries; "
    note += f"other answers: {wrong or 'none'}; not Spark's dialect: {foreign or 'none'}"
    return [Line("TPC-DS SF1 hot, times DuckDB", 1.15, sum(ours) / sum(theirs), "x", note)]
