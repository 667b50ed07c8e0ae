"""What clients feel: rows to Arrow, many channels, large plans."""

import os
import pathlib
import statistics
import subprocess

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bench.line import Line, seconds_of
from tests.support.server import Server, connect, free_ports

BUILD = pathlib.Path(__file__).resolve().parents[1] / "build" / "release"
ROWS = 10_000_000
RUNS = 3
CHANNELS, SECONDS = 64, 10
COLUMNS, JOINS = 1_000, 500


def _program(name: str) -> str:
    """A program of this folder, built when it is not."""
    subprocess.run(["ninja", "-C", BUILD, f"bin/{name}"], check=True, capture_output=True)
    return str(BUILD / "bin" / name)


def _ten_million(spark: SparkSession) -> DataFrame:
    return spark.sql(
        "SELECT id AS a, id * 2 AS b, id / 3D AS c, CAST(id % 1000 AS STRING) AS d"
        f" FROM range({ROWS})"
    )


def _fetch(remote: str) -> float:
    spark = connect(remote)
    frame = _ten_million(spark)
    assert frame.toArrow().num_rows == ROWS
    seconds = statistics.median(seconds_of(frame.toArrow) for _ in range(RUNS))
    spark.stop()
    return seconds


def to_arrow(_: pathlib.Path) -> list[Line]:
    """Ten million rows of four columns, beside a server that has its answers ready."""
    program = _program("replay_server")
    with Server() as server:
        ours = _fetch(server.remote)
        (port,) = free_ports(1)
        target = server.remote.removeprefix("sc://")
        replay = subprocess.Popen([program, target, str(port)], stdout=subprocess.PIPE)
        try:
            replay.stdout.readline()
            ready_made = _fetch(f"sc://127.0.0.1:{port}")
        finally:
            replay.kill()
            replay.wait()
    note = f"{ours:.2f} s, ready-made batches {ready_made:.2f} s"
    return [Line("toArrow of 10 M rows, times ready made", 0.8, ready_made / ours, "x", note, True)]


def channels(_: pathlib.Path) -> list[Line]:
    """Small queries through 64 channels, the load made by a C++ client on the same cores."""
    program = _program("channels_bench")
    with Server() as server:
        target = server.remote.removeprefix("sc://")
        command = [program, target, str(CHANNELS), str(SECONDS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    queries, rate, p50, p99 = (float(text) for text in done.stdout.split())
    note = f"{queries:,.0f} queries, p50 {p50:.1f} ms"
    return [
        Line(f"small queries by {CHANNELS} channels", 1_500, rate, "/s", note, True),
        Line(f"small queries by {CHANNELS} channels, p99", 150, p99, "ms"),
    ]


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def plans(_: pathlib.Path) -> list[Line]:
    """Analysis of a wide plan and of a deep one, without the client's own work."""
    with Server() as server:
        spark = connect(server.remote)
        names = [f"c{i}" for i in range(COLUMNS)]
        spark.range(1).select(*[F.col("id").alias(n) for n in names]).write.saveAsTable("wide")
        spark.range(10).withColumnRenamed("id", "k").write.saveAsTable("keys")

        def wide() -> DataFrame:
            doubled = spark.table("wide").select(*[(F.col(n) * 2).alias(n) for n in names])
            return doubled.groupBy("c0").agg(*[F.sum(n) for n in names])

        def deep() -> DataFrame:
            frame = spark.table("keys")
            for i in range(JOINS):
                other = spark.table("keys").withColumnRenamed("k", f"k{i}")
                frame = frame.join(other, F.col("k") == F.col(f"k{i}"))
            return frame

        lines = []
        for what, make in ((f"{COLUMNS:,} columns", wide), (f"{JOINS} joins", deep)):
            seconds = []
            for _run in range(RUNS):
                frame = make()
                begin = _cpu(server.pid)
                frame.schema  # noqa: B018 - the request
                seconds.append(_cpu(server.pid) - begin)
            lines.append(Line(f"analysis of {what}", 0.5, statistics.median(seconds), "s"))
        spark.stop()
    return lines
