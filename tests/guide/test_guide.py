"""Samples of the guide: Delta reads, silver and gold, catalogue SQL, partitions, cache, upkeep."""

import datetime
import decimal

import pytest


@pytest.fixture
def bucket(tmp_path):
    """A folder that stands for s3://data-yanolja-general/data/t1/ezee."""
    return str(tmp_path / "ezee")


@pytest.fixture
def schema(spark):
    """The guide's catalogue and schema."""
    spark.sql("CREATE CATALOG IF NOT EXISTS next_prod")
    spark.sql("DROP SCHEMA IF EXISTS next_prod.pi_schema CASCADE")
    spark.sql("CREATE SCHEMA next_prod.pi_schema")
    yield "next_prod.pi_schema"
    spark.sql("DROP SCHEMA next_prod.pi_schema CASCADE")


def test_3_1_delta_read_time_travel_update(spark, tmp_path):
    path = str(tmp_path / "table")
    for version in range(7):
        frame = spark.createDataFrame(
            [(version, "premium", decimal.Decimal("100.00")), (version, "basic", None)],
            "id INT, category STRING, price DECIMAL(10, 2)",
        )
        frame.write.format("delta").mode("append").save(path)

    df = spark.read.format("delta").load(path)
    df_old = spark.read.format("delta").option("versionAsOf", 5).load(path)
    assert (df.count(), df_old.count()) == (14, 12)

    spark.sql("DROP TABLE IF EXISTS my_delta_table")
    spark.sql(f"CREATE TABLE my_delta_table USING DELTA LOCATION '{path}'")
    spark.sql("""
UPDATE my_delta_table
SET price = price * 1.1
WHERE category = 'premium'
""")
    rows = spark.table("my_delta_table").select("category", "price").distinct().collect()
    assert {tuple(row) for row in rows} == {
        ("premium", decimal.Decimal("110.00")),
        ("basic", None),
    }
    assert spark.table("my_delta_table").schema["price"].dataType.simpleString() == "decimal(10,2)"
    spark.sql("DROP TABLE my_delta_table")


def test_3_2_catalogue_table_and_comments(spark, bucket, schema):
    predictions = spark.createDataFrame(
        [("h1", datetime.date(2025, 4, 1), 120000)], "hotel_id STRING, date DATE, price BIGINT"
    )
    location = f"{bucket}/gold/price_predictions"
    predictions.write.format("delta").save(location)
    spark.sql(f"""
CREATE TABLE next_prod.pi_schema.price_predictions
USING DELTA
LOCATION '{location}'""")
    spark.sql(
        "COMMENT ON TABLE next_prod.pi_schema.price_predictions IS '호텔 가격 예측 결과 테이블'"
    )
    spark.sql(
        "COMMENT ON COLUMN next_prod.pi_schema.price_predictions.price IS '예측된 객실 가격 (KRW)'"
    )
    described = {
        row["col_name"]: row["comment"]
        for row in spark.sql("DESCRIBE next_prod.pi_schema.price_predictions").collect()
    }
    assert described["price"] == "예측된 객실 가격 (KRW)"
    assert spark.table("next_prod.pi_schema.price_predictions").collect() == predictions.collect()


def seed_bronze(spark, bucket):
    rows = [
        ("a", "1.5", "room", "2025-04-01", 10),
        ("b", "2.5", "room", "2025-04-01", 20),
        (None, "9", "room", "2025-04-01", 30),
        ("c", "4", "pool", "2025-04-02", 40),
    ]
    bronze = spark.createDataFrame(
        rows, "id STRING, value STRING, category STRING, date STRING, amount BIGINT"
    )
    bronze.write.format("delta").mode("append").save(f"{bucket}/bronze")


def make_silver(spark, bucket):
    from pyspark.sql.functions import col

    bronze_df = spark.read.format("delta").load(f"{bucket}/bronze")
    silver_df = bronze_df.filter(col("id").isNotNull()) \
                        .withColumn("value", col("value").cast("double"))
    silver_df.write.format("delta").mode("append") \
            .save(f"{bucket}/silver")


def test_4_2_silver(spark, bucket):
    seed_bronze(spark, bucket)
    make_silver(spark, bucket)
    silver = spark.read.format("delta").load(f"{bucket}/silver")
    assert sorted((r["id"], r["value"]) for r in silver.collect()) == [
        ("a", 1.5),
        ("b", 2.5),
        ("c", 4.0),
    ]
    make_silver(spark, bucket)
    assert spark.read.format("delta").load(f"{bucket}/silver").count() == 6


def test_4_2_a_bad_cast_raises(spark, bucket):
    from pyspark.errors import NumberFormatException
    from pyspark.sql.functions import col

    seed_bronze(spark, bucket)
    bronze = spark.read.format("delta").load(f"{bucket}/bronze")
    with pytest.raises(NumberFormatException) as raised:
        bronze.withColumn("value", col("category").cast("double")).collect()
    assert raised.value.getCondition() == "CAST_INVALID_INPUT"


def test_4_3_gold(spark, bucket, schema):
    from pyspark.sql.functions import avg, count, sum

    seed_bronze(spark, bucket)
    make_silver(spark, bucket)
    silver_df = spark.read.format("delta").load(f"{bucket}/silver")
    gold_df = silver_df.groupBy("category", "date") \
                      .agg(avg("value").alias("avg_value"),
                           sum("amount").alias("total_amount"),
                           count("id").alias("count"))
    gold_df.write.format("delta").mode("overwrite") \
          .save(f"{bucket}/gold")
    spark.sql(f"""
CREATE TABLE next_prod.pi_schema.ezee_metrics
USING DELTA
LOCATION '{bucket}/gold'
""")
    rows = spark.sql("SELECT * FROM next_prod.pi_schema.ezee_metrics ORDER BY category").collect()
    assert [tuple(row) for row in rows] == [
        ("pool", "2025-04-02", 4.0, 40, 1),
        ("room", "2025-04-01", 2.0, 30, 2),
    ]


def test_7_1_partitions_and_cache(spark, tmp_path):
    from pyspark import StorageLevel

    path = str(tmp_path / "data")
    df = spark.createDataFrame(
        [(1, datetime.date(2025, 4, 1)), (2, datetime.date(2025, 4, 2))],
        "id INT, booking_date DATE",
    )
    df.write.format("delta").partitionBy("booking_date").mode("append").save(path)
    assert sorted(p.name for p in (tmp_path / "data").iterdir() if "=" in p.name) == [
        "booking_date=2025-04-01",
        "booking_date=2025-04-02",
    ]
    df = spark.read.format("delta").load(path)
    df.persist(storageLevel=StorageLevel.MEMORY_AND_DISK)
    assert df.filter("booking_date = '2025-04-02'").collect()[0]["id"] == 2
    df.unpersist()


@pytest.mark.parametrize("interval", ["7 DAYS", "168 HOURS"])
def test_7_2_vacuum_and_optimize(spark, schema, interval):
    table = "next_prod.pi_schema.yprice_predictions"
    for n in range(3):
        spark.range(n * 10, n * 10 + 10).write.mode("append").saveAsTable(table)
    spark.sql(f"VACUUM {table} RETAIN {interval}")
    spark.sql(f"OPTIMIZE {table}")
    assert spark.table(table).count() == 30
    operations = [row["operation"] for row in spark.sql(f"DESCRIBE HISTORY {table}").collect()]
    assert "OPTIMIZE" in operations
