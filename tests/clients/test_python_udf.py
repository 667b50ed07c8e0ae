"""Python functions of one value a row, through an unmodified client."""

import datetime
import decimal
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.errors import PySparkException, PythonException
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.functions import arrow_udf, pandas_udf, udf


def rows(df):
    return [tuple(row) for row in df.collect()]


def test_row_function_in_every_place(spark):
    plus = udf(lambda x: x + 1, "long")
    df = spark.range(5)
    assert rows(df.select(plus("id"))) == [(i + 1,) for i in range(5)]
    assert df.select(plus("id")).columns == ["<lambda>(id)"]
    assert rows(df.withColumn("x", plus("id") * 2 + F.col("id")))[3] == (3, 11)
    assert rows(df.filter(plus("id") > 3)) == [(3,), (4,)]
    assert rows(df.filter((F.col("id") > 1) & (plus("id") < 5))) == [(2,), (3,)]
    assert rows(df.orderBy(plus("id").desc()).limit(2)) == [(4,), (3,)]
    assert rows(df.agg(F.sum(plus("id")))) == [(15,)]
    assert rows(
        df.groupBy(plus("id") % 2).agg(F.max(plus("id"))).orderBy(F.col("max(<lambda>(id))"))
    )
    assert rows(df.agg(F.sum("id").alias("s")).select(plus("s"))) == [(11,)]


@pytest.mark.parametrize("arrow", [True, False])
def test_values_of_every_type_come_and_go(spark, arrow):
    row = Row(
        b=True,
        i=7,
        d=1.5,
        s="한옥",
        n=decimal.Decimal("12.34"),
        day=datetime.date(2026, 11, 21),
        t=datetime.datetime(2026, 11, 21, 8, 30, 15, 123456),
        a=[1, 2, None],
        m={"x": 1.0},
        st=Row(p=1, q="z"),
        y=b"\x00\xff",
        z=None,
    )
    schema = (
        "b boolean, i int, d double, s string, n decimal(10,2), day date, t timestamp, "
        "a array<int>, m map<string,double>, st struct<p:int,q:string>, y binary, z string"
    )
    df = spark.createDataFrame([row], schema)
    for field in df.schema.fields:
        same = udf(lambda v: v, field.dataType, useArrow=arrow)
        assert df.select(same(field.name).alias("v")).first().v == getattr(row, field.name), field
    kinds = udf(lambda *v: " ".join(type(x).__name__ for x in v), "string", useArrow=arrow)
    shown = df.select(kinds(*df.columns)).first()[0].split(" ")
    assert shown[:7] == ["bool", "int", "float", "str", "Decimal", "date", "datetime"]
    assert shown[7:10] == ["list", "dict", "Row"]


def test_functions_chain_nest_and_mix(spark):
    plus = udf(lambda x: x + 1, "long")
    twice = pandas_udf(lambda s: s * 2, "long")
    both = udf(lambda a, b: a * 10 + b, "long")
    df = spark.range(4)
    assert rows(df.select(plus(plus(plus("id"))))) == [(i + 3,) for i in range(4)]
    assert rows(df.select(twice(plus(twice("id"))))) == [((i * 2 + 1) * 2,) for i in range(4)]
    assert rows(df.select(both(plus("id"), twice(F.col("id") + 1)))) == [
        ((i + 1) * 10 + (i + 1) * 2,) for i in range(4)
    ]
    assert rows(df.select("id", plus("id"), twice("id"), F.lit("x")))[3] == (3, 4, 6, "x")


def test_arguments_by_name_and_none(spark):
    join = udf(lambda a, b: f"{a}/{b}", "string")
    df = spark.range(2)
    assert rows(df.select(join(b=F.lit("r"), a="id"))) == [("0/r",), ("1/r",)]
    assert rows(df.select(udf(lambda: 42, "int")())) == [(42,), (42,)]


