"""What a query did: metrics of its operators at the client, and the server's profile of it."""

import json
import urllib.error
import urllib.request

import pytest
from pyspark.errors import AnalysisException


def get(server, path):
    with urllib.request.urlopen(server.http + path, timeout=5) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return json.load(answer)


def metrics_of(frame):
    """(operator, metric name) to value, of the last run of a frame."""
    out = {}
    for operator in frame.executionInfo.metrics._metrics:
        for metric in operator.metrics:
            out[operator.name, metric.name] = metric.value
    return out


def test_metrics_of_operators_come_with_the_rows(spark, table_root):
    path = table_root + "/t"
    for start in (0, 1_000, 2_000):
        spark.range(start, start + 1_000).coalesce(1).write.format("delta").mode("append").save(
            path
        )
    frame = spark.read.format("delta").load(path).where("id < 500").groupBy().sum("id")
    assert frame.collect()[0][0] == sum(range(500))
    metrics = metrics_of(frame)
    assert metrics["Result", "numOutputRows"] == 1
    assert metrics["Scan parquet", "numOutputRows"] == 500
    assert metrics["Scan parquet", "numFiles"] == 1
    assert metrics["Scan parquet", "numFilesPruned"] == 2
    assert metrics["Scan parquet", "filesSize"] > 0
    assert metrics["HashAggregate", "numOutputRows"] == 1
    assert metrics["HashAggregate", "operatorTime"] >= 0
    text = frame.executionInfo.metrics.toText()
    assert text.index("Result") < text.index("HashAggregate") < text.index("Scan parquet")


def test_the_server_keeps_profiles(spark, server):
    spark.addTag("night")
    spark.sql("SELECT sum(id) AS s FROM range(100000) WHERE id % 2 = 0").collect()
    mine = [q for q in get(server, "/queries")["queries"] if q["session_id"] == spark.session_id]
    assert mine[0]["statement"].startswith("SELECT sum(id)")
    assert mine[0]["state"] == "FINISHED" and mine[0]["tags"] == ["night"]
    assert 0 < mine[0]["planning_us"] < mine[0]["duration_us"]
    profile = get(server, "/queries/" + mine[0]["operation_id"])
    names = [op["name"] for op in profile["operators"]]
    assert names[0] == "Result" and "Range" in names
    ids = {op["id"] for op in profile["operators"]}
    assert len(ids) == len(names)
    assert all(op["parent"] in ids for op in profile["operators"][1:])
    scan = next(op for op in profile["operators"] if op["name"] == "Range")
    assert scan["metrics"]["numOutputRows"] == 100_000


def test_failures_are_kept_with_their_condition(spark, server):
    with pytest.raises(AnalysisException):
        spark.sql("SELECT nothing_of_that_name").collect()
    last = get(server, "/queries")["queries"][0]
    assert last["state"] == "FAILED" and last["error"].startswith("UNRESOLVED_COLUMN")


def test_unknown_profiles_are_not_found(server):
    with pytest.raises(urllib.error.HTTPError) as error:
        get(server, "/queries/nothing")
    assert error.value.code == 404
