"""What CSV and Parquet files alone cannot do: change rows, look back, tidy up."""

from pyspark.sql import SparkSession


def change_fares(spark: SparkSession, silver: str, gold: str) -> dict[str, int]:
    """Makes a price list from the routes, changes it and looks back; returns row counts."""
    fares = f"{gold}.fares"
    spark.sql(f"""
        CREATE OR REPLACE TABLE {fares} USING DELTA AS
        SELECT origin, dest, CAST(max(distance) * 0.15 AS DECIMAL(10, 2)) AS price,
               CASE WHEN max(distance) > 1000 THEN 'premium' ELSE 'standard' END AS category
        FROM {silver}.flights GROUP BY origin, dest""")
    spark.sql(f"UPDATE {fares} SET price = price * 1.1 WHERE category = 'premium'")
    spark.sql(f"DELETE FROM {fares} WHERE dest = 'LEX'")
    spark.sql(f"""
        MERGE INTO {fares} AS t
        USING (SELECT 'JFK' AS origin, 'ICN' AS dest, 1500.00 AS price, 'premium' AS category
               UNION ALL SELECT 'JFK', 'LAX', 199.00, 'promotion') AS s
        ON t.origin = s.origin AND t.dest = s.dest
        WHEN MATCHED THEN UPDATE SET price = s.price, category = s.category
        WHEN NOT MATCHED THEN INSERT *""")

    history = spark.sql(f"DESCRIBE HISTORY {fares}").orderBy("version", ascending=False).collect()
    latest, created = history[0]["version"], history[3]
    before = spark.sql(f"SELECT * FROM {fares} VERSION AS OF {created['version']}").count()
    then = created["timestamp"].strftime("%Y-%m-%d %H:%M:%S.%f")
    by_time = spark.sql(f"SELECT * FROM {fares} TIMESTAMP AS OF '{then}'").count()
    assert before == by_time, (before, by_time)
    return {"now": spark.table(fares).count(), "at first": before, "version": latest}


def read_first_version(spark: SparkSession, lake: str) -> int:
    """Rows of version 0 of the bronze flights, by path."""
    first = spark.read.format("delta").option("versionAsOf", 0).load(f"{lake}/bronze/flights")
    return first.count()


def document(spark: SparkSession, gold: str) -> None:
    """Descriptions that people see in the catalogue."""
    spark.sql(f"COMMENT ON TABLE {gold}.fares IS 'Price of each route from New York'")
    spark.sql(f"COMMENT ON COLUMN {gold}.fares.price IS 'Price of a seat (USD)'")


def tidy(spark: SparkSession, silver: str, gold: str) -> None:
    """Fewer, larger files; files of old versions go after seven days."""
    spark.sql(f"OPTIMIZE {silver}.flights")
    spark.sql(f"OPTIMIZE {gold}.fares")
    spark.sql(f"VACUUM {gold}.fares RETAIN 168 HOURS")
    spark.sql(f"VACUUM {silver}.flights RETAIN 7 DAYS")
