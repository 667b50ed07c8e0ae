"""Python table functions whose `analyze` method tells their result; functions in Python text."""

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql.functions import lit, udtf
from pyspark.sql.types import IntegerType, StringType, StructType
from pyspark.sql.udtf import AnalyzeResult, OrderingColumn, PartitioningColumn, SelectedColumn


def test_the_schema_follows_from_the_arguments(spark):
    @udtf
    class Pairs:
        @staticmethod
        def analyze(a, b, **kwargs):
            return AnalyzeResult(
                StructType()
                .add("a", a.dataType)
                .add("b", b.dataType)
                .add("x", kwargs["x"].dataType)
            )

        def eval(self, a, b, **kwargs):
            yield a, b, kwargs["x"]

    rows = Pairs(lit(1), x=lit("x"), b=lit(2.5))
    assert rows.schema.simpleString() == "struct<a:int,b:double,x:string>"
    assert [tuple(r) for r in rows.collect()] == [(1, 2.5, "x")]
    spark.udtf.register("pairs", Pairs)
    found = spark.sql("SELECT * FROM pairs(1, x => 'x', b => 'b')").collect()
    assert [tuple(r) for r in found] == [(1, "b", "x")]


def test_constants_decide_the_schema_and_reach_the_constructor(spark):
    @udtf
    class Columns:
        def __init__(self, result):
            self.count = len(result.schema.fields)

        @staticmethod
        def analyze(count):
            schema = StructType()
            for i in range(count.value):
                schema = schema.add(f"c{i}", IntegerType())
            return AnalyzeResult(schema)

        def eval(self, count):
            yield tuple(range(self.count))

    assert Columns(lit(3)).columns == ["c0", "c1", "c2"]
    assert [tuple(r) for r in Columns(lit(3)).collect()] == [(0, 1, 2)]


def test_analyze_parts_and_orders_the_table(spark):
    @udtf
    class Firsts:
        def __init__(self):
            self.seen = []

        @staticmethod
        def analyze(table):
            assert table.isTable
            return AnalyzeResult(
                StructType().add("k", StringType()).add("ids", StringType()),
                partitionBy=[PartitioningColumn("k")],
                orderBy=[OrderingColumn("id", ascending=False)],
                select=[SelectedColumn("k"), SelectedColumn("id")],
            )

        def eval(self, row):
            self.seen.append((row["k"], row["id"]))

        def terminate(self):
            yield self.seen[0][0], ",".join(str(i) for _, i in self.seen)

    spark.udtf.register("firsts", Firsts)
    spark.sql(
        "SELECT id, IF(id % 2 = 0, 'even', 'odd') AS k, 1 AS unused FROM range(5)"
    ).createOrReplaceTempView("numbers")
    found = spark.sql("SELECT * FROM firsts(TABLE(numbers))").collect()
    assert {tuple(r) for r in found} == {("even", "4,2,0"), ("odd", "3,1")}
    with pytest.raises(AnalysisException) as error:
        spark.sql("SELECT * FROM firsts(TABLE(numbers) PARTITION BY k)").collect()
    condition = "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL"
    assert error.value.getCondition() == condition


def test_errors_of_analyze_are_shown(spark):
    @udtf
    class Broken:
        @staticmethod
        def analyze(a):
            raise ValueError("no such thing")

        def eval(self, a):
            yield (a,)

    with pytest.raises(AnalysisException) as error:
        Broken(lit(1)).collect()
    assert error.value.getCondition() == "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON"
    assert "no such thing" in str(error.value)


def test_functions_of_sql_in_python(spark):
    spark.sql(
        """CREATE OR REPLACE FUNCTION initials(name STRING) RETURNS STRING LANGUAGE PYTHON AS $$
          def first(word):
              return word[0]; # it's fine
          return "".join(first(w) for w in name.split()) if name else None
        $$"""
    )
    rows = spark.sql(
        "SELECT initials(n) AS i FROM VALUES ('Ada Lovelace'), (NULL), ('Al Khwarizmi') t(n)"
    )
    assert rows.schema.simpleString() == "struct<i:string>"
    assert [r.i for r in rows.collect()] == ["AL", None, "AK"]
    spark.sql(
        "CREATE TEMPORARY FUNCTION plus(x INT, y INT DEFAULT 1) RETURNS INT "
        "LANGUAGE PYTHON AS 'return x + y'"
    )
    assert spark.sql("SELECT plus(41), plus(1, y => 2)").first() == (42, 3)
    spark.sql("DROP FUNCTION initials")


