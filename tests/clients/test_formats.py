"""Avro, ORC, XML and binary files, and tables of Iceberg: read and written, compared with other
readers and writers of the formats."""

import datetime
import decimal
import json
import pathlib

import fastavro
import pyarrow
import pyarrow.orc
import pyarrow.parquet
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.avro.functions import from_avro, to_avro

TYPED = (
    "SELECT * FROM VALUES (1, true, 2Y, 3S, 4L, 1.5F, 2.5D, 123.45BD, 'héllo', x'00ff',"
    " DATE'2024-02-29', TIMESTAMP'2024-02-29 12:34:56.789123', TIMESTAMP_NTZ'1969-12-31 23:59:59',"
    " array('a', NULL), map('k', 1), named_struct('x', 7, 'y', array(1.5D))),"
    " (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
    " AS t(id, b, y, s, l, f, d, n, t, x, day, at, local, list, m, r)"
)


@pytest.fixture
def path(tmp_path):
    return f"{tmp_path}/out"


def files(path, suffix):
    return sorted(pathlib.Path(path).rglob(f"*{suffix}"))


def condition(call):
    with pytest.raises(PySparkException) as caught:
        call()
    return caught.value.getCondition()


@pytest.mark.parametrize("format", ["avro", "orc"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
def test_every_type_comes_back(spark, path, format, zone):
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        frame = spark.sql(TYPED)
        if format == "avro":  # has no such small numbers
            frame = frame.drop("y", "s")
        frame.write.format(format).save(path)
        read = spark.read.format(format).load(path)
        assert read.schema.simpleString() == frame.schema.simpleString()
        assert sorted(read.collect(), key=lambda r: r.id) == frame.orderBy("id").collect()
        assert read.selectExpr("count(*)").collect()[0][0] == 2
        assert read.where("id = 1").select("r.y", "id").collect()[0].id == 1
    finally:
        spark.conf.unset("spark.sql.session.timeZone")


@pytest.mark.parametrize("codec", ["uncompressed", "deflate", "snappy", "zstandard", "bzip2", "xz"])
def test_avro_files_are_those_of_other_readers(spark, path, codec):
    frame = spark.range(5000).selectExpr("id", "'v' || id AS t", "CAST(id AS DECIMAL(12,2)) AS n")
    frame.coalesce(1).write.option("compression", codec).format("avro").save(path)
    (file,) = files(path, ".avro")
    with file.open("rb") as data:
        reader = fastavro.reader(data)
        rows = list(reader)
        assert reader.writer_schema["name"] == "topLevelRecord"
    assert rows[7] == {"id": 7, "t": "v7", "n": decimal.Decimal("7.00")}
    assert len(rows) == 5000
    assert spark.read.format("avro").load(path).where("id = 4999").count() == 1


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"])
def test_avro_files_of_other_writers(spark, tmp_path, codec):
    schema = {
        "type": "record",
        "name": "r",
        "fields": [
            {"name": "kind", "type": {"type": "enum", "name": "K", "symbols": ["A", "B"]}},
            {"name": "either", "type": ["int", "string", "null"]},
            {"name": "wide", "type": ["int", "long"]},
            {"name": "fix", "type": {"type": "fixed", "name": "F", "size": 2}},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "deep", "type": {"type": "map", "values": {"type": "array", "items": "K"}}},
        ],
    }
    at = datetime.datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.UTC)
    rows = [
        {"kind": "B", "either": "x", "wide": 1 << 40, "fix": b"ab", "at": at, "deep": {"k": ["A"]}},
        {"kind": "A", "either": None, "wide": 1, "fix": b"cd", "at": at, "deep": {}},
    ]
    with open(tmp_path / "a.avro", "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), rows, codec=codec)
    read = spark.read.format("avro").load(f"{tmp_path}/a.avro")
    assert read.schema.simpleString() == (
        "struct<kind:string,either:struct<member0:int,member1:string>,wide:bigint,fix:binary,"
        "at:timestamp,deep:map<string,array<string>>>"
    )
    first, second = read.collect()
    assert first.either.member1 == "x" and first.either.member0 is None and first.wide == 1 << 40
    assert first.deep == {"k": ["A"]} and bytes(first.fix) == b"ab"
    assert second.either is None
    assert read.selectExpr("unix_millis(at)").collect()[0][0] == 1704164645678


def test_avro_schemas_evolve(spark, path):
    spark.range(3).write.format("avro").save(path)
    evolved = (
        '{"type":"record","name":"topLevelRecord","fields":[{"name":"id","type":"long"},'
        '{"name":"extra","type":"string","default":"none"}]}'
    )
    read = spark.read.format("avro").option("avroSchema", evolved).load(path)
    assert read.orderBy("id").collect()[2].asDict() == {"id": 2, "extra": "none"}


def test_avro_partitions_modes_and_names(spark, path):
    frame = spark.range(10).selectExpr("id", "id % 2 AS part")
    write = frame.write.format("avro").partitionBy("part").option("recordName", "Own")
    write.option("recordNamespace", "a.b").save(path)
    read = spark.read.format("avro").load(path)
    assert read.where("part = 1").count() == 5
    assert read.columns == ["id", "part"]
    with files(path, ".avro")[0].open("rb") as data:
        assert fastavro.reader(data).writer_schema["name"] == "a.b.Own"
    assert condition(lambda: write.save(path)) == "PATH_ALREADY_EXISTS"
    write.mode("append").save(path)
    assert spark.read.format("avro").load(f"{path}/part=*").count() == 20


def test_avro_that_is_broken(spark, path):
    spark.range(100).coalesce(1).write.format("avro").save(path)
    (file,) = files(path, ".avro")
    file.write_bytes(file.read_bytes()[:-30])
    assert condition(spark.read.format("avro").load(path).collect) == "AVRO_MALFORMED_DATA"
    write = spark.range(1).write.format("avro").option("compression", "lzo")
    assert condition(lambda: write.save(path + "2")) == "CODEC_SHORT_NAME_NOT_FOUND"


def test_avro_functions(spark):
    frame = spark.sql("SELECT named_struct('a', 1, 'b', array('x')) AS s, 5L AS n")
    schema = '{"type":"record","name":"s","fields":[{"name":"a","type":"int"},'
    schema += '{"name":"b","type":{"type":"array","items":"string"}}]}'
    encoded = frame.select(to_avro("s", schema).alias("e"), to_avro("n").alias("n"))
    assert bytes(encoded.collect()[0].n) == b"\x0a"
    assert encoded.select(from_avro("e", schema).alias("s")).collect()[0].s.b == ["x"]
    bad = spark.sql("SELECT x'ff' AS e")
    permissive = bad.select(from_avro("e", schema, {"mode": "PERMISSIVE"}).alias("s"))
    assert permissive.collect()[0].s is None
    failing = bad.select(from_avro("e", schema).alias("s"))
    assert condition(failing.collect).startswith("MALFORMED_RECORD_IN_PARSING")
    ddl = spark.range(1).select(F.expr(f"schema_of_avro('{schema}')")).collect()[0][0]
    assert ddl == "STRUCT<a: INT NOT NULL, b: ARRAY<STRING NOT NULL> NOT NULL>" or "a: INT" in ddl


@pytest.mark.parametrize("codec", ["none", "snappy", "zlib", "lz4", "zstd"])
def test_orc_files_are_those_of_other_readers(spark, path, codec):
    frame = spark.range(5000).selectExpr("id", "'v' || id AS t", "array(id) AS l")
    frame.coalesce(1).write.option("compression", codec).orc(path)
    (file,) = files(path, ".orc")
    table = pyarrow.orc.read_table(file)
    assert table.num_rows == 5000
    assert table.slice(7, 1).to_pylist() == [{"id": 7, "t": "v7", "l": [7]}]


def test_orc_files_of_other_writers(spark, tmp_path):
    table = pyarrow.table({"A": [1, 2, None], "s": [{"x": 1}, None, {"x": 3}]})
    pyarrow.orc.write_table(table, f"{tmp_path}/a.orc")
    pyarrow.orc.write_table(pyarrow.table({"a": [4], "more": ["m"]}), f"{tmp_path}/b.orc")
    read = spark.read.schema("a BIGINT, more STRING").orc(str(tmp_path))
    assert sorted(read.collect(), key=str) == sorted(
        [(1, None), (2, None), (None, None), (4, "m")], key=str
    )
    merged = spark.read.option("mergeSchema", True).orc(str(tmp_path))
    assert merged.columns == ["A", "s", "more"]
    assert merged.where("A = 4").collect()[0].more == "m"


def test_orc_tables(spark):
    spark.sql("CREATE TABLE orc_table USING orc AS SELECT id, id * 2 AS twice FROM range(10)")
    spark.sql("INSERT INTO orc_table VALUES (100, 200)")
    assert spark.table("orc_table").where("twice = 200").count() == 1
    assert spark.table("orc_table").count() == 11
    spark.sql("DROP TABLE orc_table")


def test_orc_that_is_none(spark, tmp_path):
    (tmp_path / "a.orc").write_bytes(b"no orc")
    read = spark.read.schema("a INT").orc(str(tmp_path))
    assert condition(read.collect) == "FAILED_READ_FILE.NO_HINT"


def test_xml_comes_back(spark, path):
    frame = spark.sql(
        "SELECT * FROM VALUES (1L, 'a<b', array(1L, 2L), named_struct('y', 1.5D)),"
        " (2L, NULL, array(3L), NULL) AS t(id, t, l, s)"
    )
    frame.coalesce(1).write.option("rowTag", "row").option("rootTag", "rows").xml(path)
    (file,) = files(path, ".xml")
    text = file.read_text()
    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<rows>\n    <row>'
    )
    read = spark.read.option("rowTag", "row").xml(path)
    rows = sorted(read.collect(), key=lambda r: r.id)
    assert rows[0].t == "a<b" and rows[0].l == [1, 2] and rows[0].s.y == 1.5
    assert rows[1].t is None
    assert condition(spark.read.xml(path).collect) == "XML_ROW_TAG_MISSING"


