"""Files of old Spark: dates and timestamps of the calendar that is Julian before 1582-10-15."""

import datetime

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException

# Days of the old calendar, and the dates they are there. Recorded from Spark.
DAYS = {1: -719164, 2: -354222, 3: -141428, 4: -141427, 5: 18262}
DATES = {1: "0001-01-01", 2: "1000-02-28", 3: "1582-10-04", 4: "1582-10-15", 5: "2020-01-01"}
# 1500-03-01 23:00:00 and 1883-11-10 00:00:00 in Los Angeles; the same as Spark 3 counts.
OLD_MICROS = [-14825696400000000, -2718374400000000, None]
MICROS = [-14826560822000000, -2718374822000000, None]
ZONE = "America/Los_Angeles"


def write(path, marks, **options):
    days = pa.array([*DAYS.values(), None], pa.int32()).cast(pa.date32())
    times = pa.array(OLD_MICROS * 2, pa.int64()).cast(pa.timestamp("us", "UTC"))
    nested = pa.array([[{"d": DAYS[1]}]] * 6, pa.list_(pa.struct([("d", pa.int32())])))
    table = pa.table(
        {
            "id": pa.array(range(1, 7), pa.int32()),
            "d": days,
            "t": times,
            "l": nested.cast(pa.list_(pa.struct([("d", pa.date32())]))),
        }
    )
    with pq.ParquetWriter(path, table.schema, store_schema=False, **options) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({f"org.apache.spark.{k}": v for k, v in marks.items()})
    return str(path)


def dates(frame):
    rows = frame.selectExpr("id", "CAST(d AS STRING) AS d").where("d IS NOT NULL").collect()
    return {row.id: row.d for row in rows}


def micros(frame):
    rows = frame.where("id <= 3").selectExpr("id", "unix_micros(t) AS t").orderBy("id").collect()
    return [row.t for row in rows]


@pytest.fixture
def in_los_angeles(spark):
    spark.conf.set("spark.sql.session.timeZone", ZONE)
    yield spark
    spark.conf.set("spark.sql.session.timeZone", "UTC")


MARKED = {"version": "3.0.1", "legacyDateTime": "", "legacyINT96": "", "timeZone": ZONE}


@pytest.mark.parametrize("int96", [False, True])
@pytest.mark.parametrize("marks", [MARKED, {"version": "2.4.8", "timeZone": ZONE}])
def test_files_that_tell_are_read_by_what_they_tell(spark, tmp_path, marks, int96):
    path = write(tmp_path / "a.parquet", marks, use_deprecated_int96_timestamps=int96)
    frame = spark.read.parquet(path)
    assert dates(frame) == DATES
    assert micros(frame) == MICROS
    assert dates(frame.where("d <= DATE'1000-02-28'")) == {1: DATES[1], 2: DATES[2]}
    assert dates(frame.where("d IN (DATE'1582-10-04') AND l[0].d = DATE'0001-01-01'")) == {
        3: DATES[3]
    }
    assert frame.selectExpr("min(d)").first()[0] == datetime.date(1, 1, 1)
    assert frame.where("t < TIMESTAMP'1600-01-01 00:00:00'").count() == 2
    new = write(tmp_path / "b.parquet", {"version": "3.2.0"})
    assert spark.read.parquet(new).selectExpr("min(d) < DATE'0001-01-01'").first()[0]


def test_the_session_and_the_reader_decide_for_others(in_los_angeles, tmp_path):
    spark = in_los_angeles
    path = write(tmp_path / "a.parquet", {})
    setting = "spark.sql.parquet.datetimeRebaseModeInRead"
    assert spark.conf.get(setting) == "CORRECTED"
    as_is = spark.read.parquet(path)
    assert dates(as_is)[2] == "1000-03-05" and micros(as_is) == OLD_MICROS
    old = spark.read.option("datetimeRebaseMode", "LEGACY").parquet(path)
    assert dates(old) == DATES and micros(old) == MICROS
    spark.conf.set(setting, "EXCEPTION")
    try:
        with pytest.raises(PySparkException, match="READ_ANCIENT_DATETIME") as raised:
            spark.read.parquet(path).collect()
        assert setting in str(raised.value)
        assert spark.read.parquet(path).where("id = 5").select("id").count() == 1
    finally:
        spark.conf.unset(setting)


def test_old_dates_are_refused_when_writing_if_asked(spark, tmp_path):
    setting = "spark.sql.parquet.datetimeRebaseModeInWrite"
    spark.conf.set(setting, "EXCEPTION")
    try:
        old = spark.sql("SELECT DATE'1500-01-01' AS d")
        for kind in ("parquet", "delta"):
            with pytest.raises(PySparkException, match="WRITE_ANCIENT_DATETIME"):
                old.write.format(kind).save(str(tmp_path / kind))
        spark.sql("SELECT DATE'1600-01-01' AS d").write.parquet(str(tmp_path / "new"))
        assert str(spark.read.parquet(str(tmp_path / "new")).first().d) == "1600-01-01"
    finally:
        spark.conf.unset(setting)


def test_avro_files_keep_the_calendar_they_were_written_with(in_los_angeles, tmp_path):
    spark = in_los_angeles
    rows = spark.sql("SELECT DATE'1000-02-28' AS d, TIMESTAMP'1500-03-01 23:00:00' AS t")
    setting = "spark.sql.avro.datetimeRebaseModeInWrite"
    for mode in ("LEGACY", "CORRECTED"):
        spark.conf.set(setting, mode)
        rows.write.format("avro").save(str(tmp_path / mode))
        read = spark.read.format("avro").load(str(tmp_path / mode))
        assert read.selectExpr("CAST(d AS STRING)", "CAST(t AS STRING)").first() == (
            "1000-02-28",
            "1500-03-01 23:00:00",
        )
    spark.conf.set(setting, "EXCEPTION")
    with pytest.raises(PySparkException, match="WRITE_ANCIENT_DATETIME"):
        rows.write.format("avro").save(str(tmp_path / "none"))
    spark.conf.unset(setting)


def test_dates_of_orc_files_are_of_the_old_calendar_as_spark_s(spark, tmp_path):
    path = str(tmp_path / "a")
    spark.sql("SELECT DATE'1000-02-28' AS d, array(DATE'0001-01-01') AS l").write.orc(path)
    (file,) = (tmp_path / "a").glob("*.orc")
    days = pyarrow.orc.ORCFile(file).read(columns=["d"]).column(0).chunk(0).view(pa.int32())
    assert days.to_pylist() == [DAYS[2]]
    row = spark.read.orc(path).selectExpr("CAST(d AS STRING) AS d", "CAST(l[0] AS STRING)").first()
    assert row == ("1000-02-28", "0001-01-01")
