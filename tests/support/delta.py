"""What tests of Delta tables look at: errors, actions of the log, rows as deltalake reads them."""

import json

import deltalake
import pyarrow
import pytest
from pyspark.errors import PySparkException

from tests.support.s3 import folder_of


def error_of(spark, statement: str) -> PySparkException:
    """The error with which the statement ends."""
    with pytest.raises(PySparkException) as caught:
        spark.sql(statement).collect()
    return caught.value


def refused(spark, statement: str) -> str:
    """The condition of that error."""
    return error_of(spark, statement).getCondition()


def actions(path: str, kind: str) -> list[dict]:
    """Actions of a kind in the JSON commits of the log, in order."""
    out = []
    for entry in sorted((folder_of(path) / "_delta_log").glob("*.json")):
        lines = map(json.loads, entry.read_text().splitlines())
        out += [line[kind] for line in lines if kind in line]
    return out


def theirs(path: str, query: str = "SELECT * FROM t") -> list[tuple]:
    """Rows of the query over the table `t` as deltalake reads it, in the order of their text."""
    reader = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(path))
    found = pyarrow.table(reader.execute(query).read_all())
    return sorted((tuple(row.values()) for row in found.to_pylist()), key=str)