def test_pandas_arrow_and_iterators(spark):
    @pandas_udf("double")
    def half(s: pd.Series) -> pd.Series:
        return s / 2

    @arrow_udf("long")
    def add(a: pa.Array, b: pa.Array) -> pa.Array:
        return pc.add(a, b)

    @pandas_udf("long")
    def offset(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        start = 100
        for s in batches:
            yield s + start

    @pandas_udf("a long, b string")
    def pair(s: pd.Series) -> pd.DataFrame:
        return pd.DataFrame({"a": s, "b": s.astype(str)})

    df = spark.range(25000)
    got = df.select("id", half("id"), add("id", "id"), offset("id"), pair("id").b).toPandas()
    assert list(got.iloc[:, 0]) == list(range(25000))
    assert (got.iloc[:, 1] == got.iloc[:, 0] / 2).all()
    assert (got.iloc[:, 2] == got.iloc[:, 0] * 2).all()
    assert (got.iloc[:, 3] == got.iloc[:, 0] + 100).all()
    assert (got.iloc[:, 4] == got.iloc[:, 0].astype(str)).all()


def test_batches_are_as_long_as_configured(spark):
    sizes = pandas_udf(lambda s: pd.Series([len(s)] * len(s)), "int")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
    assert rows(
        spark.range(2500).select(sizes("id").alias("n")).groupBy("n").count().orderBy("n")
    ) == [
        (500, 500),
        (1000, 2000),
    ]


def test_registered_functions_in_sql(spark):
    spark.udf.register("plus_one", lambda x: x + 1, "int")
    spark.udf.register("upper_py", udf(lambda s: s and s.upper()))
    assert rows(spark.sql("SELECT plus_one(1), upper_py('abc'), upper_py(NULL)")) == [
        (2, "ABC", None)
    ]
    assert rows(spark.sql("SELECT id FROM range(10) WHERE plus_one(id) % 5 = 0")) == [(4,), (9,)]
    assert rows(
        spark.sql(
            "SELECT plus_one(k) g, sum(v) FROM VALUES (1, 2), (1, 3) t(k, v) GROUP BY plus_one(k)"
        )
    ) == [(2, 5)]
    assert spark.sql("SELECT plus_one(1)").columns == ["plus_one(1)"]


def test_conditions_of_joins(spark):
    same = udf(lambda a, b: a == b, "boolean")
    left = spark.range(4).alias("l")
    right = spark.range(2, 6).alias("r")
    got = left.join(right, same(F.col("l.id"), F.col("r.id")))
    assert sorted(rows(got)) == [(2, 2), (3, 3)]


def test_result_of_another_type(spark):
    df = spark.range(1)
    assert rows(df.select(udf(lambda x: "a", "int", useArrow=False)("id"))) == [(None,)]
    with pytest.raises(PythonException):
        df.select(udf(lambda x: "a", "int")("id")).collect()


def test_errors_carry_the_traceback(spark):
    def broken(x):
        return 1 / (x - 3)

    for made in (udf(broken, "double"), udf(broken, "double", useArrow=False)):
        with pytest.raises(PythonException, match="ZeroDivisionError") as caught:
            spark.range(10).select(made("id")).collect()
        assert "broken" in str(caught.value)
    assert rows(spark.range(1).select(udf(broken, "double")("id"))) == [(1 / -3,)]


def test_a_dead_worker_ends_its_query_only(spark):
    def die(x):
        import os

        os._exit(7)

    with pytest.raises(PySparkException, match="exited unexpectedly"):
        spark.range(1).select(udf(die, "int")("id")).collect()
    assert rows(spark.range(1).select(udf(lambda x: 5, "int")("id"))) == [(5,)]


def test_a_silent_worker_is_ended(spark):
    def sleep(x):
        import time

        time.sleep(600)

    spark.conf.set("spark.sql.execution.pyspark.udf.idleTimeoutSeconds", "1")
    with pytest.raises(PySparkException, match="no result for 1 seconds"):
        spark.range(1).select(udf(sleep, "int")("id")).collect()


def test_empty_input_and_limits(spark):
    plus = udf(lambda x: x + 1, "long")
    assert rows(spark.range(0).select(plus("id"))) == []
    assert rows(spark.range(1000000).select(plus("id")).limit(2)) == [(1,), (2,)]
    assert spark.range(100000).select(plus("id")).count() == 100000


def test_unsupported_is_named(spark):
    with pytest.raises(Exception, match="Java"):
        spark.udf.registerJavaFunction("j", "com.example.F")
    with pytest.raises(Exception, match="LAMBDA_FUNCTION_WITH_PYTHON_UDF"):
        plus = udf(lambda x: x + 1, "int")
        spark.sql("SELECT array(1, 2) a").select(F.transform("a", lambda x: plus(x))).collect()


def test_functions_of_several_kinds_read_columns_of_their_own(spark):
    @udf("string")
    def shout(text):
        return text.upper() + "!"

    @pandas_udf("long")
    def plus_one(values):
        return values + 1

    df = spark.createDataFrame([(1, "a")], "id int, name string")
    assert df.select(shout("name"), plus_one("id")).limit(1).collect()[0][:] == ("A!", 2)
