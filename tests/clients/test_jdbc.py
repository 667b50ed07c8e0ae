"""The JDBC source: tables of PostgreSQL, MariaDB and SQLite are read and written with PySpark."""

import datetime
import decimal

import pytest

from tests.support.databases import PASSWORD, MariaDb, Postgres, Sqlite, Unavailable


@pytest.fixture(scope="module")
def databases(tmp_path_factory):
    """Databases by kind, each started when it is first asked for; a text says why one is not."""
    made = {}

    def get(kind):
        if kind not in made:
            root = tmp_path_factory.mktemp(kind) / "db"
            root.parent.chmod(0o755)
            try:
                made[kind] = {"sqlite": Sqlite, "postgres": Postgres, "mysql": MariaDb}[kind](root)
            except Unavailable as reason:
                made[kind] = str(reason)
        if isinstance(made[kind], str):
            pytest.skip(f"{kind}: {made[kind]}")
        return made[kind]

    yield get
    for one in made.values():
        if not isinstance(one, str):
            one.close()


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def db(request, databases):
    return databases(request.param)


def reader(spark, db, **options):
    return spark.read.format("jdbc").options(**{**db.options(), **options})


def writer(frame, db, table, mode, **options):
    made = frame.write.format("jdbc").options(**{**db.options(), "dbtable": table, **options})
    made.mode(mode).save()


def condition(call):
    with pytest.raises(Exception) as caught:
        call()
    return caught.value.getCondition()


def fresh(db, table, columns, rows=""):
    db.run(f"DROP TABLE IF EXISTS {table}")
    db.run(f"CREATE TABLE {table} ({columns})")
    if rows:
        db.run(f"INSERT INTO {table} VALUES {rows}")


def test_rows_come_back_as_they_went(spark, db):
    frame = (
        spark.sql(
            "SELECT CAST(id AS INT) i, id * 5000000000 l, CAST(id AS DOUBLE) / 3 d, id % 2 = 0 b,"
            " concat('텍스트 ''\\\\\"', id, '\\n') s, CAST(id AS DECIMAL(20,4)) / 4 n,"
            " date_add(DATE'1969-12-30', CAST(id AS INT)) day,"
            " timestamp_micros(-1 + id * 170000000012345) t, unhex(lpad(hex(id), 4, '0')) x"
            " FROM range(5) UNION ALL"
            " SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
        )
        .selectExpr("*", "CAST(n AS DECIMAL(12,4)) AS m")
        .drop("n")
    )
    if db.kind == "mysql":  # its TIMESTAMP starts in 1970
        frame = frame.withColumn("t", frame.t + spark.sql("SELECT INTERVAL 1 DAY").first()[0])
    db.run("DROP TABLE IF EXISTS roundtrip")
    writer(frame, db, "roundtrip", "error")
    back = reader(spark, db, dbtable="roundtrip").load()
    assert back.columns == frame.columns
    expected = sorted(frame.collect(), key=str)
    assert sorted(back.select(*frame.columns).collect(), key=str) == expected


def test_types_of_postgres(spark, databases):
    db = databases("postgres")
    db.run("DROP TABLE IF EXISTS kinds; DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM ('ok')")
    fresh(
        db,
        "kinds",
        "a smallint, b int, c bigint, d real, e double precision, f numeric(10,2), g numeric,"
        " h varchar(5), i char(4), j text, k bytea, l date, m timestamp, n timestamptz, o boolean,"
        " p int[], q text[], r uuid, s jsonb, t mood, u time, v bit(1), w interval",
        "(1, 2, 3, 1.5, 'NaN', 1.25, 7.5, 'v', 'c', 't', '\\x00ff', '2024-02-29',"
        " '2024-01-01 10:00:00.123456', '2024-01-01 10:00:00+09', true, '{1,NULL,3}',"
        " '{a,\"b \\\"c\",NULL}', '00000000-0000-0000-0000-000000000001', '{\"k\": 1}', 'ok',"
        " '12:34:56', B'1', '1 day')",
    )
    frame = reader(spark, db, dbtable="kinds").load()
    types = [f.dataType.simpleString() for f in frame.schema]
    assert types == (
        "smallint int bigint float double decimal(10,2) decimal(38,18) string string string binary"
        " date timestamp timestamp boolean array<int> array<string> string string string timestamp"
        " boolean string"
    ).split(" ")
    row = frame.first()
    assert row.f == decimal.Decimal("1.25") and row.k == b"\x00\xff" and row.e != row.e
    assert row.m == datetime.datetime(2024, 1, 1, 10, 0, 0, 123456)
    assert row.n == datetime.datetime(2024, 1, 1, 1, 0)
    assert row.p == [1, None, 3] and row.q == ["a", 'b "c', None]
    assert row.s == '{"k": 1}' and row.t == "ok" and row.i == "c   "
    assert row.u == datetime.datetime(1970, 1, 1, 12, 34, 56)
    assert frame.where("j = 't' AND t = 'ok' AND c >= 3 AND l = DATE'2024-02-29'").count() == 1


