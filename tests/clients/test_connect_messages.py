"""Every message of Spark Connect's protocol is handled, or refused by name.

The messages come from the client package: a new version of it that brings a new relation,
expression, command, analysis or catalogue operation fails here until the server knows it.
"""

import grpc
import pyspark.sql.connect.proto as proto
import pytest
from pyspark.errors import PySparkException

UNSUPPORTED = {
    "relation": {
        "apply_in_pandas_with_state",
        "common_inline_user_defined_data_source",
        "ml_relation",
        "relation_changes",
        "extension",
        "unknown",
    },
    "expression": {"typed_aggregate_expression", "merge_action", "extension"},
    "command": {
        "write_stream_operation_start",
        "streaming_query_command",
        "streaming_query_manager_command",
        "streaming_query_listener_bus_command",
        "create_resource_profile_command",
        "ml_command",
        "execute_external_command",
        "pipeline_command",
        "extension",
    },
    "analysis": set(),
    "catalog": set(),
}
# What a server answers that has no code for a message, or none on purpose.
REFUSALS = {
    "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION",
    "UNSUPPORTED_FEATURE.HANOK",
    "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE",
    "INTERNAL_ERROR",
}
NOT_SET = "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"
ONE_OF = {
    "relation": "spark.connect.Relation",
    "expression": "spark.connect.Expression",
    "command": "spark.connect.Command",
    "analysis": "spark.connect.AnalyzePlanRequest",
    "catalog": "spark.connect.Catalog",
}


def fields(message, oneof):
    return [f.name for f in message.DESCRIPTOR.oneofs_by_name[oneof].fields]


def fill(message, depth=0):
    """Puts something into the parts that are relations, expressions or types."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            if field.type == field.TYPE_STRING and not field.is_repeated:
                setattr(message, field.name, "x")
            continue
        part = getattr(message, field.name)
        if field.message_type.GetOptions().map_entry:
            continue
        if field.is_repeated:
            part = part.add()
        name = field.message_type.full_name.removeprefix("spark.connect.")
        if name == "Relation":
            part.range.end = 1
            part.range.step = 1
        elif name == "Expression":
            part.literal.integer = 1
        elif name == "Expression.Literal":
            part.integer = 1
        elif name == "DataType":
            part.integer.SetInParent()
        elif depth < 3 and not field.containing_oneof:
            part.SetInParent()
            fill(part, depth + 1)
    return message


def relation(name):
    out = proto.Relation()
    part = getattr(out, name)
    part.SetInParent()
    if name == "catalog":
        part.current_database.SetInParent()
    elif name != "extension" and name != "unknown":
        fill(part)
    return out


def analyse(spark, request):
    request.session_id = spark.client._session_id
    request.user_context.user_id = spark.client._user_id or ""
    try:
        spark.client._stub.AnalyzePlan(request)
    except grpc.RpcError as error:
        spark.client._handle_error(error)


def plan_of(root):
    return proto.Plan(root=root)


def send(spark, kind, name):
    client = spark.client
    if kind == "relation":
        client.schema(plan_of(relation(name)))
    elif kind == "expression":
        root = relation("range")
        out = proto.Relation()
        out.project.input.CopyFrom(root)
        part = getattr(out.project.expressions.add(), name)
        part.SetInParent()
        if name != "extension":
            fill(part)
        client.schema(plan_of(out))
    elif kind == "catalog":
        out = proto.Relation()
        part = getattr(out.catalog, name)
        part.SetInParent()
        fill(part)
        client.to_table(plan_of(out), {})
    elif kind == "command":
        command = proto.Command()
        part = getattr(command, name)
        part.SetInParent()
        if name != "extension":
            fill(part)
        if name == "write_operation":
            part.ClearField("bucket_by")
            part.ClearField("partitioning_columns")
            part.ClearField("sort_column_names")
        client.execute_command(command)
    else:
        request = proto.AnalyzePlanRequest()
        part = getattr(request, name)
        part.SetInParent()
        fill(part)
        for plan in [f.name for f in part.DESCRIPTOR.fields if f.name.endswith("plan")]:
            getattr(part, plan).root.CopyFrom(relation("range"))
        analyse(spark, request)


def refused(spark, kind, name):
    try:
        send(spark, kind, name)
    except PySparkException as error:
        condition = error.getCondition()
        if condition == NOT_SET:
            whole = (error.getMessageParameters() or {}).get("fullName")
            return condition if whole == ONE_OF[kind] else None
        return condition if condition in REFUSALS else None
    return None


@pytest.mark.parametrize(
    "kind, message, oneof, count",
    [
        ("relation", proto.Relation, "rel_type", 61),
        ("expression", proto.Expression, "expr_type", 22),
        ("command", proto.Command, "command_type", 20),
        ("analysis", proto.AnalyzePlanRequest, "analyze", 14),
        ("catalog", proto.Catalog, "cat_type", 36),
    ],
)
def test_every_message_is_handled_or_refused_by_name(spark, kind, message, oneof, count):
    names = fields(message, oneof)
    assert len(names) == count
    answers = {name: refused(spark, kind, name) for name in names}
    missing = {n: a for n, a in answers.items() if a and n not in UNSUPPORTED[kind]}
    assert not missing
    assert {n for n, a in answers.items() if a} == UNSUPPORTED[kind]
    assert spark.range(1).count() == 1