def test_xml_texts_of_a_dataframe(spark):
    texts = ["<p><name>Alice</name><age>25</age></p>", "<p><name>Bob</name><x>y</x></p>"]
    frame = spark.createDataFrame([(text,) for text in texts], "value STRING")
    read = spark.read.option("rowTag", "p").xml(frame)
    assert read.schema.simpleString() == "struct<age:bigint,name:string,x:string>"
    assert sorted(read.collect(), key=str) == sorted(
        [(25, "Alice", None), (None, "Bob", "y")], key=str
    )


def test_xml_modes(spark, tmp_path):
    (tmp_path / "a.xml").write_text("<r><p><a>1</a></p><p><a>x</a></p><!-- <p/> --></r>")
    read = spark.read.option("rowTag", "p")
    schema = "a INT, _corrupt_record STRING"
    rows = read.schema(schema).xml(str(tmp_path)).collect()
    assert [row.a for row in rows] == [1, None]
    assert rows[1]._corrupt_record == "<p><a>x</a></p>"
    dropped = read.option("mode", "DROPMALFORMED").schema("a INT").xml(str(tmp_path))
    assert [row.a for row in dropped.collect()] == [1]


def test_binary_files(spark, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    (tmp_path / "b.txt").write_bytes(b"text")
    read = spark.read.format("binaryFile").option("pathGlobFilter", "*.bin").load(str(tmp_path))
    assert read.schema.simpleString() == (
        "struct<path:string,modificationTime:timestamp,length:bigint,content:binary>"
    )
    (row,) = read.collect()
    assert row.path == f"file:{tmp_path}/a.bin" and row.length == 2
    assert bytes(row.content) == b"\x00\x01"
    everything = spark.read.format("binaryFile").load(str(tmp_path))
    assert everything.agg(F.sum("length")).collect()[0][0] == 6
    write = spark.range(1).write.format("binaryFile")
    assert condition(lambda: write.save(f"{tmp_path}/out")).startswith("UNSUPPORTED")


def test_iceberg_tables_are_read(spark, path):
    spark.sql(
        f"CREATE TABLE delta.`{path}` (id BIGINT, p STRING, l ARRAY<INT>) USING delta"
        " PARTITIONED BY (p) TBLPROPERTIES ('delta.columnMapping.mode' = 'name',"
        " 'delta.enableIcebergCompatV2' = 'true',"
        " 'delta.universalFormat.enabledFormats' = 'iceberg')"
    )
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'a', array(1)), (2, NULL, NULL)")
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN id TO renamed")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (3, 'b', array(3))")
    read = spark.read.format("iceberg").load(path)
    assert sorted(read.collect()) == sorted(spark.table(f"delta.`{path}`").collect())
    assert read.where("p = 'b'").collect()[0].renamed == 3
    first = pathlib.Path(path, "metadata", "v1.metadata.json")
    assert spark.read.format("iceberg").load(str(first)).columns[0] == "id"
    missing = spark.read.format("iceberg").option("snapshot-id", "7")
    assert condition(missing.load(path).collect) == "ICEBERG_SNAPSHOT_NOT_FOUND"


