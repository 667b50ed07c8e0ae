"""Sessions, settings, catalogue, errors, interruption."""

import threading
import time

import pytest
from pyspark.errors import (
    AnalysisException,
    ArithmeticException,
    ParseException,
    PySparkException,
)

from tests.support.server import connect


def test_versions(spark):
    assert spark.version.startswith("4.2")


def test_sessions_do_not_share_settings_or_views(server, spark):
    other = connect(server.remote)
    spark.conf.set("spark.sql.session.timeZone", "Asia/Seoul")
    spark.range(1).createOrReplaceTempView("mine")
    assert other.conf.get("spark.sql.session.timeZone") != "Asia/Seoul"
    assert not other.catalog.tableExists("mine")
    assert spark.catalog.tableExists("mine")
    other.stop()


def test_configuration(spark):
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    assert spark.conf.get("spark.sql.shuffle.partitions") == "7"
    spark.conf.unset("spark.sql.shuffle.partitions")
    assert spark.conf.get("spark.sql.shuffle.partitions") == "200"
    assert spark.conf.get("no.such.key", "fallback") == "fallback"
    with pytest.raises(PySparkException):
        spark.conf.get("no.such.key")
    assert spark.conf.isModifiable("spark.sql.ansi.enabled")


def test_errors_carry_condition_state_and_parameters(spark):
    with pytest.raises(AnalysisException) as missing:
        spark.sql("SELECT nope FROM VALUES (1) AS t(note)").collect()
    error = missing.value
    assert error.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    assert error.getSqlState() == "42703"
    assert error.getMessageParameters() == {"objectName": "`nope`", "proposal": "`note`"}
    with pytest.raises(ParseException) as syntax:
        spark.sql("SELEC 1")
    assert syntax.value.getCondition() == "PARSE_SYNTAX_ERROR"
    with pytest.raises(ArithmeticException) as division:
        spark.sql("SELECT id / 0 FROM range(1)").collect()
    assert division.value.getCondition() == "DIVIDE_BY_ZERO"


def test_runtime_errors_point_at_the_text(spark):
    with pytest.raises(ArithmeticException) as division:
        spark.sql("SELECT id / 0 FROM range(1)").collect()
    context = division.value.getQueryContext()
    assert context and "id / 0" in context[0].fragment()


def test_dataframe_errors_point_at_the_column(spark):
    with pytest.raises(AnalysisException) as error:
        spark.range(1).select("nothing").collect()
    assert error.value.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    with pytest.raises(AnalysisException):
        spark.range(1).join(spark.range(1)).select("id").collect()


def test_catalog(spark):
    spark.sql("DROP SCHEMA IF EXISTS cat_test CASCADE")
    spark.sql("CREATE SCHEMA cat_test")
    spark.range(3).write.saveAsTable("cat_test.t")
    assert "cat_test" in [d.name for d in spark.catalog.listDatabases()]
    assert [t.name for t in spark.catalog.listTables("cat_test")] == ["t"]
    assert [c.name for c in spark.catalog.listColumns("cat_test.t")] == ["id"]
    assert spark.catalog.tableExists("cat_test.t")
    assert not spark.catalog.tableExists("cat_test.none")
    assert spark.catalog.databaseExists("cat_test")
    assert spark.catalog.functionExists("abs")
    before = spark.catalog.currentDatabase()
    spark.catalog.setCurrentDatabase("cat_test")
    assert spark.table("t").count() == 3
    spark.catalog.setCurrentDatabase(before)
    spark.sql("DROP SCHEMA cat_test CASCADE")


def test_save_as_table_and_insert_into(spark):
    spark.sql("DROP TABLE IF EXISTS saved")
    spark.range(2).write.saveAsTable("saved")
    spark.range(2).write.mode("append").saveAsTable("saved")
    spark.range(5, 6).write.insertInto("saved")
    assert sorted(r.id for r in spark.table("saved").collect()) == [0, 0, 1, 1, 5]
    with pytest.raises(AnalysisException) as error:
        spark.range(1).write.saveAsTable("saved")
    assert error.value.getCondition() == "TABLE_OR_VIEW_ALREADY_EXISTS"
    spark.range(1).writeTo("saved").append()
    assert spark.table("saved").count() == 6
    spark.sql("DROP TABLE saved")


def test_interrupt_stops_a_long_query(spark):
    failures = []

    def run():
        try:
            spark.sql(
                "SELECT sum(a.id * b.id) FROM range(1000000) a CROSS JOIN range(1000000) b"
            ).collect()
        except PySparkException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 10
    while not spark.interruptAll() and time.monotonic() < deadline:
        time.sleep(0.1)
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert failures
    assert spark.range(1).count() == 1


def test_many_clients_at_once(server):
    results = []

    def work(n):
        session = connect(server.remote)
        session.range(n).createOrReplaceTempView("v")
        results.append((n, session.sql("SELECT count(*) AS c FROM v").first()["c"]))
        session.stop()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(results) == [(n, n) for n in range(1, 13)]


def test_cache_and_explain(spark, capsys):
    frame = spark.range(5).filter("id > 2").cache()
    assert frame.count() == 2
    frame.unpersist()
    frame.explain()
    assert "Physical Plan" in capsys.readouterr().out


def test_observed_metrics(spark):
    from pyspark.sql import Observation
    from pyspark.sql import functions as F

    seen = Observation("seen")
    spark.range(10).observe(seen, F.count("*").alias("n"), F.max("id").alias("top")).collect()
    assert seen.get == {"n": 10, "top": 9}
