// Messages in protobuf's text form on the left, plan nodes on the right.

#include "connect/translator/translator.h"

#include <delta/connect/commands.pb.h>
#include <delta/connect/relations.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <spark/connect/commands.pb.h>
#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"

namespace hanok::connect {
namespace {

namespace sc = spark::connect;
using plan::RelationKind;

template <class Message>
Message message(const std::string& text) {
    Message out;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &out)) << text;
    return out;
}

Translator translator() {
    return Translator(
        [](const std::string& hash) {
            if (hash == "schema") return std::make_shared<const std::string>("a INT");
            return hash == "known" ? std::make_shared<const std::string>("bytes") : nullptr;
        },
        {});
}

plan::RelationPtr relation(const std::string& text) {
    return translator().relation(message<sc::Relation>(text));
}
plan::ExprPtr expression(const std::string& text) {
    return translator().expression(message<sc::Expression>(text));
}
plan::CommandPtr command(const std::string& text) {
    return translator().command(message<sc::Command>(text));
}

template <class F>
std::string condition_of(F f) {
    try {
        f();
    } catch (const Error& error) {
        return error.condition();
    }
    return "no error";
}

const std::string kRange = "range { end: 3 step: 1 }";

TEST(TranslateRelation, KeepsPlanIdAndCallSite) {
    auto r = relation(
        "common { plan_id: 7 origin { python_origin { fragment: 'limit' call_site: 'nb.py:3' } } } "
        "limit { input { " +
        kRange + " } limit: 2 }");
    EXPECT_EQ(r->kind, RelationKind::kLimit);
    EXPECT_EQ(r->plan_id, 7);
    EXPECT_EQ(r->origin->method, "limit");
    EXPECT_EQ(r->origin->call_site, "nb.py:3");
    EXPECT_EQ(r->as<plan::Limit>().child->kind, RelationKind::kRange);
    EXPECT_EQ(r->as<plan::Limit>().child->as<plan::Range>().end, 3);
}

TEST(TranslateRelation, ReadsHaveNamesSchemasAndSortedOptions) {
    auto named = relation(
        "read { named_table { unparsed_identifier: 'c.`my db`.t' options { key: 'a' value: '1' } } "
        "}");
    EXPECT_EQ(named->as<plan::NamedTable>().name, (std::vector<std::string>{"c", "my db", "t"}));
    auto source = relation(
        "read { data_source { format: 'csv' schema: 'a INT, b STRING' paths: '/x' "
        "options { key: 'sep' value: '|' } options { key: 'header' value: 'true' } } }");
    const auto& d = source->as<plan::DataSource>();
    EXPECT_EQ(d.schema->ddl(), "a INT,b STRING");
    EXPECT_EQ(d.options.front().first, "header");
    EXPECT_EQ(condition_of([] {
        relation("read { is_streaming: true named_table { unparsed_identifier: 't' } }");
    }),
        "UNSUPPORTED_FEATURE.HANOK");
    auto stream = relation("read { is_streaming: true data_source { format: 'csv' } }");
    EXPECT_EQ(stream->as<plan::DataSource>().format, "stream of csv");
    EXPECT_EQ(
        condition_of([] { relation("read { data_source { format: 'csv' schema: 'int' } }"); }),
        "CONNECT_INVALID_PLAN.INVALID_SCHEMA_NON_STRUCT_TYPE");
}

TEST(TranslateRelation, LocalDataComesInlineOrFromTheCache) {
    auto inline_data = relation("local_relation { data: 'ipc' schema: 'a INT' }");
    EXPECT_EQ(*inline_data->as<plan::LocalData>().arrow_streams[0], "ipc");
    auto chunked = relation(
        "chunked_cached_local_relation { dataHashes: 'known' dataHashes: 'known' schemaHash: "
        "'schema' }");
    EXPECT_EQ(chunked->as<plan::LocalData>().arrow_streams.size(), 2u);
    EXPECT_EQ(
        condition_of([] { relation("chunked_cached_local_relation { dataHashes: 'other' }"); }),
        "CONNECT_INVALID_PLAN.CANNOT_FIND_CACHED_LOCAL_RELATION");
    EXPECT_EQ(condition_of([] { relation("local_relation { }"); }),
        "CONNECT_INVALID_PLAN.SCHEMA_REQUIRED_FOR_LOCAL_RELATION");
}