def test_iceberg_tables_of_other_writers(spark, tmp_path):
    from pyiceberg.catalog.memory import InMemoryCatalog

    catalog = InMemoryCatalog("c", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    data = pyarrow.table({"id": [1, 2, 3], "s": ["a", "b", None]})
    table = catalog.create_table("n.t", data.schema)
    table.append(data)
    table.append(pyarrow.table({"id": [4], "s": ["d"]}))
    table.delete("id = 2")
    location = table.metadata_location.removeprefix("file://")
    read = spark.read.format("iceberg").load(location)
    assert sorted(read.collect(), key=lambda r: r.id) == [(1, "a"), (3, None), (4, "d")]
    older = spark.read.format("iceberg").option("snapshot-id", table.snapshots()[0].snapshot_id)
    assert older.load(location).count() == 3


def long_field(name, field_id, kind="long"):
    return {"name": name, "type": kind, "field-id": field_id}


def manifest(path, content, file):
    """A manifest with one entry, as other writers make them."""
    schema = {
        "type": "record",
        "name": "manifest_entry",
        "fields": [
            long_field("status", 0, "int"),
            long_field("snapshot_id", 1),
            long_field("sequence_number", 3),
            {
                "name": "data_file",
                "field-id": 2,
                "type": {
                    "type": "record",
                    "name": "r2",
                    "fields": [
                        long_field("content", 134, "int"),
                        long_field("file_path", 100, "string"),
                        long_field("file_format", 101, "string"),
                        {
                            "name": "partition",
                            "field-id": 102,
                            "type": {"type": "record", "name": "r102", "fields": []},
                        },
                        long_field("record_count", 103),
                        long_field("file_size_in_bytes", 104),
                    ],
                },
            },
        ],
    }
    size = pathlib.Path(file).stat().st_size
    entry = {
        "status": 1,
        "snapshot_id": 7,
        "sequence_number": 1 + content,
        "data_file": {
            "content": content,
            "file_path": f"file://{file}",
            "file_format": "PARQUET",
            "partition": {},
            "record_count": 3,
            "file_size_in_bytes": size,
        },
    }
    with open(path, "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), [entry], codec="deflate")
    return {
        "manifest_path": f"file://{path}",
        "manifest_length": pathlib.Path(path).stat().st_size,
        "partition_spec_id": 0,
        "content": min(content, 1),
        "sequence_number": 1 + content,
        "min_sequence_number": 1,
        "added_snapshot_id": 7,
    }


def iceberg_table(folder, content):
    """A table of three rows and one file of deletes."""
    id_field = pyarrow.field("id", pyarrow.int64(), metadata={"PARQUET:field_id": "1"})
    data = pyarrow.table([[10, 20, 30]], schema=pyarrow.schema([id_field]))
    pyarrow.parquet.write_table(data, f"{folder}/data.parquet")
    deletes = pyarrow.table({"file_path": [f"file://{folder}/data.parquet"], "pos": [1]})
    pyarrow.parquet.write_table(deletes, f"{folder}/deletes.parquet")
    (folder / "metadata").mkdir()
    entries = [
        manifest(folder / "metadata/m0.avro", 0, f"{folder}/data.parquet"),
        manifest(folder / "metadata/m1.avro", content, f"{folder}/deletes.parquet"),
    ]
    ids = [500, 501, 502, 517, 515, 516, 503]
    small = {"partition_spec_id", "content"}
    fields = [
        long_field(name, i, "string" if "path" in name else "int" if name in small else "long")
        for name, i in zip(entries[0], ids, strict=True)
    ]
    schema = {"type": "record", "name": "manifest_file", "fields": fields}
    with open(folder / "metadata/list.avro", "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), entries)
    columns = [{"id": 1, "name": "renamed", "required": False, "type": "long"}]
    metadata = {
        "format-version": 2,
        "location": f"file://{folder}",
        "last-sequence-number": 2,
        "last-updated-ms": 1,
        "last-column-id": 1,
        "current-schema-id": 0,
        "schemas": [{"type": "struct", "schema-id": 0, "fields": columns}],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": []}],
        "current-snapshot-id": 7,
        "snapshots": [
            {
                "snapshot-id": 7,
                "sequence-number": 2,
                "timestamp-ms": 1,
                "manifest-list": f"file://{folder}/metadata/list.avro",
                "summary": {"operation": "overwrite"},
            }
        ],
    }
    (folder / "metadata/00001-x.metadata.json").write_text(json.dumps(metadata))


def test_iceberg_position_deletes_are_applied(spark, tmp_path):
    iceberg_table(tmp_path, 1)
    read = spark.read.format("iceberg").load(str(tmp_path))
    assert sorted(row.renamed for row in read.collect()) == [10, 30]
    assert read.where("renamed = 20").count() == 0 and read.count() == 2
    moved = tmp_path.with_name(tmp_path.name + "_moved")
    tmp_path.rename(moved)
    assert spark.read.format("iceberg").load(str(moved)).count() == 2


def test_iceberg_equality_deletes_are_refused(spark, tmp_path):
    iceberg_table(tmp_path, 2)
    read = spark.read.format("iceberg").load(str(tmp_path))
    assert condition(read.collect) == "UNSUPPORTED_FEATURE.HANOK"
