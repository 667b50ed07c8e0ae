"""The single measurements; each returns lines of the final table."""

import json
import os
import pathlib
import shutil
import statistics
import tempfile
import time
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql.functions import pandas_udf

from bench import tpch
from bench.line import Line, seconds_of
from bench.peers import Sail, Spark
from tests.support.server import Server, connect

HOT_RUNS = 3
COMMITS = 10_000
PYTHON_ROWS = 10_000_000
# Only a guard: `python-spark` measures what is required, half of Apache Spark's time.
PYTHON_LIMIT_S = 10.0


def load_delta(spark, data: pathlib.Path) -> None:
    """The eight tables as managed Delta tables in the schema tpch."""
    spark.sql("CREATE SCHEMA IF NOT EXISTS tpch")
    spark.sql("USE tpch")
    for table in tpch.TABLES:
        if not spark.catalog.tableExists(table):
            source = f"parquet.`{data}/{table}.parquet`"
            spark.sql(f"CREATE TABLE {table} USING DELTA AS SELECT * FROM {source}")


def tpch_hot(work: pathlib.Path, scale: int = 1) -> list[Line]:
    """Sum of the 22 queries' medians, ours and DuckDB's, in turn."""
    data = tpch.generate(work, scale)
    duck = tpch.peer(data)
    ours, theirs, wrong = [], [], []
    with Server(data_dir=work / ("server" if scale == 1 else f"server-{scale}")) as server:
        spark = connect(server.remote)
        load_delta(spark, data)
        for number, query in enumerate(tpch.queries(), 1):
            got, want = spark.sql(query).toArrow(), duck.execute(query).to_arrow_table()
            if not tpch.same_answer(got, want):
                wrong.append(number)
            mine = [seconds_of(lambda q=query: spark.sql(q).toArrow()) for _ in range(HOT_RUNS)]
            peer = [
                seconds_of(lambda q=query: duck.execute(q).to_arrow_table())
                for _ in range(HOT_RUNS)
            ]
            ours.append(statistics.median(mine))
            theirs.append(statistics.median(peer))
            ratio = ours[-1] / theirs[-1]
            print(f"  q{number:02d} {ours[-1]:7.3f} s, DuckDB {theirs[-1]:7.3f} s  {ratio:5.2f}x")
        spark.stop()
    note = f"{sum(ours):.2f} s, DuckDB {sum(theirs):.2f} s; wrong answers: {wrong or 'none'}"
    ratio = sum(ours) / sum(theirs) if not wrong else float("inf")
    return [Line(f"TPC-H SF{scale} hot, times DuckDB", 1.1, ratio, "x", note)]


def tpch_beside_sail(work: pathlib.Path) -> list[Line]:
    """Sum of the 22 queries' medians over the same Delta tables, ours and Sail's, in turn."""
    data = tpch.generate(work)
    ours, theirs = [], []
    with Server() as server, Sail() as sail:
        spark = connect(server.remote)
        for table in tpch.TABLES:
            path = server.data_dir / "tables" / table
            spark.read.parquet(f"{data}/{table}.parquet").write.format("delta").save(str(path))
            for session in (spark, sail.spark):
                session.read.format("delta").load(str(path)).createOrReplaceTempView(table)
        for query in tpch.queries():
            for session, medians in ((spark, ours), (sail.spark, theirs)):
                session.sql(query).toArrow()
                runs = [
                    seconds_of(lambda s=session, q=query: s.sql(q).toArrow())
                    for _ in range(HOT_RUNS)
                ]
                medians.append(statistics.median(runs))
        spark.stop()
    note = f"{sum(ours):.2f} s, Sail {sum(theirs):.2f} s"
    return [Line("TPC-H SF1 hot, times Sail", 0.75, sum(ours) / sum(theirs), "x", note)]


def ctas(work: pathlib.Path) -> list[Line]:
    """Writing lineitem: Delta by us, Parquet by DuckDB; medians of three."""
    data = tpch.generate(work)
    duck = tpch.peer(data)
    mine, peer = [], []
    with Server() as server:
        spark = connect(server.remote)
        source = f"parquet.`{data}/lineitem.parquet`"
        for n in range(HOT_RUNS):
            statement = f"CREATE TABLE l{n} USING DELTA AS SELECT * FROM {source}"
            mine.append(seconds_of(lambda s=statement: spark.sql(s)))
            target = work / f"copy-{n}.parquet"
            copy = f"COPY lineitem TO '{target}' (FORMAT parquet)"
            peer.append(seconds_of(lambda c=copy: duck.execute(c)))
            target.unlink()
        rows = spark.table("l0").count()
        spark.stop()
    mine_s, peer_s = statistics.median(mine), statistics.median(peer)
    note = f"{mine_s:.2f} s, DuckDB {peer_s:.2f} s; {rows:,} rows"
    return [Line("CTAS of lineitem, times DuckDB COPY", 1.3, mine_s / peer_s, "x", note)]


