"""Golden Delta tables, read through the server and compared with their expected Parquet rows."""

import datetime
import decimal
import math
import pathlib
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.server import Server, connect

# Tables that break the protocol: reading them must end in an error, not in rows.
REFUSED = {
    "deltalog-invalid-protocol-version",
    "deltalog-state-reconstruction-from-checkpoint-missing-metadata",
    "deltalog-state-reconstruction-from-checkpoint-missing-protocol",
    "deltalog-state-reconstruction-without-metadata",
    "deltalog-state-reconstruction-without-protocol",
    "no-delta-log-folder",
    "versions-not-contiguous",
}
# Where the golden tables were written: partition values without a zone are that zone's.
WRITERS_ZONE = "America/Los_Angeles"
INTERNAL = ("INTERNAL_ERROR", "XX000")


def comparable(value: object) -> object:
    """A Python value from Arrow in a form that compares across the writers' choices of type."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
        return utc.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value.normalize())
    if isinstance(value, dict):
        return [[key, comparable(inner)] for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [comparable(inner) for inner in value]
    return value


def bag(table: pa.Table, columns: list[str]) -> list[str]:
    """The rows of a table as sorted text."""
    lists = [[comparable(v) for v in table.column(name).to_pylist()] for name in columns]
    return sorted(repr(row) for row in zip(*lists, strict=True))


def expected_rows(folder: pathlib.Path) -> pa.Table:
    """All rows of the Parquet files below a folder."""
    files = sorted(path for path in folder.rglob("*.parquet"))
    return pa.concat_tables([pq.ParquetFile(path).read() for path in files])


def difference(spark, table: pathlib.Path, expected: pathlib.Path) -> str:
    """'' when the server reads the expected rows, else what is different."""
    try:
        got = spark.read.format("delta").load(str(table)).toArrow()
    except Exception as error:  # noqa: BLE001 - whatever the client raises is the finding
        return f"raised {str(error).splitlines()[0][:200]}"
    want = expected_rows(expected)
    if set(got.column_names) != set(want.column_names):
        return f"columns {got.column_names}, expected {want.column_names}"
    ours, theirs = bag(got, want.column_names), bag(want, want.column_names)
    if ours == theirs:
        return ""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b]
    first = pairs[0] if pairs else ("", "")
    return f"{len(ours)} rows of {len(theirs)}; {first[0][:150]} for {first[1][:150]}"


def refusal(spark, table: pathlib.Path) -> str:
    """'' when reading ends in an error with a condition, else what happened."""
    try:
        rows = spark.read.format("delta").load(str(table)).collect()
    except Exception as error:  # noqa: BLE001 - whatever the client raises is the finding
        condition = getattr(error, "getCondition", lambda: None)()
        if not condition or condition.startswith(INTERNAL):
            return f"refused without a condition: {str(error).splitlines()[0][:200]}"
        return ""
    return f"answered {len(rows)} rows"


def run(
    server: Server, archives: pathlib.Path, work: pathlib.Path, verbose: bool
) -> dict[str, tuple[int, int]]:
    """Passed and all, for the tables with expected rows and for those to refuse."""
    good = {"golden": [], "golden_refused": []}
    for archive in sorted(archives.glob("*.tar.zst")):
        name = archive.name.removesuffix(".tar.zst")
        subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(work)], check=True)
        folder = work / name
        if name not in REFUSED and not (folder / "expected").exists():
            continue
        spark = connect(server.remote)
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        if name in REFUSED:
            kind, why = "golden_refused", refusal(spark, folder / "delta")
        else:
            kind, why = "golden", difference(spark, folder / "delta", folder / "expected")
            if why:
                spark.conf.set("spark.sql.session.timeZone", WRITERS_ZONE)
                why = difference(spark, folder / "delta", folder / "expected")
        spark.stop()
        good[kind].append(not why)
        if why and verbose:
            print(f"  {name}: {why}")
    return {kind: (sum(results), len(results)) for kind, results in good.items()}