TEST(TranslateRelation, AggregatesAndPivots) {
    auto a = relation("aggregate { input { " + kRange +
                      " } group_type: GROUP_TYPE_CUBE "
                      "grouping_expressions { unresolved_attribute { unparsed_identifier: 'id' } } "
                      "aggregate_expressions { unresolved_function { function_name: 'sum' "
                      "is_distinct: true } } }");
    EXPECT_TRUE(a->as<plan::Aggregate>().is_dataframe);
    EXPECT_EQ(a->as<plan::Aggregate>().grouping_kind, plan::GroupingKind::kCube);
    EXPECT_TRUE(a->as<plan::Aggregate>().columns[0]->as<plan::Function>().distinct);
    auto p = relation(
        "aggregate { input { " + kRange +
        " } group_type: GROUP_TYPE_PIVOT pivot { "
        "col { unresolved_attribute { unparsed_identifier: 'id' } } values { integer: 1 } } }");
    EXPECT_EQ(p->as<plan::Pivot>().values.size(), 1u);
}

TEST(TranslateRelation, JoinsAndSetOperations) {
    std::string sides = "left { " + kRange + " } right { " + kRange + " } ";
    auto j = relation("join { " + sides + " join_type: JOIN_TYPE_LEFT_SEMI using_columns: 'id' }");
    EXPECT_EQ(j->as<plan::Join>().type, plan::JoinType::kLeftSemi);
    EXPECT_EQ(j->as<plan::Join>().using_columns, std::vector<std::string>{"id"});
    EXPECT_EQ(condition_of([&] { relation("join { " + sides + " }"); }),
        "CONNECT_INVALID_PLAN.INVALID_ENUM");
    std::string rank = " ranking_expression { literal { integer: 1 } } join_type: 'left_outer' ";
    auto n = relation("nearest_by_join { " + sides + rank +
                      "num_results: 2 mode: 'exact' direction: 'similarity' }");
    EXPECT_EQ(n->as<plan::Join>().type, plan::JoinType::kLeft);
    EXPECT_TRUE(n->as<plan::Join>().nearest->descending);
    EXPECT_EQ(condition_of([&] { relation("nearest_by_join { " + sides + rank + " }"); }),
        "NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE");
    auto l = relation("lateral_join { " + sides + " join_type: JOIN_TYPE_INNER }");
    EXPECT_TRUE(l->as<plan::Join>().lateral);
    auto u = relation(
        "set_op { left_input { " + kRange + " } right_input { " + kRange +
        " } "
        "set_op_type: SET_OP_TYPE_UNION is_all: true by_name: true allow_missing_columns: true }");
    EXPECT_TRUE(u->as<plan::SetOperation>().allow_missing_columns);
}

TEST(TranslateRelation, SqlTextIsParsedWithItsParameters) {
    auto r = relation(
        "sql { query: 'SELECT :x' named_arguments { key: 'x' value { literal { integer: 5 } } } }");
    EXPECT_EQ(r->kind, RelationKind::kProject);
    EXPECT_EQ(r->as<plan::Project>().columns[0]->as<plan::Literal>().value.as_int(), 5);
    EXPECT_EQ(condition_of([] {
        relation("sql { query: 'SELECT ?, ?' pos_arguments { literal { integer: 5 } } }");
    }),
        "UNBOUND_SQL_PARAMETER");
    EXPECT_EQ(condition_of([] {
        relation("sql { query: 'SELECT :a' pos_arguments { literal { integer: 5 } } }");
    }),
        "INVALID_QUERY_MIXED_QUERY_PARAMETERS");
    EXPECT_EQ(relation("sql { query: 'SHOW TABLES' }")->kind, RelationKind::kCommandResult);
    auto with = relation(
        "with_relations { root { sql { query: 'SELECT * FROM df' } } "
        "references { subquery_alias { alias: 'df' input { " +
        kRange + " } } } }");
    EXPECT_EQ(with->as<plan::With>().ctes[0].name, "df");
    auto insert = translator().sql_statement(message<sc::Relation>(
        "with_relations { root { sql { query: 'INSERT INTO t SELECT * FROM df' } } "
        "references { subquery_alias { alias: 'df' input { " +
        kRange + " } } } }"));
    EXPECT_EQ(insert.command->as<plan::Insert>().query->kind, RelationKind::kWith);
}