def latency(_: pathlib.Path) -> list[Line]:
    """SELECT 1 from the client."""
    with Server() as server:
        spark = connect(server.remote)
        times = [seconds_of(lambda: spark.sql("SELECT 1").collect()) for _ in range(220)][20:]
        spark.stop()
    p50, p99 = statistics.median(times) * 1000, sorted(times)[197] * 1000
    return [Line("SELECT 1 from the client, p50 of 200", 5, p50, "ms", f"p99 {p99:.1f} ms")]


def _pandas_seconds(spark) -> float:
    """Median of three runs on warm workers."""
    plus = pandas_udf(lambda s: s + 1, "long")

    def run() -> int:
        total = spark.range(PYTHON_ROWS).select(plus("id").alias("x")).agg({"x": "sum"})
        return total.collect()[0][0]

    assert run() == PYTHON_ROWS * (PYTHON_ROWS + 1) // 2
    return statistics.median(seconds_of(run) for _ in range(HOT_RUNS))


def _our_pandas_seconds() -> float:
    with Server() as server:
        spark = connect(server.remote)
        seconds = _pandas_seconds(spark)
        spark.stop()
    return seconds


def python_function(_: pathlib.Path) -> list[Line]:
    """A pandas function over ten million rows, summed."""
    return [Line("pandas function over 10 M rows", PYTHON_LIMIT_S, _our_pandas_seconds(), "s")]


def python_beside_spark(_: pathlib.Path) -> list[Line]:
    """The same beside Apache Spark."""
    ours = _our_pandas_seconds()
    with Spark() as peer:
        theirs = _pandas_seconds(peer.spark)
    note = f"{ours:.2f} s, Spark {theirs:.2f} s"
    return [Line("pandas function over 10 M rows, times Spark", 0.5, ours / theirs, "x", note)]


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def start(_: pathlib.Path) -> list[Line]:
    """Process start to first answer, and memory when idle after it."""
    seconds, memory = [], []
    for _run in range(5):
        server = Server()
        begin = time.perf_counter()
        with server:
            spark = connect(server.remote)
            spark.sql("SELECT 1").collect()
            seconds.append(time.perf_counter() - begin)
            time.sleep(1)
            memory.append(resident_mb(server.pid))
            spark.stop()
    return [
        Line("server start to first answer", 0.5, statistics.median(seconds), "s"),
        Line("idle memory after a query", 110, statistics.median(memory), "MB"),
    ]


def make_long_log(table: pathlib.Path, commits: int) -> None:
    """A table of one-row files, one commit each, no checkpoint; the files are links to one."""
    log = table / "_delta_log"
    log.mkdir(parents=True)
    first = table / "part-0.parquet"
    pq.write_table(pa.table({"id": pa.array([1], pa.int64())}), first)
    size = first.stat().st_size
    field = {"name": "id", "type": "long", "nullable": True, "metadata": {}}
    metadata = {
        "id": str(uuid.uuid4()),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": [field]}),
        "partitionColumns": [],
        "configuration": {},
        "createdTime": 0,
    }
    stats = json.dumps({"numRecords": 1, "minValues": {"id": 1}, "maxValues": {"id": 1}})
    for version in range(commits):
        actions = []
        if version == 0:
            actions.append({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}})
            actions.append({"metaData": metadata})
        else:
            os.link(first, table / f"part-{version}.parquet")
        add = {"path": f"part-{version}.parquet", "partitionValues": {}, "size": size}
        add |= {"modificationTime": version, "dataChange": True, "stats": stats}
        actions += [{"add": add}, {"commitInfo": {"timestamp": version, "operation": "WRITE"}}]
        text = "\n".join(json.dumps(action) for action in actions) + "\n"
        (log / f"{version:020d}.json").write_text(text)


def snapshot(work: pathlib.Path) -> list[Line]:
    """First look at a table with many commits, on a server that has not seen it."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        table = pathlib.Path(folder) / "long"
        make_long_log(table, COMMITS)
        times = []
        for _ in range(3):
            with Server() as server:
                spark = connect(server.remote)
                spark.sql("SELECT 1").collect()
                begin = time.perf_counter()
                detail = spark.sql(f"DESCRIBE DETAIL delta.`{table}`").collect()[0]
                times.append(time.perf_counter() - begin)
                spark.stop()
        assert detail["numFiles"] == COMMITS, detail["numFiles"]
        shutil.rmtree(table)
    return [Line(f"snapshot of {COMMITS:,} commits", 0.5, statistics.median(times), "s")]
