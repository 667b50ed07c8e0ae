"""TPC-H over Delta in S3 (versitygw on loopback), cold and cached, against local disk."""

import pathlib
import statistics
import subprocess

from bench import tpch
from bench.line import Line, seconds_of
from tests.support import s3
from tests.support.server import ROOT, Server, connect

HOT_RUNS = 3


def _load(spark, data: pathlib.Path, root: str) -> None:
    """Views named like the tables, over Delta tables below `root` that are made when absent."""
    for table in tpch.TABLES:
        path = f"{root}/{table}"
        if not s3.folder_of(path).exists():
            spark.read.parquet(f"{data}/{table}.parquet").write.format("delta").save(path)
        spark.read.format("delta").load(path).createOrReplaceTempView(table)


def _first_and_hot(server: Server, data: pathlib.Path, root: str) -> "tuple[float, float]":
    """Sums over the 22 queries: of their first runs, and of the medians of later ones."""
    spark = connect(server.remote)
    _load(spark, data, root)
    texts = tpch.queries()
    first = sum(seconds_of(lambda q=text: spark.sql(q).toArrow()) for text in texts)
    hot = sum(
        statistics.median(
            seconds_of(lambda q=text: spark.sql(q).toArrow()) for _ in range(HOT_RUNS)
        )
        for text in texts
    )
    spark.stop()
    return first, hot


def _bytes_per_second(gateway: s3.VersityGateway) -> float:
    """What the S3 server gives a client that does nothing with the bytes."""
    done = subprocess.run(
        [str(s3.TOOLS / "venv/bin/python"), str(ROOT / "bench/s3_raw_rate.py"), gateway.endpoint]
        + [s3.ACCESS_KEY, s3.SECRET_KEY, s3.BUCKET],
        check=True,
        capture_output=True,
        text=True,
    )
    total, seconds = map(float, done.stdout.split())
    return total / seconds


def tpch_on_s3(work: pathlib.Path) -> list[Line]:
    """Cold: a new server with an empty cache. The bytes it fetched are what its cache holds."""
    data = tpch.generate(work)
    folder = work / "s3"
    with s3.VersityGateway(folder) as gateway:
        root = f"s3://{s3.BUCKET}/tpch"
        conf = [part for k, v in gateway.conf.items() for part in ("--conf", f"{k}={v}")]
        s3.use_folder(gateway.folder)
        with Server(args=conf) as server:
            spark = connect(server.remote)
            _load(spark, data, root)
            spark.stop()
        with Server() as server:
            _, local = _first_and_hot(server, data, str(work / "local"))
        rate = _bytes_per_second(gateway)
        with Server(args=conf) as server:
            cold, cached = _first_and_hot(server, data, root)
            cache = server.data_dir / "cache"
            fetched = sum(block.stat().st_size for block in cache.iterdir())
    transfer = fetched / rate
    print(
        f"  S3 server: {rate / 1e6:.0f} MB/s raw; {fetched / 1e6:.0f} MB fetched: {transfer:.2f} s"
    )
    print(f"  TPC-H SF1: local {local:.2f} s, S3 cold {cold:.2f} s, S3 cached {cached:.2f} s")
    note = f"{cold:.2f} s, local {local:.2f} s, raw transfer {transfer:.2f} s"
    return [
        Line("TPC-H SF1 on S3, cold, times allowed", 1, cold / (2 * local + transfer), "x", note),
        Line("TPC-H SF1 on S3, cached, times local", 1.1, cached / local, "x"),
    ]
