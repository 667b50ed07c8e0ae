"""Schemas that grow with the data: MERGE WITH SCHEMA EVOLUTION, autoMerge, mergeSchema."""

import deltalake
import pytest
from delta.tables import DeltaTable

from tests.support.delta import theirs

AUTO_MERGE = "spark.databricks.delta.schema.autoMerge.enabled"


@pytest.fixture(params=["rewrite", "vectors", "mapped"])
def path(spark, table_root, request):
    where = f"{table_root}/table"
    properties = {
        "rewrite": "'delta.enableChangeDataFeed' = 'true'",
        "vectors": "'delta.enableDeletionVectors' = 'true'",
        "mapped": "'delta.columnMapping.mode' = 'name'",
    }[request.param]
    spark.sql(f"CREATE TABLE delta.`{where}` (id INT, v INT) TBLPROPERTIES ({properties})")
    spark.sql(f"INSERT INTO delta.`{where}` VALUES (1, 1), (2, 2), (3, 3)")
    return where


def test_merge_adds_the_columns_that_the_source_has(spark, path):
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO delta.`{path}` t"
        " USING (SELECT 2 AS id, 'new' AS note UNION ALL SELECT 9, 'nine') s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    assert theirs(path) == [(1, 1, None), (2, 2, "new"), (3, 3, None), (9, None, "nine")]
    fields = [field.name for field in deltalake.DeltaTable(path).schema().fields]
    assert fields == ["id", "v", "note"]


def test_merge_adds_only_columns_that_a_clause_assigns(spark, path):
    spark.conf.set(AUTO_MERGE, "true")
    try:
        source = "(SELECT 2 AS id, 'x' AS a, 'y' AS b)"
        spark.sql(
            f"MERGE INTO delta.`{path}` t USING {source} s ON t.id = s.id"
            " WHEN MATCHED THEN UPDATE SET t.a = s.a"
        )
    finally:
        spark.conf.unset(AUTO_MERGE)
    assert theirs(path) == [(1, 1, None), (2, 2, "x"), (3, 3, None)]


def test_merge_keeps_the_schema_unless_asked(spark, path):
    merge = (
        f"MERGE INTO delta.`{path}` t USING (SELECT 2 AS id, 5 AS v, 'x' AS a) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET *"
    )
    spark.sql(merge)
    assert theirs(path) == [(1, 1), (2, 5), (3, 3)]
    with pytest.raises(Exception, match="UNRESOLVED"):
        spark.sql(merge.replace("SET *", "SET t.a = s.a"))


def test_the_python_builder_evolves_too(spark, path):
    source = spark.createDataFrame([(3, 30, 0.5)], "id INT, v INT, w DOUBLE")
    merge = DeltaTable.forPath(spark, path).alias("t").merge(source.alias("s"), "t.id = s.id")
    merge.withSchemaEvolution().whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
    assert theirs(path) == [(1, 1, None), (2, 2, None), (3, 30, 0.5)]


def test_appends_add_columns_with_merge_schema(spark, path):
    frame = spark.createDataFrame([(4, "x")], "id INT, note STRING")
    writer = frame.write.format("delta").mode("append")
    with pytest.raises(Exception, match="DELTA_METADATA_MISMATCH"):
        writer.save(path)
    writer.option("mergeSchema", "true").save(path)
    assert theirs(path)[-1] == (4, None, "x")