def test_lateral_calls_stand_beside_their_rows(spark):
    @udtf(returnType="r: int, total: int")
    class Upto:
        def __init__(self):
            self.total = 0

        def eval(self, n):
            for i in range(n or 0):
                self.total += i
                yield i, self.total

        def terminate(self):
            yield -1, self.total

    spark.udtf.register("upto", Upto)
    rows = spark.sql(
        "SELECT s, x, r, total FROM VALUES (2, 'a'), (0, 'b'), (1, 'c') t(x, s), LATERAL upto(x)"
    ).collect()
    assert sorted(tuple(r) for r in rows) == [
        ("a", 2, 0, 0),
        ("a", 2, 1, 1),
        ("c", 1, -1, 1),
        ("c", 1, 0, 1),
    ]
    many = spark.sql("SELECT count(*), sum(x) FROM range(30000) t(x), LATERAL upto(int(x % 3)) u")
    # A row of x for each of 0, 1 or 2 results, and one of terminate.
    assert many.first() == (30001, sum(x * (x % 3) for x in range(30000)) + 29999)
    named = spark.sql(
        "SELECT t.x, u.r FROM VALUES (1), (2) t(x) JOIN LATERAL upto(t.x + 1) u ON u.r = t.x"
    )
    assert sorted(tuple(r) for r in named.collect()) == [(1, 1), (2, 2)]


def test_functions_without_arrow_go_row_by_row(spark):
    import datetime

    @udtf(returnType="n int, day date, s string", useArrow=False)
    class Days:
        def __init__(self):
            self.seen = 0

        def eval(self, count, start):
            self.seen += 1
            for i in range(count):
                yield i, start + datetime.timedelta(days=i), None

        def terminate(self):
            yield -self.seen, None, "end"

    first = datetime.date(2024, 2, 28)
    rows = [tuple(r) for r in Days(lit(2), lit(first)).collect()]
    later = datetime.date(2024, 2, 29)
    assert rows == [(0, first, None), (1, later, None), (-1, None, "end")]
    spark.udtf.register("days", Days)
    found = spark.sql(
        "SELECT c, n FROM VALUES (2), (0), (1) t(c), LATERAL days(c, DATE'2024-02-28') ORDER BY ALL"
    ).collect()
    assert [tuple(r) for r in found if r.n >= 0] == [(1, 0), (2, 0), (2, 1)]

    @udtf(returnType="total long", useArrow=False)
    class Total:
        def __init__(self):
            self.total = 0

        def eval(self, row):
            self.total += row["id"]

        def terminate(self):
            yield (self.total,)

    spark.udtf.register("total", Total)
    assert spark.sql("SELECT * FROM total(TABLE(SELECT id FROM range(500)))").first()[0] == 124750


def test_outer_lateral_calls_keep_rows_without_results(spark):
    @udtf(returnType="r: int")
    class Below:
        def eval(self, n):
            for i in range(n or 0):
                yield (i,)

    spark.udtf.register("below", Below)
    values = "VALUES (2, 'a'), (0, 'b'), (NULL, 'c'), (1, 'd') t(x, s)"

    def found(query):
        return sorted((tuple(row) for row in spark.sql(query).collect()), key=str)

    assert found(f"SELECT s, r FROM {values} LEFT JOIN LATERAL below(x)") == [
        ("a", 0),
        ("a", 1),
        ("b", None),
        ("c", None),
        ("d", 0),
    ]
    # Conditions choose among the results; a row that they leave nothing stays.
    on = f"SELECT s, u.r FROM {values} LEFT JOIN LATERAL below(x + 0) u ON u.r = x - 1 AND s < 'd'"
    assert found(on) == [("a", 1), ("b", None), ("c", None), ("d", None)]
    # What the right side computes is NULL beside such a row.
    above = (
        f"SELECT s, y, z FROM {values} LEFT JOIN LATERAL "
        "(SELECT r + 1 AS y, 'z' AS z FROM below(t.x) WHERE r > 0) u"
    )
    assert found(above) == [("a", 2, "z"), ("b", None, None), ("c", None, None), ("d", None, None)]
    schema = spark.sql(f"SELECT s, r FROM {values} LEFT JOIN LATERAL below(x)").schema
    assert [field.nullable for field in schema] == [False, True]
    # Equal rows of the left side stay two, and rows that are made anew each time are made once.
    twice = "(SELECT x FROM VALUES (0), (0) v(x))"
    assert found(f"SELECT x, r FROM {twice} LEFT JOIN LATERAL below(x)") == [(0, None), (0, None)]
    random = "(SELECT int(rand() * 3) AS x FROM range(1000))"
    query = f"SELECT count(DISTINCT x), count_if(r IS NULL AND x > 0) FROM {random} "
    assert found(query + "LEFT JOIN LATERAL below(x)") == [(3, 0)]


