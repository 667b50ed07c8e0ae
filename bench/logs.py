"""How fast large Delta logs open: three commits of 100,000 files, a checkpoint of a million."""

import json
import pathlib
import statistics
import tempfile
import time
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

from bench.line import Line
from tests.support.server import Server, connect

ADDS_PER_COMMIT, COLUMNS = 100_000, 100
CHECKPOINT_FILES = 1_000_000
RUNS = 3


def _schema(columns: list[str]) -> str:
    fields = [{"name": c, "type": "long", "nullable": True, "metadata": {}} for c in columns]
    fields.append({"name": "p", "type": "string", "nullable": True, "metadata": {}})
    return json.dumps({"type": "struct", "fields": fields})


def _metadata(columns: list[str]) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": _schema(columns),
        "partitionColumns": ["p"],
        "configuration": {},
        "createdTime": 0,
    }


PROTOCOL = {"minReaderVersion": 1, "minWriterVersion": 2}


def make_wide_log(table: pathlib.Path) -> None:
    """Commits of many files of a table with many columns; the files themselves are not there."""
    log = table / "_delta_log"
    log.mkdir(parents=True)
    first = [{"protocol": PROTOCOL}, {"metaData": _metadata([f"c{i}" for i in range(COLUMNS)])}]
    (log / f"{0:020d}.json").write_text("\n".join(map(json.dumps, first)) + "\n")
    for version in (1, 2, 3):
        with (log / f"{version:020d}.json").open("w") as out:
            for i in range(ADDS_PER_COMMIT):
                add = {
                    "path": f"p=part_{i % 3}/file_{version}_{i}.parquet",
                    "partitionValues": {"p": f"part_{i % 3}"},
                    "size": 1024,
                    "modificationTime": 1_700_000_000_000 + i,
                    "dataChange": True,
                }
                out.write(json.dumps({"add": add}, separators=(",", ":")) + "\n")


def _column(values: list, kind: pa.DataType) -> pa.Array:
    return pa.array(values, kind)


def make_checkpoint(table: pathlib.Path, files: int) -> None:
    """A table that is one checkpoint; file i holds the ids from 100 i to 100 i + 99."""
    log = table / "_delta_log"
    log.mkdir(parents=True)
    strings = pa.map_(pa.string(), pa.string())
    protocol = pa.struct([("minReaderVersion", pa.int32()), ("minWriterVersion", pa.int32())])
    format_type = pa.struct([("provider", pa.string()), ("options", strings)])
    metadata = pa.struct(
        [
            ("id", pa.string()),
            ("format", format_type),
            ("schemaString", pa.string()),
            ("partitionColumns", pa.list_(pa.string())),
            ("configuration", strings),
            ("createdTime", pa.int64()),
        ]
    )
    add = pa.struct(
        [
            ("path", pa.string()),
            ("partitionValues", strings),
            ("size", pa.int64()),
            ("modificationTime", pa.int64()),
            ("dataChange", pa.bool_()),
            ("stats", pa.string()),
        ]
    )
    schema = pa.schema([("protocol", protocol), ("metaData", metadata), ("add", add)])
    own = _metadata(["id"]) | {"partitionColumns": [], "configuration": {}}
    own["schemaString"] = json.dumps(
        {
            "type": "struct",
            "fields": [{"name": "id", "type": "long", "nullable": True, "metadata": {}}],
        }
    )
    own["format"] = {"provider": "parquet", "options": []}
    own["configuration"] = []
    with pq.ParquetWriter(log / f"{0:020d}.checkpoint.parquet", schema) as writer:
        head = [{"protocol": PROTOCOL}, {"metaData": own}]
        writer.write_table(pa.Table.from_pylist(head, schema))
        for begin in range(0, files, 100_000):
            rows = []
            for i in range(begin, min(begin + 100_000, files)):
                least, most = {"id": 100 * i}, {"id": 100 * i + 99}
                stats = {"numRecords": 100, "minValues": least, "maxValues": most}
                stats["nullCount"] = {"id": 0}
                rows.append(
                    {
                        "add": {
                            "path": f"part-{i:07d}.snappy.parquet",
                            "partitionValues": [],
                            "size": 4096,
                            "modificationTime": 1_700_000_000_000,
                            "dataChange": False,
                            "stats": json.dumps(stats, separators=(",", ":")),
                        }
                    }
                )
            writer.write_table(pa.Table.from_pylist(rows, schema))
    commit = {"commitInfo": {"timestamp": 1_700_000_000_000, "operation": "WRITE"}}
    (log / f"{0:020d}.json").write_text(json.dumps(commit) + "\n")
    last = {"version": 0, "size": files + 2}
    (log / "_last_checkpoint").write_text(json.dumps(last))
    ids = pa.table({"id": pa.array(range(100), pa.int64())})
    pq.write_table(ids, table / "part-0000000.snappy.parquet")


def _look(table: pathlib.Path, query: str, column: str) -> tuple[float, float, object]:
    """Median seconds of the query on servers that have not seen the table, and on those that have;
    its answer."""
    first, again = [], []
    answer = None
    for _ in range(RUNS):
        with Server() as server:
            spark = connect(server.remote)
            spark.sql("SELECT 1").collect()
            for times in (first, again):
                begin = time.perf_counter()
                answer = spark.sql(query.format(f"delta.`{table}`")).collect()[0][column]
                times.append(time.perf_counter() - begin)
            spark.stop()
    return statistics.median(first), statistics.median(again), answer


def large_logs(work: pathlib.Path) -> list[Line]:
    """First looks at large logs, on servers that have not seen them."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        wide, checkpoint = pathlib.Path(folder) / "wide", pathlib.Path(folder) / "checkpoint"
        make_wide_log(wide)
        scan, _, files = _look(wide, "DESCRIBE DETAIL {}", "numFiles")
        assert files == 3 * ADDS_PER_COMMIT, files
        make_checkpoint(checkpoint, CHECKPOINT_FILES)
        skip, again, rows = _look(checkpoint, "SELECT count(*) AS n FROM {} WHERE id < 100", "n")
        assert rows == 100, rows
    return [
        Line(f"log of 3 x {ADDS_PER_COMMIT:,} files, 100 columns", 0.25, scan, "s"),
        Line(f"checkpoint of {CHECKPOINT_FILES:,} files, 100 rows of one", 0.25, skip, "s"),
        Line("  the same, looked at before", 0.25, again, "s"),
    ]
