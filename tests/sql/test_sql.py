"""Every statement of every case file is one test."""

import functools
import warnings

import pytest

from tests.sql.cases import HERE, case_files, one_line, read_answers, run_file
from tests.support.server import connect

FILES = {cases.name: cases for cases in case_files()}
NOT_YET = {
    line.strip()
    for line in (HERE / "not_yet.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
}
ALL = [(name, n) for name, cases in FILES.items() for n in range(1, len(cases.statements) + 1)]


@functools.cache
def answers(remote: str, name: str):
    spark = connect(remote)
    try:
        return run_file(spark, FILES[name])
    finally:
        spark.stop()


def check(remote: str, name: str, number: int) -> str:
    """'' when the answer is the recorded one, else both."""
    want = read_answers(FILES[name].expected)[number - 1]
    got = answers(remote, name)[number - 1]
    assert want.statement == one_line(got.statement), "the .sql changed: run make record-spark"
    return "" if want.text() == got.text() else f"recorded:\n{want.text()}\nanswered:\n{got.text()}"


@pytest.mark.parametrize(("name", "number"), ALL, ids=[f"{name}#{n}" for name, n in ALL])
def test_statement(server, name, number):
    difference = check(server.remote, name, number)
    if f"{name}#{number}" in NOT_YET:
        if difference:
            pytest.skip("in not_yet.txt")
        warnings.warn(f"{name}#{number} passes now: run tests/sql/shrink_not_yet.py", stacklevel=1)
    assert not difference, difference


def test_not_yet_names_real_statements():
    assert {f"{name}#{n}" for name, n in ALL} >= NOT_YET
