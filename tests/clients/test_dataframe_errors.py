"""What DataFrame calls refuse, and with which condition."""

import datetime

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import Observation, Window
from pyspark.sql import functions as F


@pytest.fixture
def people(spark):
    return spark.createDataFrame([(14, "Tom", 1.5), (23, "Alice", 2.5)], ["age", "name", "v"])


def condition(action):
    with pytest.raises(PySparkException) as error:
        action()
    return error.value.getCondition()


def test_unknown_columns(people):
    for action in [
        lambda: people.na.drop(subset=["nope"]).collect(),
        lambda: people.na.fill(1, subset=["nope"]).collect(),
        lambda: people.na.replace(1, 2, subset=["nope"]).collect(),
        lambda: people.cov("nope", "age"),
        lambda: people.approxQuantile("nope", [0.5], 0.1),
        lambda: people.freqItems(["nope"]).collect(),
        lambda: people.describe("nope").collect(),
    ]:
        assert condition(action) == "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    name = "CONNECT_INVALID_PLAN.UNRESOLVED_COLUMN_AMONG_FIELD_NAMES"
    assert condition(lambda: people.dropDuplicates(["nope"]).collect()) == name
    assert condition(lambda: people.toDF("a", "b").collect()) == "ASSIGNMENT_ARITY_MISMATCH"


def test_statistics_of_texts(people):
    wrong = "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"
    assert condition(lambda: people.corr("age", "name")) == wrong
    assert condition(lambda: people.approxQuantile("name", [0.5], 0.1)) == wrong


def test_transposed_columns_share_a_type_without_texts_turning_to_numbers(spark, people):
    assert condition(lambda: people.transpose().collect()) == "TRANSPOSE_NO_LEAST_COMMON_TYPE"
    row = spark.sql("SELECT 'a' AS k, 1 AS x, 2.5D AS y")
    assert [tuple(r) for r in row.transpose().collect()] == [("x", 1.0), ("y", 2.5)]


@pytest.mark.parametrize(
    "metric, reason",
    [
        (F.col("age"), "NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE"),
        (F.rand(), "NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC"),
        (F.count_distinct("age"), "AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED"),
        (F.expr("sum(age) FILTER (WHERE age > 1)"), "AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED"),
        (F.row_number().over(Window.orderBy("age")), "WINDOW_EXPRESSIONS_UNSUPPORTED"),
    ],
)
def test_metrics_that_cannot_be_observed(people, metric, reason):
    observed = people.observe(Observation("x"), metric)
    assert condition(observed.count) == "INVALID_OBSERVED_METRICS." + reason
    assert people.observe("x", (F.sum("age") + 1).alias("one")).count() == 2


def test_watermarks_of_batches(spark):
    rows = spark.createDataFrame([(datetime.datetime(2020, 1, 1), 1)], ["t", "v"])
    assert rows.withWatermark("t", "1 hour").count() == 1
    assert condition(lambda: rows.withWatermark("t", "bad").count()) == "CANNOT_PARSE_INTERVAL"
    within = rows.withWatermark("t", "1 hour").dropDuplicatesWithinWatermark(["v"])
    assert condition(within.collect) == "_LEGACY_ERROR_TEMP_3102"


def test_the_source_that_writes_nothing(spark, people):
    seen = Observation("seen")
    rows = people.observe(seen, F.count(F.lit(1)).alias("n"))
    rows.write.format("noop").mode("overwrite").save()
    assert seen.get == {"n": 2}
    people.write.format("noop").mode("append").save()
    refused = "UNSUPPORTED_DATA_SOURCE_SAVE_MODE"
    assert condition(lambda: people.write.format("noop").save()) == refused
    failing = people.select(F.raise_error(F.lit("boom")))
    assert condition(failing.write.format("noop").mode("append").save) == "USER_RAISED_EXCEPTION"
    table = "CANNOT_CREATE_DATA_SOURCE_TABLE.EXTERNAL_METADATA_UNSUPPORTED"
    assert condition(lambda: people.write.format("noop").saveAsTable("nothing")) == table


def test_metrics_of_writes(people, tmp_path):
    for source in ["parquet", "csv", "delta"]:
        seen = Observation()
        rows = people.observe(seen, F.sum("age").alias("s"), F.max("name").alias("m"))
        rows.write.format(source).save(str(tmp_path / source))
        assert seen.get == {"s": 37, "m": "Tom"}


def test_files_that_cannot_be_written(people, tmp_path):
    path = str(tmp_path / "x")
    every = people.write.partitionBy("age", "name", "v")
    assert condition(lambda: every.parquet(path)) == "ALL_PARTITION_COLUMNS_NOT_ALLOWED"
    twice = people.select("age", "age").write
    assert condition(lambda: twice.parquet(path)) == "COLUMN_ALREADY_EXISTS"
    assert (
        condition(lambda: people.write.sortBy("age").parquet(path)) == "SORT_BY_WITHOUT_BUCKETING"
    )
