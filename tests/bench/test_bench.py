"""The parts of the benchmark that decide what counts as equal and what is measured."""

import datetime
import decimal
import json

import pyarrow as pa

from bench import measures, tpch


def test_answers_compare_across_types_and_order():
    ours = pa.table({"a": [decimal.Decimal("1.50"), decimal.Decimal("2")], "b": ["x ", "y"]})
    theirs = pa.table({"a": [2.0, 1.5000000001], "b": ["y", "x"]})
    assert tpch.same_answer(ours, theirs)
    for other in ([2.0, 1.51], [2.0, None]):
        assert not tpch.same_answer(ours, pa.table({"a": other, "b": ["y", "x"]}))
    assert not tpch.same_answer(ours, theirs.slice(0, 1))


def test_decimals_agree_with_doubles_to_their_last_digit():
    ours = pa.table({"a": [decimal.Decimal("0.034436")]})
    assert tpch.same_answer(ours, pa.table({"a": [0.0344359]}))
    assert not tpch.same_answer(ours, pa.table({"a": [0.0344349]}))
    assert not tpch.same_answer(ours, pa.table({"a": [decimal.Decimal("0.0344359")]}))


def test_a_date_equals_its_midnight():
    date = pa.table({"d": [datetime.date(2024, 1, 2)]})
    stamp = pa.table({"d": [datetime.datetime(2024, 1, 2)]})
    assert tpch.same_answer(date, stamp)


def test_there_are_22_queries():
    assert len(tpch.queries()) == 22
    assert "l_returnflag" in tpch.queries()[0]


def test_long_log_is_a_valid_table(tmp_path):
    import deltalake

    measures.make_long_log(tmp_path / "t", 12)
    table = deltalake.DeltaTable(str(tmp_path / "t"))
    assert (table.version(), len(table.file_uris())) == (11, 12)
    first = (tmp_path / "t/_delta_log/00000000000000000000.json").read_text().splitlines()
    assert [next(iter(json.loads(line))) for line in first][:2] == ["protocol", "metaData"]


def test_a_limit_is_met_up_to_and_with_it():
    assert measures.Line("x", 5, 5, "ms").is_met
    assert not measures.Line("x", 5, 5.01, "ms").is_met