def test_merge_adds_fields_to_structs_in_arrays_and_maps(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(
        f"CREATE TABLE {t} (id INT, a ARRAY<STRUCT<x: INT, n: ARRAY<STRUCT<u: INT>>>>,"
        " m MAP<STRING, STRUCT<x: INT>>)"
    )
    spark.sql(
        f"INSERT INTO {t} VALUES"
        " (1, array(named_struct('x', 1, 'n', array(named_struct('u', 5))), NULL),"
        " map('k', named_struct('x', 1))), (2, NULL, NULL)"
    )
    source = (
        "SELECT id, array(named_struct('y', 'new', 'x', id,"
        " 'n', array(named_struct('v', 1.5D, 'u', 7)))) AS a,"
        " map('k', named_struct('x', id, 'z', true)) AS m FROM VALUES (2), (3) AS v(id)"
    )
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO {t} t USING ({source}) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    table = spark.table(t)
    kinds = [field.dataType.simpleString() for field in table.schema]
    assert kinds == [
        "int",
        "array<struct<x:int,n:array<struct<u:int,v:double>>,y:string>>",
        "map<string,struct<x:int,z:boolean>>",
    ]
    rows = {row["id"]: row.asDict(True) for row in table.collect()}
    assert rows[1]["a"] == [{"x": 1, "n": [{"u": 5, "v": None}], "y": None}, None]
    assert rows[1]["m"] == {"k": {"x": 1, "z": None}}
    for i in (2, 3):
        assert rows[i]["a"] == [{"x": i, "n": [{"u": 7, "v": 1.5}], "y": "new"}]
        assert rows[i]["m"] == {"k": {"x": i, "z": True}}
    short = (
        "SELECT 1 AS id, array(named_struct('x', 9)) AS a, map('j', named_struct('z', false)) AS m"
    )
    spark.sql(
        f"MERGE WITH SCHEMA EVOLUTION INTO {t} t USING ({short}) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET *"
    )
    row = spark.table(t).where("id = 1").first().asDict(True)
    assert row["a"] == [{"x": 9, "n": None, "y": None}]
    assert row["m"] == {"j": {"x": None, "z": False}}


def test_merge_adds_fields_to_structs_in_keys_of_maps(spark, table_root):
    t = f"delta.`{table_root}/t`"
    spark.sql(f"CREATE TABLE {t} (id INT, m MAP<STRUCT<a: INT>, INT>)")
    spark.sql(f"INSERT INTO {t} VALUES (1, map(named_struct('a', 1), 10)), (9, NULL)")
    merge = (
        f"MERGE WITH SCHEMA EVOLUTION INTO {t} t USING ({{}}) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    spark.sql(merge.format("SELECT 2 AS id, map(named_struct('a', 2, 'b', 'x'), 20) AS m"))
    assert spark.table(t).schema["m"].dataType.simpleString() == "map<struct<a:int,b:string>,int>"
    keys = f"SELECT id, map_keys(m) AS k, map_values(m) AS v FROM {t} ORDER BY id"
    rows = [row.asDict(True) for row in spark.sql(keys).collect()]
    assert rows == [
        {"id": 1, "k": [{"a": 1, "b": None}], "v": [10]},
        {"id": 2, "k": [{"a": 2, "b": "x"}], "v": [20]},
        {"id": 9, "k": None, "v": None},
    ]
    spark.sql(merge.format("SELECT 1 AS id, map(named_struct('b', 'y', 'c', 3), 30) AS m"))
    assert spark.sql(keys).first().asDict(True)["k"] == [{"a": None, "b": "y", "c": 3}]


def test_structs_are_assigned_by_the_names_of_their_fields(spark, table_root):
    t = f"delta.`{table_root}/t`"
    kind = "STRUCT<a: INT, b: INT>"
    spark.sql(f"CREATE TABLE {t} (id INT, s {kind}, l ARRAY<{kind}>, m MAP<{kind}, {kind}>)")
    spark.sql(f"INSERT INTO {t} VALUES (1, NULL, NULL, NULL)")
    turned = "named_struct('b', 1, 'a', 2)"
    spark.sql(f"UPDATE {t} SET s = {turned}, l = array({turned}), m = map({turned}, {turned})")
    row = spark.sql(f"SELECT s, l, map_keys(m) AS k, map_values(m) AS v FROM {t}").first()
    assert row.asDict(True) == {
        "s": {"a": 2, "b": 1},
        "l": [{"a": 2, "b": 1}],
        "k": [{"a": 2, "b": 1}],
        "v": [{"a": 2, "b": 1}],
    }
    merge = f"MERGE INTO {t} t USING (SELECT {{}} AS id, {{}} AS x) s ON t.id = s.id {{}}"
    insert = "WHEN NOT MATCHED THEN INSERT (id, s) VALUES (s.id, s.x)"
    spark.sql(merge.format(2, "named_struct('b', 3, 'a', 4)", insert))
    assert spark.table(t).where("id = 2").first().s.asDict() == {"a": 4, "b": 3}
    for other in ("named_struct('a', 1, 'q', 2)", "named_struct('a', 1)"):
        for column, value in (("s", other), ("l", f"array({other})"), ("m", f"map(1, {other})")):
            for statement in (
                f"UPDATE {t} SET {column} = {value}",
                merge.format(1, other, f"WHEN MATCHED THEN UPDATE SET {column} = {value}"),
            ):
                with pytest.raises(Exception, match="DELTA_UPDATE_SCHEMA_MISMATCH_EXPRESSION"):
                    spark.sql(statement)
