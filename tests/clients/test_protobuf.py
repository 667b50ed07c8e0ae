"""from_protobuf and to_protobuf, compared with the Protobuf library of Python."""

import datetime
import decimal

import pytest
from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    message_factory,
    timestamp_pb2,
    wrappers_pb2,
)
from pyspark.errors import PySparkException
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.protobuf.functions import from_protobuf, to_protobuf

FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "flag": FIELD.TYPE_BOOL,
    "i32": FIELD.TYPE_INT32,
    "s64": FIELD.TYPE_SINT64,
    "u32": FIELD.TYPE_UINT32,
    "u64": FIELD.TYPE_UINT64,
    "f": FIELD.TYPE_FLOAT,
    "d": FIELD.TYPE_DOUBLE,
    "name": FIELD.TYPE_STRING,
    "raw": FIELD.TYPE_BYTES,
}


def add_field(message, name, kind, type_name="", repeated=False, **more):
    message.field.add(
        name=name,
        number=len(message.field) + 1,
        type=kind,
        type_name=type_name or None,
        label=FIELD.LABEL_REPEATED if repeated else FIELD.LABEL_OPTIONAL,
        **more,
    )


def make_set():
    """Bytes of a descriptor set of one message of every kind of field, with what it imports."""
    out = descriptor_pb2.FileDescriptorSet()
    for module in (any_pb2, duration_pb2, timestamp_pb2, wrappers_pb2):
        module.DESCRIPTOR.CopyToProto(out.file.add())
    names = [file.name for file in out.file]
    file = out.file.add(name="event.proto", package="shop", syntax="proto3", dependency=names)
    kind = file.enum_type.add(name="Kind")
    for number, name in enumerate(["NONE", "ORDER", "REFUND"]):
        kind.value.add(name=name, number=number)
    item = file.message_type.add(name="Item")
    add_field(item, "sku", FIELD.TYPE_STRING)
    add_field(item, "count", FIELD.TYPE_INT32)
    event = file.message_type.add(name="Event")
    for name, type in SCALARS.items():
        add_field(event, name, type)
    add_field(event, "kind", FIELD.TYPE_ENUM, ".shop.Kind")
    add_field(event, "item", FIELD.TYPE_MESSAGE, ".shop.Item")
    add_field(event, "items", FIELD.TYPE_MESSAGE, ".shop.Item", repeated=True)
    add_field(event, "numbers", FIELD.TYPE_INT32, repeated=True)
    entry = event.nested_type.add(name="PricesEntry")
    entry.options.map_entry = True
    add_field(entry, "key", FIELD.TYPE_STRING)
    add_field(entry, "value", FIELD.TYPE_DOUBLE)
    add_field(event, "prices", FIELD.TYPE_MESSAGE, ".shop.Event.PricesEntry", repeated=True)
    add_field(event, "at", FIELD.TYPE_MESSAGE, ".google.protobuf.Timestamp")
    add_field(event, "took", FIELD.TYPE_MESSAGE, ".google.protobuf.Duration")
    add_field(event, "wrapped", FIELD.TYPE_MESSAGE, ".google.protobuf.Int64Value")
    add_field(event, "detail", FIELD.TYPE_MESSAGE, ".google.protobuf.Any")
    node = file.message_type.add(name="Node")
    add_field(node, "id", FIELD.TYPE_INT32)
    add_field(node, "next", FIELD.TYPE_MESSAGE, ".shop.Node")
    return out


SET = make_set()
BYTES = SET.SerializeToString()


def message_class(name):
    pool = descriptor_pool.DescriptorPool()
    for file in SET.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def event(**values):
    return message_class("shop.Event")(**values)


def frame(spark, *messages):
    rows = [(m if isinstance(m, bytes | None) else m.SerializeToString(),) for m in messages]
    return spark.createDataFrame(rows, "v binary")


def read(spark, *messages, name="Event", **options):
    named = {key.replace("_", "."): value for key, value in options.items()}
    column = from_protobuf("v", name, options=named, binaryDescriptorSet=BYTES)
    return frame(spark, *messages).select(column.alias("e"))


def condition(call):
    with pytest.raises(PySparkException) as caught:
        call()
    return caught.value.getCondition()