def test_table_functions_of_sql_in_python(spark):
    spark.sql(
        """CREATE OR REPLACE FUNCTION words(text STRING, least INT DEFAULT 1)
           RETURNS TABLE (word STRING, size INT COMMENT 'its letters')
           LANGUAGE PYTHON DETERMINISTIC HANDLER 'Words' AS $$
             import re

             class Words:
                 def eval(self, text, least):
                     for word in re.findall(r"\\w+", text or ""):
                         if len(word) >= least:
                             yield word, len(word)

                 def terminate(self):
                     yield "", 0
           $$"""
    )
    rows = spark.sql("SELECT * FROM words('to be or not', 3)")
    assert rows.schema.simpleString() == "struct<word:string,size:int>"
    assert [tuple(r) for r in rows.collect()] == [("not", 3), ("", 0)]
    named = spark.sql("SELECT words.size FROM words(least => '2', text => 'a bc') WHERE size > 0")
    assert [r.size for r in named.collect()] == [2]
    beside = spark.sql(
        "SELECT t.n, w.word FROM VALUES (1, 'a b'), (2, NULL) t(n, s), LATERAL words(t.s) w"
        " WHERE w.word <> ''"
    )
    assert [tuple(r) for r in beside.collect()] == [(1, "a"), (1, "b")]
    for call, condition in [
        ("words(least => 1)", "REQUIRED_PARAMETER_NOT_FOUND"),
        ("words('a', 1, 2)", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"),
        ("words('a', DATE'2024-01-01')", "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION"),
    ]:
        with pytest.raises(AnalysisException) as error:
            spark.sql(f"SELECT * FROM {call}").collect()
        assert error.value.getCondition() == condition, call
    with pytest.raises(AnalysisException) as error:
        spark.sql("SELECT words('a')").collect()
    assert error.value.getCondition() == "NOT_A_SCALAR_FUNCTION"
    spark.sql("DROP FUNCTION words")


def test_table_functions_of_sql_take_tables_and_analyze(spark):
    spark.sql(
        """CREATE TEMPORARY FUNCTION totals(input TABLE, factor INT)
           RETURNS TABLE (kind STRING, total BIGINT) LANGUAGE PYTHON HANDLER 'Totals' AS $$
class Totals:
    def __init__(self):
        self.kind, self.total = None, 0
    def eval(self, row, factor):
        self.kind = row["kind"]
        self.total += row["n"] * factor
    def terminate(self):
        yield self.kind, self.total
$$"""
    )
    values = "SELECT * FROM VALUES ('a', 1), ('b', 2), ('a', 3) t(kind, n)"
    rows = spark.sql(f"SELECT * FROM totals(TABLE({values}) PARTITION BY kind, 10) ORDER BY kind")
    assert [tuple(r) for r in rows.collect()] == [("a", 40), ("b", 20)]
    with pytest.raises(AnalysisException) as error:
        spark.sql("SELECT * FROM totals(1, 2)").collect()
    assert error.value.getCondition() == "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"
    spark.sql(
        """CREATE TEMPORARY FUNCTION columns(n INT) RETURNS TABLE
           LANGUAGE PYTHON HANDLER 'Columns' AS $$
from pyspark.sql.functions import AnalyzeArgument, AnalyzeResult
from pyspark.sql.types import IntegerType, StructType

class Columns:
    @staticmethod
    def analyze(n: AnalyzeArgument) -> AnalyzeResult:
        schema = StructType()
        for i in range(n.value):
            schema = schema.add(f"c{i}", IntegerType())
        return AnalyzeResult(schema=schema)

    def eval(self, n):
        yield tuple(range(n))
$$"""
    )
    assert spark.sql("SELECT * FROM columns(3)").first().asDict() == {"c0": 0, "c1": 1, "c2": 2}


def test_handlers_of_scalar_functions_in_python(spark):
    spark.sql(
        """CREATE TEMPORARY FUNCTION shout(text STRING) RETURNS STRING
           LANGUAGE PYTHON HANDLER 'run' AS $$
             MARK = "!"
             def run(text):
                 return text.upper() + MARK
           $$"""
    )
    assert spark.sql("SELECT shout('so')").first()[0] == "SO!"
    spark.sql(
        """CREATE TEMPORARY FUNCTION plus_all(a DOUBLE, b DOUBLE) RETURNS DOUBLE
           LANGUAGE PYTHON PARAMETER STYLE PANDAS HANDLER 'run' AS $$
             def run(batches):
                 for a, b in batches:
                     yield a + b
           $$"""
    )
    total = spark.sql("SELECT sum(plus_all(id, 1)) FROM range(1000)").first()[0]
    assert total == sum(range(1000)) + 1000
    with pytest.raises(Exception, match="HANDLER"):
        spark.sql("CREATE TEMPORARY FUNCTION f(a INT) RETURNS INT HANDLER 'x' RETURN a")
    with pytest.raises(Exception, match="ENVIRONMENT"):
        spark.sql(
            "CREATE TEMPORARY FUNCTION f(a INT) RETURNS INT LANGUAGE PYTHON "
            "ENVIRONMENT (dependencies = '[]', environment_version = 'None') AS 'return a'"
        )
