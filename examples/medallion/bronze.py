"""Bronze: the CSV files as they are, in Delta, with the time they came in."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import current_timestamp


def read_csv(spark: SparkSession, path: str) -> DataFrame:
    return (
        spark.read.format("csv")
        .option("header", "true")
        .option("inferSchema", "true")
        .option("nullValue", "NA")
        .load(path)
    )


def register(spark: SparkSession, table: str, location: str) -> None:
    spark.sql(f"CREATE TABLE IF NOT EXISTS {table} USING DELTA LOCATION '{location}'")


def load_flights(spark: SparkSession, csv: str, lake: str, schema: str) -> int:
    """Appends the months that bronze does not have yet; returns how many flights came in."""
    location, table = f"{lake}/bronze/flights", f"{schema}.flights"
    incoming = read_csv(spark, f"{csv}/flights.csv")
    before = 0
    if spark.catalog.tableExists(table):
        present = spark.read.format("delta").load(location)
        before = present.count()
        months = present.select("year", "month").distinct()
        incoming = incoming.join(months, ["year", "month"], "left_anti")
    incoming = incoming.withColumn("ingested_at", current_timestamp())
    incoming.write.format("delta").mode("append").save(location)
    register(spark, table, location)
    return spark.table(table).count() - before


def load_reference(spark: SparkSession, csv: str, lake: str, schema: str) -> None:
    """The small tables come whole each time."""
    for name in ("weather", "planes", "airlines", "airports"):
        location = f"{lake}/bronze/{name}"
        frame = read_csv(spark, f"{csv}/{name}.csv").withColumn("ingested_at", current_timestamp())
        frame.write.format("delta").mode("overwrite").save(location)
        register(spark, f"{schema}.{name}", location)
