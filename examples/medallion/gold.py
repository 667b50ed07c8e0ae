"""Gold: what people ask about delays."""

from pyspark import StorageLevel
from pyspark.sql import SparkSession, Window
from pyspark.sql.functions import avg, col, count, desc, rank, round, sum, when

from examples.medallion.bronze import register

TABLES = ["carrier_delays", "weather_delays", "worst_routes", "carrier_month"]


def carrier_delays(spark: SparkSession, lake: str, bronze: str, silver: str, gold: str) -> None:
    """Delay, distance and flights of each airline."""
    result = (
        spark.table(f"{silver}.flights")
        .groupBy("carrier")
        .agg(
            round(avg("dep_delay"), 2).alias("avg_delay"),
            sum("distance").alias("total_distance"),
            count("flight").alias("flights"),
        )
        .join(spark.table(f"{bronze}.airlines").select("carrier", "name"), "carrier")
    )
    result.write.format("delta").mode("overwrite").save(f"{lake}/gold/carrier_delays")
    register(spark, f"{gold}.carrier_delays", f"{lake}/gold/carrier_delays")


def weather_delays(spark: SparkSession, bronze: str, silver: str, gold: str) -> None:
    """Delay by how hard the wind blew at the airport in that hour; a managed table."""
    weather = spark.table(f"{bronze}.weather").select("origin", "time_hour", "wind_speed")
    joined = spark.table(f"{silver}.flights").join(weather, ["origin", "time_hour"])
    wind = (
        when(col("wind_speed") < 5, "calm")
        .when(col("wind_speed") < 15, "breeze")
        .when(col("wind_speed").isNotNull(), "strong")
        .otherwise("unknown")
    )
    (
        joined.groupBy("origin", wind.alias("wind"))
        .agg(round(avg("dep_delay"), 2).alias("avg_delay"), count("*").alias("flights"))
        .write.mode("overwrite")
        .saveAsTable(f"{gold}.weather_delays")
    )


def rankings(spark: SparkSession, silver: str, gold: str) -> None:
    """The worst three routes of each airport and the months of each airline, from one cache."""
    flights = spark.table(f"{silver}.flights")
    flights.persist(storageLevel=StorageLevel.MEMORY_AND_DISK)
    routes = (
        flights.groupBy("origin", "dest")
        .agg(round(avg("arr_delay"), 2).alias("avg_delay"), count("*").alias("flights"))
        .filter(col("flights") >= 300)
    )
    place = rank().over(Window.partitionBy("origin").orderBy(desc("avg_delay"), "dest"))
    (
        routes.withColumn("place", place)
        .filter(col("place") <= 3)
        .write.mode("overwrite")
        .saveAsTable(f"{gold}.worst_routes")
    )
    (
        flights.groupBy("carrier", "month")
        .agg(count("*").alias("flights"), sum("distance").alias("distance"))
        .write.mode("overwrite")
        .saveAsTable(f"{gold}.carrier_month")
    )
    flights.unpersist()
