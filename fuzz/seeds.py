#!/usr/bin/env python3
"""Writes the seeds of the corpora: our SQL cases, plans of DataFrame calls, Arrow streams."""

import hashlib
import itertools
import pathlib
import sys

import pyarrow as pa
from google.protobuf.message import Message
from pyspark.sql import functions as F
from pyspark.sql.connect.plan import LogicalPlan
from pyspark.sql.connect.proto import Plan
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.window import Window

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.sql.cases import case_files  # noqa: E402
from tests.support.server import Server, connect  # noqa: E402

CORPUS = ROOT / "fuzz" / "corpus"
EVERY = 12  # of the SQL cases


def keep(target: str, data: bytes) -> None:
    """Adds an input under its hash."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def statements() -> list[str]:
    """Statements of our recorded cases, a sample."""
    texts = sorted({text for cases in case_files() for text in cases.statements})
    return texts[::EVERY]


def frames(spark: SparkSession) -> list[object]:
    """DataFrames of many kinds of relations and expressions."""
    base = spark.createDataFrame([(1, "a", 2.5), (2, None, 0.1)], ["k", "s", "d"])
    other = spark.range(10).withColumn("m", F.create_map(F.lit("x"), "id"))
    window = Window.partitionBy("k").orderBy(F.desc("d")).rowsBetween(-1, 1)
    return [
        base,
        other,
        base.join(other, base.k == other.id, "left").select("s", "m.x"),
        base.groupBy("k").agg(F.sum("d"), F.collect_list("s")),
        base.rollup("k", "s").count(),
        base.groupBy("k").pivot("s", ["a", "b"]).max("d"),
        base.withColumn("r", F.rank().over(window.rowsBetween(Window.unboundedPreceding, 0))),
        base.select(F.transform(F.array("k", "k"), lambda x: x + 1)),
        base.select(F.when(F.col("k") > 1, "x").otherwise(None), F.expr("k in (1, 2)")),
        base.unpivot(["k"], ["d"], "name", "value"),
        base.sample(0.5, seed=3).limit(3).offset(1).distinct(),
        base.sort(F.asc_nulls_last("s")).tail,
        base.dropDuplicates(["k"]).drop("s").toDF("a", "b"),
        base.na.fill({"s": "-"}).na.replace(1, 2).na.drop(),
        base.stat.crosstab("k", "s"),
        base.describe(),
        base.unionByName(base.select("s", "k", "d"), allowMissingColumns=True),
        base.intersectAll(base).exceptAll(base),
        base.repartition(3, "k").hint("broadcast").alias("t"),
        base.observe("seen", F.count("*").alias("n")),
        base.withColumnsRenamed({"k": "z"}).withMetadata("z", {"a": 1}),
        base.to(base.schema),
        spark.read.format("csv").option("header", True).schema("a INT").load("/a"),
        spark.read.format("delta").option("versionAsOf", 1).load("/a"),
        spark.table("a.b").lateralJoin(spark.tvf.explode(F.array(F.lit(1)))),
        spark.sql("SELECT :a, * FROM VALUES (1) t(x)", {"a": 1}),
        base.select(F.udf(lambda x: x, "string")("s")),
        base.mapInArrow(lambda it: it, "k long"),
        base.selectExpr("cast(d as decimal(10,2)) as c", "interval 1 day", "X'00ff'"),
        base.groupBy(F.window(F.current_timestamp(), "1 hour")).count(),
    ]


def strip(message: Message) -> bytes:
    """Without what differs from machine to machine: places in files, pickled functions."""
    for field, value in message.ListFields():
        if field.name == "origin":
            message.ClearField(field.name)
        elif field.name == "command" and field.type == field.TYPE_BYTES:
            message.command = b"pickle"
        elif field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        elif field.is_repeated:
            for part in value:
                strip(part)
        else:
            strip(value)
    return message.SerializeToString()


def plans(spark: SparkSession) -> list[bytes]:
    """The messages that a client sends for them."""
    out = []
    for frame in frames(spark):
        plan = getattr(frame, "_plan", None)
        if isinstance(plan, LogicalPlan):
            out.append(strip(plan.to_proto(spark.client)))
            save = frame.write.format("delta").partitionBy("k").option("a", "b")._write
            command = Plan(command=save.command(spark.client))
            out.append(strip(command))
    return out


def streams() -> list[bytes]:
    """IPC streams of all types that clients send."""
    arrays = [
        pa.array([1, None, 3], pa.int32()),
        pa.array(["a", None, "b" * 40]),
        pa.array([b"x", b"", None], pa.large_binary()),
        pa.array([1, None, 2], pa.duration("s")),
        pa.array([1, None, 2], pa.timestamp("us", "UTC")),
        pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}]),
        pa.array([[1], None, []], pa.list_(pa.int64())),
        pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
        pa.array([1, None, 2], pa.decimal128(20, 2)),
        pa.array([True, None, False]),
        pa.array(["a", "b", "a"]).dictionary_encode(),
        pa.nulls(3),
    ]
    out = []
    for few in itertools.chain(([a] for a in arrays), [arrays[:6], arrays[6:]]):
        batch = pa.record_batch(few, [f"c{i}" for i in range(len(few))])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
            writer.write_batch(batch.slice(1))
        for choice in (0, 3, 0x7F):
            out.append(bytes([choice]) + sink.getvalue().to_pybytes())
    return out


def main() -> None:
    """Writes all of them."""
    for text in statements():
        keep("parser", text.encode())
    with Server() as server:
        spark = connect(server.remote)
        for plan in plans(spark):
            keep("translator", plan)
        spark.stop()
    for stream in streams():
        keep("arrow", stream)


if __name__ == "__main__":
    main()