TEST(TranslateRelation, CatalogCallsKeepTheirFieldNames) {
    auto r = relation(
        "catalog { create_table { table_name: 't' path: '/p' options { key: 'k' value: 'v' } "
        "schema { struct { fields { name: 'a' data_type { long { } } nullable: true } } } } }");
    const auto& call = r->as<plan::CommandResult>().command->as<plan::CatalogCall>();
    EXPECT_EQ(call.method, "CreateTable");
    EXPECT_EQ(call.args, (std::map<std::string, std::string>{{"path", "/p"}, {"table_name", "t"}}));
    EXPECT_EQ(call.options.size(), 1u);
    EXPECT_EQ(call.schema->ddl(), "a BIGINT");
    auto drop = relation("catalog { drop_table { table_name: 't' if_exists: true } }");
    EXPECT_EQ(drop->as<plan::CommandResult>().command->as<plan::CatalogCall>().args.at("if_exists"),
        "true");
    EXPECT_EQ(relation("catalog { list_tables { } }")
                  ->as<plan::CommandResult>()
                  .command->as<plan::CatalogCall>()
                  .args.count("pattern"),
        0u);
}

TEST(TranslateRelation, WhatHanokDoesNotHaveSaysSo) {
    for (const char* text : {"apply_in_pandas_with_state { }", "ml_relation { }"}) {
        EXPECT_EQ(condition_of([&] { relation(text); }), "UNSUPPORTED_FEATURE.HANOK") << text;
    }
    EXPECT_EQ(condition_of([] { relation("relation_changes { }"); }),
        "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE");
    EXPECT_EQ(
        condition_of([] { relation(""); }), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET");
}

TEST(TranslateRelation, PythonFunctions) {
    auto map = relation("map_partitions { input { " + kRange +
                        " } func { python_udf { eval_type: 205 output_type { long { } } } } }");
    EXPECT_EQ(map->as<plan::MapInPython>().function->as<plan::PythonUdf>().eval_type, 205);
    auto table = relation(
        "common_inline_user_defined_table_function { python_udtf { eval_type: 301 return_type { "
        "unparsed { data_type_string: 'a int, b string' } } } }");
    EXPECT_EQ(table->as<plan::PythonTable>().return_type->fields().size(), 2u);
}

TEST(TranslateExpression, NamesAndStars) {
    auto a = expression("unresolved_attribute { unparsed_identifier: 'a.`b.c`' plan_id: 4 }");
    EXPECT_EQ(a->as<plan::Attribute>().parts, (std::vector<std::string>{"a", "b.c"}));
    EXPECT_EQ(a->as<plan::Attribute>().plan_id, 4);
    EXPECT_EQ(expression("unresolved_star { unparsed_target: 't.*' }")->as<plan::Star>().target,
        std::vector<std::string>{"t"});
    for (const char* bad : {"a..b", ".a", "a.", "`a", "`a`b", "a`b`"}) {
        EXPECT_EQ(condition_of([&] { parse_attribute_name(bad); }), "INVALID_ATTRIBUTE_NAME_SYNTAX")
            << bad;
    }
    EXPECT_EQ(parse_attribute_name("`a``b`"), std::vector<std::string>{"a`b"});
}

TEST(TranslateExpression, CallsCastsAndStrings) {
    auto f = expression(
        "call_function { function_name: 'db.f' arguments { literal { integer: 1 } } }");
    EXPECT_EQ(f->as<plan::Function>().name, (std::vector<std::string>{"db", "f"}));
    auto c = expression(
        "cast { expr { literal { string: '1' } } type_str: 'decimal(10,2)' eval_mode: "
        "EVAL_MODE_TRY }");
    EXPECT_EQ(c->as<plan::Cast>().type->simple_string(), "decimal(10,2)");
    EXPECT_EQ(c->as<plan::Cast>().mode, plan::CastMode::kTry);
    auto s = expression("expression_string { expression: 'a + 1 AS b' }");
    EXPECT_EQ(s->as<plan::Alias>().names[0], "b");
    auto u = expression(
        "common_inline_user_defined_function { function_name: 'f' deterministic: true "
        "arguments { literal { integer: 1 } } python_udf { eval_type: 100 command: 'x' "
        "output_type { string { } } python_ver: '3.11' } }");
    EXPECT_EQ(u->as<plan::PythonUdf>().eval_type, 100);
    EXPECT_EQ(u->as<plan::PythonUdf>().args.size(), 1u);
}

TEST(TranslateExpression, WindowsLambdasAndSubqueries) {
    auto w = expression(
        "window { window_function { unresolved_function { function_name: 'sum' } } frame_spec { "
        "frame_type: FRAME_TYPE_ROW lower { unbounded: true } upper { value { literal { integer: 2 "
        "} } } } }");
    const auto& frame = *w->as<plan::Window>().spec.frame;
    EXPECT_EQ(frame.type, plan::FrameType::kRows);
    EXPECT_EQ(frame.lower.kind, plan::FrameBound::Kind::kUnbounded);
    EXPECT_FALSE(frame.lower.is_following);
    EXPECT_TRUE(frame.upper.is_following);
    EXPECT_EQ(frame.upper.value->as<plan::Literal>().value.as_int(), 2);
    auto l = expression(
        "lambda_function { arguments { name_parts: 'x' } "
        "function { unresolved_named_lambda_variable { name_parts: 'x' } } }");
    EXPECT_EQ(l->as<plan::Lambda>().parameters, std::vector<std::string>{"x"});
    auto s = expression("subquery_expression { plan_id: 9 subquery_type: SUBQUERY_TYPE_EXISTS }");
    EXPECT_EQ(s->as<plan::Subquery>().plan_id, 9);
}

TEST(TranslateLiteral, TypesAndValues) {
    struct Case {
        const char* text;
        const char* type;
        types::Value value;
    };
    using types::int_value;
    using types::list_value;
    const Case cases[] = {
        {"byte: 3", "tinyint", int_value(3)},
        {"float: 1.5", "float", types::double_value(1.5)},
        {"decimal { value: '12.30' }", "decimal(4,2)", types::decimal_value(1230)},
        {"decimal { value: '1.25' precision: 10 scale: 0 }", "decimal(10,2)",
            types::decimal_value(125)},
        {"decimal { value: '1E+2' precision: 10 scale: 1 }", "decimal(10,1)",
            types::decimal_value(1000)},
        {"date: 10", "date", int_value(10)},
        {"timestamp_ntz: 10", "timestamp_ntz", int_value(10)},
        {"day_time_interval: 5", "interval day to second", int_value(5)},
        {"null { integer { } }", "int", types::Value()},
        {"array { element_type { long { } } elements { long: 1 } }", "array<bigint>",
            list_value({int_value(1)})},
        {"specialized_array { ints { values: 1 values: 2 } }", "array<int>",
            list_value({int_value(1), int_value(2)})},
        {"map { keys { string: 'a' } values { integer: 1 } }", "map<string,int>",
            list_value({types::string_value("a"), int_value(1)})},
        {"struct { struct_type { struct { fields { name: 'x' data_type { integer { } } } } } "
         "elements { integer: 4 } }",
            "struct<x:int>", list_value({int_value(4)})},
    };
    for (const Case& c : cases) {
        auto literal = literal_from_proto(message<sc::Expression::Literal>(c.text));
        EXPECT_EQ(literal->as<plan::Literal>().type->simple_string(), c.type) << c.text;
        EXPECT_EQ(literal->as<plan::Literal>().value, c.value) << c.text;
        sc::Expression::Literal back;
        literal_to_proto(c.value, *literal->as<plan::Literal>().type, &back);
        auto again = literal_from_proto(back);
        EXPECT_EQ(again->as<plan::Literal>().value, c.value) << c.text;
        EXPECT_TRUE(again->as<plan::Literal>().type->same_type(*literal->as<plan::Literal>().type))
            << c.text;
    }
    EXPECT_EQ(condition_of([] { expression("literal { array { } }"); }),
        "CONNECT_INVALID_PLAN.ARRAY_LITERAL_MISSING_DATA_TYPE");
    EXPECT_EQ(condition_of([] { expression("literal { decimal { value: 'x' } }"); }),
        "CONNECT_INVALID_PLAN.UNSUPPORTED_LITERAL_TYPE");
}

TEST(TranslateCommand, Writes) {
    auto w = command("write_operation { input { " + kRange +
                     " } source: 'delta' mode: SAVE_MODE_OVERWRITE "
                     "partitioning_columns: 'id' table { table_name: 's.t' save_method: "
                     "TABLE_SAVE_METHOD_SAVE_AS_TABLE } }");
    const auto& write = w->as<plan::Write>();
    EXPECT_EQ(write.write_kind, plan::WriteKind::kSaveAsTable);
    EXPECT_EQ(write.mode, plan::SaveMode::kOverwrite);
    EXPECT_TRUE(write.mode_is_set);
    EXPECT_EQ(write.table, (plan::Name{"s", "t"}));
    auto v2 = command("write_operation_v2 { input { " + kRange +
                      " } table_name: 't' mode: MODE_OVERWRITE "
                      "overwrite_condition { literal { boolean: true } } }");
    EXPECT_EQ(v2->as<plan::Write>().write_kind, plan::WriteKind::kOverwrite);
    EXPECT_NE(v2->as<plan::Write>().overwrite_condition, nullptr);
    EXPECT_EQ(condition_of([] {
        command(
            "write_operation_v2 { input { " + kRange + " } table_name: 't' mode: MODE_OVERWRITE }");
    }),
        "CONNECT_INVALID_PLAN.FIELD_CANNOT_BE_EMPTY");
}

std::string packed(const google::protobuf::Message& m) {
    sc::Relation out;
    out.mutable_extension()->PackFrom(m);
    return out.DebugString();
}

TEST(TranslateDelta, TableMethodsBecomeStatements) {
    auto of = [](const std::string& text) {
        return relation(packed(message<delta::connect::DeltaRelation>(text)));
    };
    auto command_of = [&](const std::string& text) {
        return of(text)->as<plan::CommandResult>().command;
    };
    EXPECT_EQ(of("scan { table { table_or_view_name: 's.t' } }")->as<plan::NamedTable>().name,
        (plan::Name{"s", "t"}));
    const std::string by_path = "table { path { path: '/data/t' } }";
    EXPECT_EQ(
        command_of("describe_history { " + by_path + " }")->as<plan::DescribeHistory>().name.parts,
        (plan::Name{"delta", "/data/t"}));
    EXPECT_EQ(command_of("restore_table { version: 3 " + by_path + " }")
                  ->as<plan::Restore>()
                  .target.version->as<plan::Literal>()
                  .value.as_int(),
        3);
    auto optimize = command_of(
        "optimize_table { " + by_path + " partition_filters: 'd = 1' zorder_columns: 'a' }");
    EXPECT_NE(optimize->as<plan::Optimize>().where, nullptr);
    EXPECT_EQ(optimize->as<plan::Optimize>().zorder_by.size(), 1u);
    EXPECT_EQ(
        command_of("is_delta_table { path: '/x' }")->as<plan::CatalogCall>().args.at("path"), "/x");
    auto merge = command_of(
        "merge_into_table { target { " + kRange + " } source { " + kRange +
        " } "
        "condition { literal { boolean: true } } matched_actions { update_star_action { } } "
        "not_matched_actions { insert_action { assignments { field { expression_string { "
        "expression: 'a' } } "
        "value { literal { integer: 1 } } } } } not_matched_by_source_actions { delete_action { } "
        "} }");
    EXPECT_EQ(merge->as<plan::Merge>().matched[0].action, plan::MergeClause::Action::kUpdateAll);
    EXPECT_EQ(merge->as<plan::Merge>().not_matched[0].assignments.size(), 1u);
    EXPECT_EQ(merge->as<plan::Merge>().not_matched_by_source[0].action,
        plan::MergeClause::Action::kDelete);
    auto convert = command_of(
        "convert_to_delta { identifier: 'parquet.`/p`' partition_schema_string: 'd DATE' }");
    EXPECT_EQ(convert->as<plan::ConvertToDelta>().name.parts, (plan::Name{"parquet", "/p"}));
    EXPECT_EQ(convert->as<plan::ConvertToDelta>().partition_schema->fields().size(), 1u);
}

TEST(TranslateDelta, CommandsBecomeStatements) {
    auto of = [](const std::string& text) {
        sc::Command c;
        c.mutable_extension()->PackFrom(message<delta::connect::DeltaCommand>(text));
        return translator().command(c);
    };
    const std::string table = "table { table_or_view_name: 't' } ";
    auto clone = of("clone_table { " + table + "target: '/a b' is_shallow: true version: 3 }");
    EXPECT_EQ(clone->as<plan::CloneTable>().name.parts, (plan::Name{"delta", "/a b"}));
    EXPECT_FALSE(clone->as<plan::CloneTable>().deep);
    EXPECT_NE(clone->as<plan::CloneTable>().when->version, nullptr);
    auto named = of("clone_table { " + table + "target: 'delta.`/a/b`' replace: true }");
    EXPECT_EQ(named->as<plan::CloneTable>().name.parts, (plan::Name{"delta", "/a/b"}));
    EXPECT_TRUE(named->as<plan::CloneTable>().or_replace);
    EXPECT_EQ(of("generate { " + table + "mode: 'm' }")->as<plan::GenerateManifest>().mode, "m");
    auto drop = of(
        "drop_feature_support { " + table + "feature_name: 'f' truncate_history: true }");
    EXPECT_EQ(drop->as<plan::AlterTable>().action.kind, plan::AlterAction::Kind::kDropFeature);
    EXPECT_EQ(drop->as<plan::AlterTable>().action.keys.size(), 1u);
}

TEST(TranslateDelta, TableBuildersCreateTables) {
    sc::Command c;
    c.mutable_extension()->PackFrom(message<delta::connect::DeltaCommand>(
        "create_delta_table { mode: MODE_CREATE_OR_REPLACE location: '/data/t' "
        "partitioning_columns: 'd' "
        "columns { name: 'd' data_type { date { } } generated_always_as: 'CAST(ts AS DATE)' } "
        "columns { name: 'id' data_type { long { } } identity_info { start: 5 step: 2 } } }"));
    const auto create = translator().command(c);
    const auto& t = create->as<plan::CreateTable>();
    EXPECT_EQ(t.name.parts, (plan::Name{"delta", "/data/t"}));
    EXPECT_TRUE(t.or_replace);
    EXPECT_EQ(t.columns[0].generation_sql, "CAST(ts AS DATE)");
    EXPECT_EQ(t.columns[1].identity->start, 5);
    EXPECT_EQ(t.partitioning.size(), 1u);
}

TEST(TranslateCommand, ViewsMergesAndFunctions) {
    auto v = command("create_dataframe_view { input { " + kRange + " } name: 'v' replace: true }");
    EXPECT_TRUE(v->as<plan::CreateView>().temporary);
    EXPECT_TRUE(v->as<plan::CreateView>().or_replace);
    auto m = command(
        "merge_into_table_command { target_table_name: 't' source_table_plan { " + kRange +
        " } "
        "merge_condition { literal { boolean: true } } "
        "match_actions { merge_action { action_type: ACTION_TYPE_UPDATE assignments { "
        "key { expression_string { expression: 'a' } } value { literal { integer: 1 } } } } } "
        "not_matched_actions { merge_action { action_type: ACTION_TYPE_INSERT_STAR } } }");
    EXPECT_EQ(m->as<plan::Merge>().matched[0].assignments.size(), 1u);
    EXPECT_EQ(m->as<plan::Merge>().not_matched[0].action, plan::MergeClause::Action::kInsertAll);
    auto f = command(
        "register_function { function_name: 'f' python_udf { output_type { long { } } eval_type: "
        "100 } }");
    EXPECT_TRUE(f->as<plan::CreateFunction>().temporary);
    EXPECT_NE(f->as<plan::CreateFunction>().python_udf, nullptr);
    EXPECT_EQ(condition_of([] { command("write_stream_operation_start { }"); }),
        "UNSUPPORTED_FEATURE.HANOK");
    EXPECT_EQ(condition_of([] { command("extension { type_url: 'x' }"); }),
        "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION");
}

TEST(DataTypeCodec, EveryTypeComesBack) {
    const char* ddl =
        "a BOOLEAN, b TINYINT, c SMALLINT, d INT NOT NULL, e BIGINT, f FLOAT, g DOUBLE, h "
        "DECIMAL(12,3), i STRING, "
        "j CHAR(3), k VARCHAR(4), l BINARY, m DATE, n TIMESTAMP, o TIMESTAMP_NTZ, p INTERVAL YEAR "
        "TO MONTH, "
        "q INTERVAL HOUR TO SECOND, r ARRAY<INT>, s MAP<STRING, DOUBLE>, t STRUCT<x: INT COMMENT "
        "'why', y: ARRAY<DATE>>, "
        "u VARIANT, v TIME(3)";
    types::TypePtr type = type_from_text(ddl);
    sc::DataType proto;
    type_to_proto(*type, &proto);
    types::TypePtr back = type_from_proto(proto);
    EXPECT_EQ(back->json(), type->json());
    EXPECT_EQ(type_from_text(type->json())->json(), type->json());
    EXPECT_EQ(condition_of([] { type_from_proto(message<sc::DataType>("udt { type: 'udt' }")); }),
        "UNSUPPORTED_FEATURE.HANOK");
}

}  // namespace
}  // namespace hanok::connect