def test_types_of_mysql(spark, databases):
    db = databases("mysql")
    fresh(
        db,
        "kinds",
        "a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d INT UNSIGNED, e BIGINT UNSIGNED, f FLOAT,"
        " g DOUBLE, h DECIMAL(12,3), i VARCHAR(5), j TEXT, k BLOB, l DATE, m DATETIME(6),"
        " n TIMESTAMP, o BIT(1), p BIT(12), q ENUM('x','y'), r YEAR, s TIME, t TINYINT(1)",
        "(-1, 200, 3, 4000000000, 18446744073709551615, 1.5, 2.5, -7.125, 'v', 't', X'00FF',"
        " '2024-02-29', '2024-01-01 10:00:00.123456', '2024-01-01 10:00:00', 1, 4000, 'y', 2024,"
        " '12:34:56', 1)",
    )
    frame = reader(spark, db, dbtable="kinds").load()
    types = [f.dataType.simpleString() for f in frame.schema]
    assert types == (
        "tinyint smallint smallint bigint decimal(20,0) float double decimal(12,3) string string"
        " binary date timestamp timestamp boolean bigint string date timestamp boolean"
    ).split(" ")
    row = frame.first()
    assert row.e == 18446744073709551615 and row.h == decimal.Decimal("-7.125")
    assert row.k == b"\x00\xff" and row.p == 4000 and row.o is True and row.t is True
    assert row.m == datetime.datetime(2024, 1, 1, 10, 0, 0, 123456)
    assert row.r == datetime.date(2024, 1, 1)


def test_parts_by_a_column(spark, db):
    fresh(db, "numbers", "id INT, v VARCHAR(9)", ", ".join(f"({i}, 'v{i}')" for i in range(100)))
    db.run("INSERT INTO numbers VALUES (NULL, 'none')")
    frame = reader(
        spark,
        db,
        dbtable="numbers",
        partitionColumn="ID",
        lowerBound="10",
        upperBound="50",
        numPartitions="4",
    ).load()
    assert frame.count() == 101
    assert frame.selectExpr("sum(id)").first()[0] == 4950
    found = spark.read.jdbc(
        db.options()["url"],
        "numbers",
        predicates=["id < 3", "id >= 98", "id IS NULL"],
        properties={k: v for k, v in db.options().items() if k != "url"},
    )
    assert sorted(found.collect(), key=str) == sorted(
        [(0, "v0"), (1, "v1"), (2, "v2"), (98, "v98"), (99, "v99"), (None, "none")], key=str
    )


def test_queries_and_filters(spark, db):
    fresh(
        db,
        "people",
        "id INT, name VARCHAR(20), score DECIMAL(5,1)",
        "(1, 'Kim', 1.5), (2, 'kim', 2.5), (3, 'O''Neil', NULL), (4, NULL, 9.9)",
    )
    frame = reader(spark, db, query="SELECT id, name FROM people WHERE id > 1").load()
    assert sorted(r.id for r in frame.collect()) == [2, 3, 4]
    people = reader(spark, db, dbtable="people").load()
    assert [r.id for r in people.where("name = 'Kim'").collect()] == [1]
    assert [
        r.id for r in people.where("name = 'O\\'Neil' OR score = 9.9").orderBy("id").collect()
    ] == [3, 4]
    assert [r.id for r in people.where("score > 2 AND name IS NOT NULL").collect()] == [2]
    assert [r.id for r in people.where("NOT (name = 'KIM')").orderBy("id").collect()] == [1, 2, 3]
    assert people.where("id IN (1, 4) AND name IS NULL").count() == 1
    off = reader(spark, db, dbtable="(SELECT id FROM people) t", pushDownPredicate="false").load()
    assert off.where("id = 3").count() == 1


