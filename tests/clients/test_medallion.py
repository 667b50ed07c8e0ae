"""The demo's pipeline on the real data: its tables as another implementation reads them."""

import pathlib

import deltalake
import duckdb
import pytest

from examples.medallion import run
from tests.support.server import Server, connect

COLUMNS = ["flight_date", "carrier", "flight", "origin", "dest", "tailnum", "distance", "month"]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Folder, catalogue session and CSV folder after one run of the pipeline."""
    folder = tmp_path_factory.mktemp("medallion")
    csv = run.unpack_csv(folder / "csv")
    with Server(data_dir=folder / "data") as server:
        spark = connect(server.remote)
        spark.sql("CREATE CATALOG nyc")
        run.pipeline(spark, str(csv), str(folder), "nyc", run.Steps())
        yield folder, spark, csv
        spark.stop()


def read(folder: pathlib.Path, table: str):
    return deltalake.DeltaTable(str(folder / table)).to_pyarrow_table()


def test_bronze_has_every_flight(lake):
    folder, _, _ = lake
    assert read(folder, "bronze/flights").num_rows == 336_776


def test_silver_is_read_row_for_row_by_another_implementation(lake):
    folder, spark, _ = lake
    keys = [(name, "ascending") for name in COLUMNS]
    ours = spark.table("nyc.silver.flights").select(*COLUMNS).toArrow().sort_by(keys)
    theirs = read(folder, "silver/flights").select(COLUMNS).sort_by(keys)
    assert ours.num_rows == theirs.num_rows > 300_000
    assert ours.to_pylist() == theirs.to_pylist()


def test_gold_agrees_with_duckdb_on_the_csv(lake):
    folder, _, csv = lake
    want = duckdb.sql(f"""
        WITH f AS (
            SELECT DISTINCT ON (year, month, day, carrier, flight, origin) *
            FROM read_csv('{csv}/flights.csv', nullstr='NA')
            WHERE dep_time IS NOT NULL AND tailnum IS NOT NULL)
        SELECT carrier, count(flight) AS flights, sum(distance) AS distance FROM f
        GROUP BY carrier ORDER BY carrier""").fetchall()
    gold = read(folder, "gold/carrier_delays").sort_by("carrier").to_pylist()
    assert [(r["carrier"], r["flights"], r["total_distance"]) for r in gold] == want
    assert all(r["name"] for r in gold)


def test_the_history_tells_what_was_done(lake):
    _, spark, _ = lake
    history = spark.sql("DESCRIBE HISTORY nyc.gold.fares").orderBy("version").collect()
    operations = [row["operation"] for row in history]
    assert operations[1:4] == ["UPDATE", "DELETE", "MERGE"]


def test_a_second_run_starts_from_what_is_there(lake):
    folder, spark, csv = lake
    steps = run.Steps()
    run.pipeline(spark, str(csv), str(folder), "nyc", steps)
    assert read(folder, "bronze/flights").num_rows == 336_776
    assert spark.table("nyc.silver.flights").count() == read(folder, "silver/flights").num_rows
