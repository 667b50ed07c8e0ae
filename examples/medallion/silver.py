"""Silver: flights that left, with the right types, once each, partitioned by month."""

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, lit, make_date

from examples.medallion.bronze import register

KEY = ["flight_date", "carrier", "flight", "origin"]


def clean_flights(spark: SparkSession, lake: str, bronze: str, silver: str) -> int:
    """Writes the silver table; returns its rows."""
    flights = (
        spark.table(f"{bronze}.flights")
        .filter(col("dep_time").isNotNull() & col("tailnum").isNotNull())
        .withColumn("flight_date", make_date(col("year"), col("month"), col("day")))
        .withColumn("dep_delay", col("dep_delay").cast("double"))
        .withColumn("arr_delay", col("arr_delay").cast("double"))
        .withColumn("distance", col("distance").cast("int"))
        .withColumn("time_hour", col("time_hour").cast("timestamp"))
        .dropDuplicates(KEY)
        .select(
            *KEY,
            *("month", "dest", "tailnum", "dep_delay", "arr_delay", "distance", "time_hour"),
        )
    )
    location = f"{lake}/silver/flights"
    flights.write.format("delta").mode("overwrite").partitionBy("month").save(location)
    register(spark, f"{silver}.flights", location)
    return spark.table(f"{silver}.flights").count()


def refuse_another_schema(spark: SparkSession, lake: str) -> str:
    """Tries to append a row with an unknown column; returns the condition of the refusal."""
    stray = spark.range(1).select(lit("2013-01-01").alias("flight_date"), lit(1).alias("surprise"))
    try:
        stray.write.format("delta").mode("append").save(f"{lake}/silver/flights")
    except AnalysisException as error:
        return error.getCondition()
    raise AssertionError("a row of another schema was written")
