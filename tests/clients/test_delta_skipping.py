"""Files are skipped by statistics, and never one that holds a row.

Random predicates over a table of many files; the same predicate inside a CASE, where it prunes
nothing, says what the answer must be. DELETE with it must take exactly those rows.
"""

import random

import pytest

LONG = "prefix that is longer than thirty-two letters: "


COLUMNS = {
    "i": ["-5", "0", "1", "7", "1000000", "2147483647", "CAST(7 AS BIGINT)", "7.5BD"],
    "b": ["-9000000000000000000", "0", "12", "9007199254740993"],
    "f": ["0.0D", "-0.0D", "1.5D", "DOUBLE('NaN')", "DOUBLE('Infinity')", "1e300"],
    "d": ["0.00BD", "12.34BD", "-12.34BD", "12.345BD", "99999999.99BD"],
    "s": [f"'{LONG}a'", f"'{LONG}z'", "''", "'ä€𝄞'", "'m'", "'M'", f"'{LONG[:32]}'"],
    "t": [
        "TIMESTAMP'2024-01-01 00:00:00'",
        "TIMESTAMP'2024-01-01 00:00:00.000999'",
        "TIMESTAMP'1969-12-31 23:59:59.999999'",
        "TIMESTAMP'2024-06-01 12:00:00.123456'",
    ],
    "y": ["DATE'2024-01-01'", "DATE'1969-12-31'", "DATE'2024-02-29'"],
    "n.x": ["3", "NULL", "50"],
}
PATTERNS = [f"{LONG}%", "m%", "%z", "ä_%", "prefix%z", "M", "", "_", "pre\\\\_%"]


def literal(rng, column):
    return rng.choice(COLUMNS[column])


def predicate(rng, depth=2):
    if depth and rng.random() < 0.5:
        kind = rng.choice(["AND", "OR", "NOT"])
        if kind == "NOT":
            return f"NOT ({predicate(rng, depth - 1)})"
        return f"({predicate(rng, depth - 1)}) {kind} ({predicate(rng, depth - 1)})"
    column = rng.choice([*COLUMNS, "s"])
    shape = rng.random()
    if shape < 0.5:
        operator = rng.choice(["=", "<", "<=", ">", ">=", "<>", "<=>"])
        return f"{column} {operator} {literal(rng, column)}"
    if shape < 0.6:
        return f"{column} IS {rng.choice(['', 'NOT '])}NULL"
    if shape < 0.75:
        values = ", ".join(literal(rng, column) for _ in range(3))
        return f"{column} {rng.choice(['', 'NOT '])}IN ({values})"
    if shape < 0.85 or column != "s":
        return f"{column} BETWEEN {literal(rng, column)} AND {literal(rng, column)}"
    return f"s {rng.choice(['', 'NOT '])}LIKE '{rng.choice(PATTERNS)}'"


def make(spark, name, rng, properties):
    spark.sql(
        f"CREATE TABLE {name} (k INT, i INT, b BIGINT, f DOUBLE, d DECIMAL(10,2), s STRING,"
        f" t TIMESTAMP, y DATE, n STRUCT<x: INT>) TBLPROPERTIES ({properties})"
    )
    for file in range(12):
        rows = []
        spare = {c: rng.sample(COLUMNS[c], min(2, len(COLUMNS[c]))) for c in COLUMNS}
        for row in range(4):

            def value(column, spare=spare):
                return "NULL" if rng.random() < 0.25 else rng.choice(spare[column])

            casts = {"i": "INT", "b": "BIGINT", "d": "DECIMAL(10,2)"}
            values = [
                f"CAST({value(c)} AS {casts[c]})" if c in casts else value(c)
                for c in ["i", "b", "f", "d", "s", "t", "y"]
            ]
            nested = "NULL" if rng.random() < 0.2 else f"named_struct('x', INT({value('n.x')}))"
            rows.append(f"({file * 4 + row}, {', '.join(values)}, {nested})")
        spark.sql(f"INSERT INTO {name} VALUES {', '.join(rows)}")


@pytest.mark.parametrize("seed", range(2))
def test_skipping_loses_no_row(spark, table_root, seed):
    rng = random.Random(seed)
    name = f"delta.`{table_root}/t`"
    make(spark, name, rng, "'a' = 'b'")
    for _ in range(60):
        condition = predicate(rng)
        want = spark.sql(
            f"SELECT k FROM (SELECT k, CASE WHEN {condition} THEN 1 END c FROM {name})"
            " WHERE c = 1 ORDER BY k"
        ).collect()
        found = spark.sql(f"SELECT k FROM {name} WHERE {condition} ORDER BY k").collect()
        assert found == want, condition


def test_deletes_take_exactly_the_rows(spark, table_root):
    rng = random.Random("delete")
    for number in range(6):
        name = f"delta.`{table_root}/t{number}`"
        vectors = "true" if number % 2 else "false"
        make(spark, name, rng, f"'delta.enableDeletionVectors' = '{vectors}'")
        for _ in range(3):
            condition = predicate(rng)
            stays = spark.sql(
                f"SELECT k FROM (SELECT k, CASE WHEN {condition} THEN 1 ELSE 0 END c FROM {name})"
                " WHERE c = 0 ORDER BY k"
            ).collect()
            spark.sql(f"DELETE FROM {name} WHERE {condition}")
            assert spark.sql(f"SELECT k FROM {name} ORDER BY k").collect() == stays, condition
