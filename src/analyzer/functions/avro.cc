// from_avro, to_avro, schema_of_avro: their types are in the schemas they are given.

#include "avro/spark_types.h"

#include "analyzer/coercion.h"
#include "analyzer/functions/format_groups.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

std::string text_of(const FunctionDef& def, CallInput& input, size_t i, const std::string& name) {
    const ExprPtr& e = input.args[i];
    auto text = constant_string(e);
    if (!text && e->type->is_string() && input.fold && resolved::is_foldable(*e)) {
        auto folded = input.fold(e);
        if (!folded.is_null()) text = folded.as_string();
    }
    if (!text) {
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", "`" + name + "`"}, {"inputType", "\"STRING\""},
                {"inputExpr", quoted_sql(*e)}});
    }
    return *text;
}

std::string lower_option(const ExprPtr& options, const std::string& key) {
    const auto& entries = options->as<resolved::Call>().args;
    for (size_t i = 0; i + 1 < entries.size(); i += 2) {
        auto name = constant_string(entries[i]);
        auto value = constant_string(entries[i + 1]);
        if (name && value && types::to_lower(*name) == key) return *value;
    }
    return "";
}

avro::SparkTypeOptions type_options(const ExprPtr& options) {
    avro::SparkTypeOptions out;
    out.stable_union_names =
        types::to_lower(lower_option(options, "enablestableidentifiersforuniontype")) == "true";
    auto prefix = lower_option(options, "stableidentifierprefixforuniontype");
    if (!prefix.empty()) out.stable_union_prefix = prefix;
    return out;
}

ExprPtr bind_from_avro(const FunctionDef& def, CallInput& input) {
    if (!input.args[0]->type->is(TypeId::kBinary) && !input.args[0]->type->is(TypeId::kNull))
        raise_unexpected_type(def, input, 0, "\"BINARY\"");
    std::string schema = text_of(def, input, 1, "jsonFormatSchema");
    Exprs args = {input.args[0], string_constant(schema)};
    avro::SparkTypeOptions options;
    if (input.args.size() == 3 && !input.args[2]->type->is(TypeId::kNull)) {
        check_options(def, input, input.args[2]);
        args.push_back(input.args[2]);
        options = type_options(input.args[2]);
        // The schema that the data has evolved to is the one that is seen.
        auto evolved = lower_option(input.args[2], "avroschema");
        if (!evolved.empty()) schema = evolved;
    }
    auto type = avro::spark_type_of_avro(*avro::parse_schema(schema), options).type;
    return make_call(input, "from_avro", args, DataType::as_nullable(type), true);
}

ExprPtr bind_to_avro(const FunctionDef& def, CallInput& input) {
    Exprs args = {input.args[0]};
    if (input.args.size() == 2 && !input.args[1]->type->is(TypeId::kNull)) {
        std::string schema = text_of(def, input, 1, "jsonFormatSchema");
        avro::parse_schema(schema);
        args.push_back(string_constant(schema));
    } else {
        avro::avro_type_of_spark(*input.args[0]->type, input.args[0]->nullable);
    }
    return make_call(input, "to_avro", args, DataType::binary(), true);
}

ExprPtr bind_schema_of_avro(const FunctionDef& def, CallInput& input) {
    avro::SparkTypeOptions options;
    if (input.args.size() == 2 && !input.args[1]->type->is(TypeId::kNull)) {
        check_options(def, input, input.args[1]);
        options = type_options(input.args[1]);
    }
    auto schema = avro::parse_schema(text_of(def, input, 0, "jsonFormatSchema"));
    return string_constant(avro::spark_type_of_avro(*schema, options).type->sql());
}

}  // namespace

void register_avro(FunctionRegistry& registry) {
    FunctionGroup group(registry, "avro");
    auto only_value = [](const std::string& name) {
        return [name](const std::vector<std::string>& args) { return value_only(name, args); };
    };
    group
        .custom(
            "from_avro", 2, 3, bind_from_avro, "The value that Avro's binary data of a schema is.")
        .column_name(only_value("from_avro"));
    group.custom("to_avro", 1, 2, bind_to_avro, "A value in Avro's binary form.")
        .column_name(only_value("to_avro"));
    group.custom(
        "schema_of_avro", 1, 2, bind_schema_of_avro, "The type of an Avro schema, as DDL.");
}

}  // namespace hanok::analyzer