def test_every_kind_of_field_is_read(spark):
    full = event(
        flag=True,
        i32=-5,
        s64=-(2**40),
        u32=2**32 - 1,
        u64=2**64 - 1,
        f=1.5,
        d=-2.25,
        name="네",
        raw=b"\x00\xff",
        kind=2,
        item={"sku": "a", "count": 3},
        items=[{"sku": "b"}, {"count": 4}],
        numbers=[1, 2, 300],
        prices={"x": 1.25},
        wrapped={"value": 7},
    )
    full.at.FromDatetime(datetime.datetime(1969, 12, 31, 23, 59, 59, 250))
    full.took.FromTimedelta(datetime.timedelta(days=1, milliseconds=-1))
    df = read(spark, full, event(), None)
    assert df.schema["e"].dataType.simpleString() == (
        "struct<flag:boolean,i32:int,s64:bigint,u32:int,u64:bigint,f:float,d:double,name:string,"
        "raw:binary,kind:string,item:struct<sku:string,count:int>,"
        "items:array<struct<sku:string,count:int>>,numbers:array<int>,prices:map<string,double>,"
        "at:timestamp,took:interval day to second,wrapped:struct<value:bigint>,"
        "detail:struct<type_url:string,value:binary>>"
    )
    first, empty, null = (row.e for row in df.collect())
    assert first[:10] == (True, -5, -(2**40), -1, -1, 1.5, -2.25, "네", b"\x00\xff", "REFUND")
    assert first[10:15] == (
        Row("a", 3),
        [Row("b", None), Row(None, 4)],
        [1, 2, 300],
        {"x": 1.25},
        datetime.datetime(1969, 12, 31, 23, 59, 59, 250),
    )
    assert first[15:] == (datetime.timedelta(days=1, milliseconds=-1), Row(7), None)
    assert null is None
    assert [value for value in empty if value is not None] == [[], [], {}]


def test_options_of_from_protobuf(spark):
    some = event(u32=2**32 - 1, u64=2**64 - 1, kind=1, wrapped={"value": 7})
    numbers = read(spark, some, upcast_unsigned_ints="true", enums_as_ints="true").first().e
    assert numbers.u32 == 2**32 - 1 and numbers.kind == 1
    assert numbers.u64 == decimal.Decimal(2**64 - 1)
    assert read(spark, some, unwrap_primitive_wrapper_types="true").first().e.wrapped == 7
    defaults = read(spark, event(), emit_default_values="true").first().e
    assert (defaults.i32, defaults.name, defaults.kind, defaults.item) == (0, "", "NONE", None)
    inner = event()
    inner.detail.Pack(message_class("shop.Item")(sku="x", count=2))
    json = read(spark, inner, convert_any_fields_to_json="true").first().e.detail
    assert json == '{"@type":"type.googleapis.com/shop.Item","sku":"x","count":2}'
    node = message_class("shop.Node")(id=1, next={"id": 2, "next": {"id": 3}})
    assert condition(lambda: read(spark, node, name="Node").schema) == "RECURSIVE_PROTOBUF_SCHEMA"
    twice = read(spark, node, name="shop.Node", recursive_fields_max_depth="2")
    assert twice.schema["e"].dataType.simpleString() == "struct<id:int,next:struct<id:int>>"
    assert twice.first().e == Row(1, Row(2))


def test_what_is_no_message(spark):
    bad = [b"\xff", b"\x0a\x01x", event(i32=1).SerializeToString()[:-1]]
    for value in bad:
        assert condition(read(spark, value).collect) == "MALFORMED_PROTOBUF_MESSAGE"
        row = read(spark, value, mode="PERMISSIVE").first().e
        assert row is not None and all(field is None for field in row)
    df = frame(spark, b"")
    for call, expected in [
        (from_protobuf("v", "Nothing", binaryDescriptorSet=BYTES), "PROTOBUF_MESSAGE_NOT_FOUND"),
        (from_protobuf("v", "A", binaryDescriptorSet=b"no"), "CANNOT_PARSE_PROTOBUF_DESCRIPTOR"),
        (from_protobuf("v", "com.example.Event"), "CANNOT_LOAD_PROTOBUF_CLASS"),
        (
            from_protobuf(
                "v", "Event", options={"mode": "DROPMALFORMED"}, binaryDescriptorSet=BYTES
            ),
            "PARSE_MODE_UNSUPPORTED",
        ),
    ]:
        assert condition(lambda call=call: df.select(call).schema) == expected
    alone = descriptor_pb2.FileDescriptorSet(file=[SET.file[-1]]).SerializeToString()
    call = from_protobuf("v", "Event", binaryDescriptorSet=alone)
    assert condition(lambda: df.select(call).schema) == "PROTOBUF_DEPENDENCY_NOT_FOUND"


