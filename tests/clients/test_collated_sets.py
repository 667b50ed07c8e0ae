"""INTERSECT and EXCEPT take strings for equal that their collation takes for equal."""

import pytest

LEFT = "SELECT CAST(x AS STRING COLLATE {0}) AS x, y FROM VALUES {1} t(x, y)"
ROWS = "('a', 1), ('A', 1), ('b', 2), (NULL, 3), ('B', 2)"
OTHERS = "('A', 1), (NULL, 3), ('c', 2)"


def rows(spark, operation, collation):
    left, right = LEFT.format(collation, ROWS), LEFT.format(collation, OTHERS)
    return spark.sql(f"{left} {operation} {right}").collect()


@pytest.mark.parametrize("collation", ["UTF8_LCASE", "UNICODE_CI"])
def test_equal_by_collation(spark, collation):
    common = rows(spark, "INTERSECT", collation)
    assert sorted((r.y, r.x and r.x.lower()) for r in common) == [(1, "a"), (3, None)]
    left = rows(spark, "EXCEPT", collation)
    assert [(r.y, r.x.lower()) for r in left] == [(2, "b")]


def test_equal_by_bytes(spark):
    assert len(rows(spark, "EXCEPT", "UTF8_BINARY")) == 3
    assert len(rows(spark, "INTERSECT", "UTF8_BINARY")) == 2


def test_sets_of_sets(spark):
    text = "SELECT '{}' COLLATE UNICODE_CI_AI AS x"
    query = "{} EXCEPT ({} INTERSECT {})".format(*(text.format(c) for c in ("é", "E", "e")))
    assert spark.sql(query).collect() == []


def test_all_of_them_counts_by_collation(spark):
    def counted(operation):
        return sorted((r.y, r.x and r.x.lower()) for r in rows(spark, operation, "UTF8_LCASE"))

    assert counted("EXCEPT ALL") == [(1, "a"), (2, "b"), (2, "b")]
    assert counted("INTERSECT ALL") == [(1, "a"), (3, None)]
