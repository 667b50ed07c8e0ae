// JSON and CSV: functions whose result type is in their arguments.

#include "analyzer/coercion.h"
#include "analyzer/functions/format_groups.h"
#include "resolved/tree.h"
#include "sql/parser.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

void check_options(const FunctionDef& def, CallInput& input, const ExprPtr& e) {
    const auto* call = e->kind == resolved::ExprKind::kCall ? &e->as<resolved::Call>() : nullptr;
    bool is_map = e->type->is(TypeId::kMap) && e->type->key()->is_string() &&
                  e->type->value()->is_string();
    bool constant = call != nullptr && call->function == "map";
    if (constant) {
        for (const auto& a : call->args) constant = constant && constant_string(a).has_value();
    }
    if (constant) return;
    if (!e->type->is(TypeId::kMap)) throw analysis_error("INVALID_OPTIONS.NON_MAP_FUNCTION");
    if (!is_map)
        throw analysis_error(
            "INVALID_OPTIONS.NON_STRING_TYPE", {{"mapType", quoted_type(*e->type)}});
    raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
        {{"inputName", "`options`"}, {"inputType", quoted_type(*e->type)},
            {"inputExpr", quoted_sql(*e)}});
}

TypePtr schema_argument(const CallInput& input, const ExprPtr& e) {
    auto text = constant_string(e);
    if (!text && e->type->is_string() && input.fold && resolved::is_foldable(*e)) {
        auto folded = input.fold(e);
        if (!folded.is_null()) text = folded.as_string();
    }
    if (!text) {
        throw analysis_error(
            "INVALID_SCHEMA.NON_STRING_LITERAL", {{"inputSchema", quoted_sql(*e)}});
    }
    auto first = text->find_first_not_of(" \t\r\n");
    if (first != std::string::npos && ((*text)[first] == '{' || (*text)[first] == '"'))
        return types::type_from_json(*text);
    try {
        return sql::parse_type_or_schema(*text);
    } catch (const Error& e) {
        if (e.condition() != "UNSUPPORTED_DATATYPE") throw;
        throw parse_error("PARSE_SYNTAX_ERROR", {{"error", "'" + *text + "'"}, {"hint", ""}});
    }
}

std::string value_only(const std::string& name, const std::vector<std::string>& args) {
    return name + "(" + (args.empty() ? "" : args[0]) + ")";
}

ExprPtr text_argument(const FunctionDef& def, CallInput& input) {
    const auto& e = input.args[0];
    if (e->type->is_string()) return e;
    if (!e->type->is(TypeId::kNull)) raise_unexpected_type(def, input, 0, "\"STRING\"");
    return cast_to(e, DataType::string(), input.context.ansi);
}

