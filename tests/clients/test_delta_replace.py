"""INSERT … REPLACE WHERE, USING and ON; INSERT WITH SCHEMA EVOLUTION; MERGE's change feed."""

import pytest

from tests.support.delta import refused


@pytest.fixture(params=["plain", "vectors", "feed"])
def table(request, spark, table_root):
    properties = {
        "plain": "'a' = 'b'",
        "vectors": "'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true'",
        "feed": "'delta.enableChangeDataFeed' = 'true'",
    }[request.param]
    name = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {name} (id INT, p STRING, v INT) TBLPROPERTIES ({properties})")
    spark.sql(
        f"INSERT INTO {name} VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (NULL, 'n', 40)"
    )
    return name


def rows(spark, name):
    return sorted((tuple(r) for r in spark.table(name).collect()), key=str)


def changes(spark, name, version):
    reader = spark.read.format("delta").option("readChangeFeed", "true")
    path = name.split("`")[1]
    frame = reader.option("startingVersion", version).option("endingVersion", version).load(path)
    picked = frame.select("_change_type", "id", "p", "v").collect()
    return sorted((tuple(r) for r in picked), key=str)


def test_replace_using(spark, table):
    insert = f"INSERT INTO {table} REPLACE USING (id) "
    spark.sql(insert + "VALUES (2, 'x', 21), (2, 'y', 22), (NULL, 'm', 41), (9, 'z', 90)")
    expected = [
        (1, "a", 10),
        (2, "x", 21),
        (2, "y", 22),
        (3, "b", 30),
        (9, "z", 90),
        (None, "m", 41),
        (None, "n", 40),
    ]
    assert rows(spark, table) == sorted(expected, key=str)
    if spark.sql(f"SHOW TBLPROPERTIES {table}('delta.enableChangeDataFeed')").first()[1] == "true":
        assert changes(spark, table, 2) == sorted(
            [
                ("delete", 2, "a", 20),
                ("insert", 2, "x", 21),
                ("insert", 2, "y", 22),
                ("insert", 9, "z", 90),
                ("insert", None, "m", 41),
            ],
            key=str,
        )
    before = rows(spark, table)
    spark.sql(insert + "SELECT 1, 'q', 1 WHERE false")
    assert rows(spark, table) == before
    wrong = f"INSERT INTO {table} REPLACE USING (nope) VALUES (1, 'a', 1)"
    assert refused(spark, wrong) == "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA"


def test_replace_on(spark, table):
    spark.sql(
        f"INSERT INTO {table} AS t REPLACE ON t.id = s.key AND t.p <=> s.q"
        " (SELECT 2 AS key, 'a' AS q, 7 AS val) AS s"
    )
    spark.sql(f"INSERT INTO {table} t BY NAME REPLACE ON t.v > 25 SELECT 5 id, 50 v, 'k' p")
    assert rows(spark, table) == sorted([(1, "a", 10), (2, "a", 7), (5, "k", 50)], key=str)


def test_replace_where(spark, table):
    spark.sql(f"INSERT INTO {table} REPLACE WHERE p = 'a' VALUES (7, 'a', 70)")
    assert rows(spark, table) == sorted([(3, "b", 30), (7, "a", 70), (None, "n", 40)], key=str)
    wrong = f"INSERT INTO {table} REPLACE WHERE p = 'a' VALUES (7, 'other', 70)"
    assert refused(spark, wrong) == "DELTA_REPLACE_WHERE_MISMATCH"


def test_replace_options_of_dataframes(spark, table):
    frame = spark.createDataFrame([(3, "B", 31), (4, "C", 40)], "id INT, p STRING, v INT")
    path = table.split("`")[1]
    writer = frame.write.format("delta").mode("overwrite")
    writer.option("replaceUsing", "id").save(path)
    expected = [(1, "a", 10), (2, "a", 20), (3, "B", 31), (4, "C", 40), (None, "n", 40)]
    assert rows(spark, table) == sorted(expected, key=str)
    named = frame.alias("s").write.format("delta").mode("overwrite")
    named.option("replaceOn", "t.id < s.id").option("targetAlias", "t").save(path)
    expected = [(3, "B", 31), (4, "C", 40), (4, "C", 40), (None, "n", 40)]
    assert rows(spark, table) == sorted(expected, key=str)
    with pytest.raises(Exception) as caught:
        both = frame.write.format("delta").mode("overwrite").option("replaceUsing", "id")
        both.option("replaceWhere", "id = 1").save(path)
        assert caught.value.getCondition() == (
            "DELTA_OVERWRITE_BY_FILTER_INCOMPATIBLE_REPLACE_ON_OR_USING"
        )


def test_insert_with_schema_evolution(spark, table):
    spark.sql(f"INSERT WITH SCHEMA EVOLUTION INTO {table} BY NAME SELECT 8 id, true AS flag")
    assert spark.table(table).where("id = 8").first() == (8, None, None, True)
    spark.sql(f"INSERT WITH SCHEMA EVOLUTION INTO {table} SELECT 9, 'p', 1, false, 'more' AS note")
    assert spark.table(table).columns == ["id", "p", "v", "flag", "note"]
    assert spark.table(table).where("id = 9").first() == (9, "p", 1, False, "more")
    assert refused(spark, f"INSERT INTO {table} BY NAME SELECT 1 id, 2 AS other") != ""


def test_merge_deletes_a_row_that_matches_twice_once(spark, table):
    source = "(SELECT explode(array(1, 1, 2)) AS k)"
    spark.sql(
        f"MERGE INTO {table} t USING {source} s ON t.id = s.k WHEN MATCHED THEN DELETE"
        " WHEN NOT MATCHED THEN INSERT (id) VALUES (s.k)"
    )
    assert rows(spark, table) == sorted([(3, "b", 30), (None, "n", 40)], key=str)
    feed = spark.sql(f"SHOW TBLPROPERTIES {table}('delta.enableChangeDataFeed')").first()[1]
    if feed == "true":
        expected = [("delete", 1, "a", 10), ("delete", 2, "a", 20)]
        assert changes(spark, table, 2) == expected