def test_every_kind_of_field_is_written(spark):
    source = spark.sql(
        "SELECT named_struct('flag', true, 'i32', -5, 's64', -6L, 'u32', 7L, 'u64', "
        "18446744073709551615BD, 'f', 1.5F, 'd', 2.5D, 'name', '네', 'raw', X'00ff', 'kind', "
        "'ORDER', 'item', named_struct('sku', 'a', 'count', 3), 'items', "
        "array(named_struct('sku', 'b', 'count', NULL)), 'numbers', array(1, 300), 'prices', "
        "map('x', 1.25D), 'at', TIMESTAMP'2024-02-29 12:34:56.789', 'wrapped', 7L) AS s"
    )
    written = source.select(to_protobuf("s", "Event", binaryDescriptorSet=BYTES).alias("v"))
    expected = event(
        flag=True,
        i32=-5,
        s64=-6,
        u32=7,
        u64=2**64 - 1,
        f=1.5,
        d=2.5,
        name="네",
        raw=b"\x00\xff",
        kind=1,
        item={"sku": "a", "count": 3},
        items=[{"sku": "b"}],
        numbers=[1, 300],
        prices={"x": 1.25},
        wrapped={"value": 7},
    )
    expected.at.FromDatetime(datetime.datetime(2024, 2, 29, 12, 34, 56, 789000))
    assert str(event().FromString(written.first().v)) == str(expected)
    many = spark.range(5000).select(
        to_protobuf(F.struct(F.col("id").cast("int").alias("i32")), "Event", None, None, BYTES)
    )
    back = many.toDF("v").select(from_protobuf("v", "Event", None, None, BYTES).alias("e"))
    # 0 is the default and is not there.
    assert back.selectExpr("sum(e.i32)", "count(e.i32)").first() == (sum(range(5000)), 4999)


def test_what_cannot_be_written(spark):
    def write(struct, name="Event"):
        column = to_protobuf("s", name, binaryDescriptorSet=BYTES)
        return spark.sql(f"SELECT {struct} AS s").select(column).collect

    unable = "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE"
    assert condition(write("named_struct('other', 1)")) == unable
    assert condition(write("named_struct('name', 1)")) == unable
    assert condition(write("named_struct('numbers', array(1, NULL))")) == unable
    enum = "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE"
    assert condition(write("named_struct('kind', 'OTHER')")) == enum
    assert condition(write("named_struct('kind', 9)")) == enum
    assert write("CAST(NULL AS STRUCT<i32: INT>)")()[0][0] is None


def test_descriptor_files_and_known_classes(spark, tmp_path):
    path = tmp_path / "event.desc"
    path.write_bytes(BYTES)
    frame(spark, event(name="x")).createOrReplaceTempView("events")
    named = spark.sql(f"SELECT from_protobuf(v, 'Event', '{path}', map()).name FROM events")
    assert named.first()[0] == "x"
    query = f"SELECT from_protobuf(v, 'Event', '{path}.none') FROM events"
    assert condition(lambda: spark.sql(query).schema) == "PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND"
    assert frame(spark, event(name="x")).select(
        from_protobuf("v", "Event", str(path)).getField("name")
    ).first() == ("x",)
    stamps = spark.sql("SELECT named_struct('seconds', 12L, 'nanos', 34) AS s")
    name = "com.google.protobuf.Timestamp"
    bytes = stamps.select(to_protobuf("s", name).alias("v"))
    assert timestamp_pb2.Timestamp.FromString(bytes.first().v).seconds == 12
    assert bytes.select(from_protobuf("v", name).alias("e")).first().e == Row(12, 34)