namespace {

ExprPtr bind_from_json(const FunctionDef& def, CallInput& input) {
    auto schema = DataType::as_nullable(schema_argument(input, input.args[1]));
    if (!schema->is(TypeId::kStruct) && !schema->is(TypeId::kArray) && !schema->is(TypeId::kMap) &&
        !schema->is(TypeId::kVariant)) {
        raise_mismatch(def, input, "INVALID_JSON_SCHEMA", {{"schema", quoted_type(*schema)}});
    }
    if (schema->is(TypeId::kMap) && !schema->key()->is_string()) {
        raise_mismatch(def, input, "INVALID_JSON_MAP_KEY_TYPE", {{"schema", quoted_type(*schema)}});
    }
    Exprs args = {text_argument(def, input)};
    if (input.args.size() == 3) {
        check_options(def, input, input.args[2]);
        args.push_back(input.args[2]);
    }
    // Spark calls a map by what it is made of.
    if (schema->is(TypeId::kMap)) input.shown_name = "entries";
    return make_call(input, "from_json", args, schema, true);
}

ExprPtr bind_from_csv(const FunctionDef& def, CallInput& input) {
    auto schema = DataType::as_nullable(schema_argument(input, input.args[1]));
    if (!schema->is(TypeId::kStruct)) {
        throw analysis_error("INVALID_SCHEMA.NON_STRUCT_TYPE",
            {{"inputSchema", quoted_sql(*input.args[1])}, {"dataType", quoted_type(*schema)}});
    }
    Exprs args = {text_argument(def, input)};
    if (input.args.size() == 3) {
        check_options(def, input, input.args[2]);
        args.push_back(input.args[2]);
    }
    bool nullable = args[0]->nullable;
    return make_call(input, "from_csv", args, schema, nullable);
}

// to_json, to_csv: (value, [options]).
ExprPtr bind_to_text(const FunctionDef& def, CallInput& input, bool structs_only) {
    const auto& t = *input.args[0]->type;
    bool fits = structs_only ? t.is(TypeId::kStruct) : t.is_nested() || t.is(TypeId::kVariant);
    if (!fits) {
        raise_unexpected_type(def, input, 0,
            structs_only ? "\"STRUCT\"" : "(\"STRUCT\" or \"ARRAY\" or \"MAP\" or \"VARIANT\")");
    }
    if (input.args.size() == 2) check_options(def, input, input.args[1]);
    return make_call(input, def.name, input.args, DataType::string(), true);
}

ExprPtr bind_schema_of(const FunctionDef& def, CallInput& input) {
    std::string name = def.name == "schema_of_json" ? "json" : "csv";
    const auto& sample = *input.args[0]->type;
    if (sample.is(TypeId::kNull))
        raise_mismatch(def, input, "UNEXPECTED_NULL", {{"exprName", quote_identifier(name)}});
    if (!sample.is_string()) raise_unexpected_type(def, input, 0, "\"STRING\"");
    auto text = require_string(def, input, input.args[0], name);
    if (input.args.size() == 2) check_options(def, input, input.args[1]);
    Exprs args = {string_constant(text)};
    if (input.args.size() == 2) args.push_back(input.args[1]);
    return make_call(input, def.name, args, DataType::string(), false);
}

void add_formats(FunctionRegistry& registry) {
    auto only_value = [](const std::string& name) {
        return [name](const std::vector<std::string>& args) { return value_only(name, args); };
    };
    FunctionGroup json(registry, "json_funcs");
    json.custom("from_json", 2, 3, bind_from_json, "The value of a schema that a JSON text holds.")
        .column_name(only_value("from_json"));
    json.custom(
            "to_json", 1, 2,
            [](const FunctionDef& def, CallInput& input) {
                return bind_to_text(def, input, false);
            },
            "A struct, array or map as JSON text.")
        .column_name(only_value("to_json"));
    json.custom("schema_of_json", 1, 2, bind_schema_of, "The schema of a JSON text, as DDL.")
        .column_name(only_value("schema_of_json"));
    FunctionGroup csv(registry, "csv_funcs");
    csv.custom("from_csv", 2, 3, bind_from_csv, "The struct of a schema that a CSV line holds.")
        .column_name(only_value("from_csv"));
    csv.custom(
           "to_csv", 1, 2,
           [](const FunctionDef& def, CallInput& input) { return bind_to_text(def, input, true); },
           "A struct as a CSV line.")
        .column_name(only_value("to_csv"));
    csv.custom("schema_of_csv", 1, 2, bind_schema_of, "The schema of a CSV line, as DDL.")
        .column_name(only_value("schema_of_csv"));
}

}  // namespace

void register_json_csv_xml(FunctionRegistry& registry) {
    FunctionGroup json(registry, "json_funcs");
    json.scalar("get_json_object", {"=string", "=string"}, "string",
            "The part of a JSON text at a path.")
        .nulls(Nulls::kAlways);
    json.scalar("json_array_length", {"=string"}, "int",
            "Number of elements of the outermost JSON array.")
        .nulls(Nulls::kAlways);
    json.scalar(
            "json_object_keys", {"=string"}, "array<string>", "Keys of the outermost JSON object.")
        .nulls(Nulls::kAlways)
        .result([](const Exprs&, CallInput&) { return DataType::array(DataType::string()); });
    add_formats(registry);
    register_xml(registry);
    register_avro(registry);
    register_protobuf(registry);
}

}  // namespace hanok::analyzer