def test_save_modes(spark, db):
    first = spark.createDataFrame([(1, "a"), (2, "b")], "id INT, s STRING")
    db.run("DROP TABLE IF EXISTS modes")
    writer(first, db, "modes", "append")
    assert condition(lambda: writer(first, db, "modes", "error")) == (
        "TABLE_OR_VIEW_ALREADY_EXISTS"
    )
    writer(first, db, "modes", "ignore")
    writer(spark.sql("SELECT 'c' AS S, 3 AS ID"), db, "modes", "append")
    rows = reader(spark, db, dbtable="modes").load()
    assert sorted(map(tuple, rows.collect())) == [(1, "a"), (2, "b"), (3, "c")]
    other = spark.sql("SELECT 1 AS id, 2 AS extra")
    assert condition(lambda: writer(other, db, "modes", "append")) == (
        "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    )
    writer(first.limit(1), db, "modes", "overwrite", truncate="true")
    assert reader(spark, db, dbtable="modes").load().count() == 1
    writer(other, db, "modes", "overwrite")
    assert reader(spark, db, dbtable="modes").load().columns == ["id", "extra"]


def test_a_failed_write_leaves_nothing(spark, db):
    fresh(db, "strict", "id INT NOT NULL PRIMARY KEY")
    frame = spark.sql("SELECT CAST(id % 5000 AS INT) AS id FROM range(5001)")
    assert condition(lambda: writer(frame, db, "strict", "append", batchsize="100")) == (
        "FAILED_JDBC.UNCLASSIFIED"
    )
    assert db.run("SELECT count(*) FROM strict") == "0"


def test_column_types_of_new_tables(spark, databases):
    db = databases("postgres")
    db.run("DROP TABLE IF EXISTS typed")
    frame = spark.sql("SELECT 1 AS id, 'a' AS name, array(1, 2) AS list, array('x', NULL) AS texts")
    writer(
        frame,
        db,
        "typed",
        "append",
        createTableColumnTypes="name VARCHAR(12)",
        createTableOptions="WITH (fillfactor=70)",
    )
    types = db.run(
        "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum)"
        " FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 0"
    )
    assert types == "integer,character varying(12),integer[],text[]"
    assert reader(spark, db, dbtable="typed").load().first() == (1, "a", [1, 2], ["x", None])


def test_custom_schema_and_session_statement(spark, databases):
    db = databases("postgres")
    fresh(db, "custom", "id int, n numeric", "(1, 12345678901234567890)")
    frame = reader(
        spark,
        db,
        query="SELECT id, n, current_setting('search_path') AS path FROM custom",
        customSchema="n DECIMAL(38,0), id STRING",
        sessionInitStatement="SET search_path = public, pg_catalog",
    ).load()
    assert frame.schema["id"].dataType.simpleString() == "string"
    assert frame.first() == ("1", decimal.Decimal("12345678901234567890"), "public, pg_catalog")


def test_tables_and_views_by_sql(spark, db):
    fresh(db, "by_sql", "id INT, s VARCHAR(5)", "(1, 'a')")
    pairs = ", ".join("'{}' '{}'".format(k, v.replace("'", "\\'")) for k, v in db.options().items())
    spark.sql(f"CREATE TEMPORARY VIEW jdbc_view USING jdbc OPTIONS ({pairs}, dbtable 'by_sql')")
    assert spark.table("jdbc_view").first() == (1, "a")
    spark.sql(f"CREATE TABLE jdbc_table USING jdbc OPTIONS ({pairs}, dbtable 'by_sql')")
    try:
        spark.sql("INSERT INTO jdbc_table VALUES (2, 'b')")
        assert sorted(map(tuple, spark.table("jdbc_table").collect())) == [(1, "a"), (2, "b")]
        for statement in ("DESCRIBE EXTENDED jdbc_table", "SHOW CREATE TABLE jdbc_table"):
            shown = str(spark.sql(statement).collect())
            assert PASSWORD not in shown
        spark.sql("INSERT OVERWRITE jdbc_table SELECT 9, 'z'")
        assert [tuple(r) for r in spark.table("jdbc_view").collect()] == [(9, "z")]
    finally:
        spark.sql("DROP TABLE jdbc_table")
    assert db.run("SELECT id FROM by_sql") == "9"


def test_options_are_checked(spark, databases):
    db = databases("sqlite")
    fresh(db, "small", "id INT", "(1)")

    def load(**options):
        return lambda: reader(spark, db, **options).load().collect()

    option = "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE"
    assert condition(load(dbtable="small", query="SELECT 1")) == option
    assert condition(load()) == option
    assert condition(load(dbtable="small", partitionColumn="id")) == option
    assert condition(load(dbtable="small", lowerBound="1")) == option
    assert condition(load(dbtable="small", fetchsize="-1")) == option
    assert condition(load(dbtable="small", isolationLevel="ANY")) == option
    assert condition(load(dbtable="small", driver="com.acme.Driver")) == option
    assert condition(load(dbtable="small", driver="org.postgresql.Driver")) == (
        "FAILED_JDBC.UNCLASSIFIED"
    )
    assert condition(load(dbtable="small", url="jdbc:oracle:thin:@x")) == "FAILED_JDBC.UNCLASSIFIED"
    missing = "JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION"
    assert condition(load(dbtable="nowhere")) == missing
    assert condition(lambda: spark.read.format("jdbc").option("dbtable", "t").load().schema) == (
        "STDS_REQUIRED_OPTION_UNSPECIFIED"
    )
    unreachable = "jdbc:postgresql://127.0.0.1:1/x?password=secret"
    with pytest.raises(Exception) as caught:
        spark.read.jdbc(unreachable, "t").collect()
    assert caught.value.getCondition() == "FAILED_JDBC.CONNECTION"
    assert "secret" not in str(caught.value)


def test_values_that_do_not_fit_are_refused(spark, databases):
    db = databases("sqlite")
    fresh(db, "loose", "id INTEGER", "(5000000000)")
    frame = reader(spark, db, dbtable="loose").load()
    assert condition(frame.collect) == "FAILED_JDBC.UNCLASSIFIED"
    assert (
        reader(spark, db, dbtable="loose", customSchema="id BIGINT").load().first()[0] == 5 * 10**9
    )
