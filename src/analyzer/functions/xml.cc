// XML: functions whose result type is in their arguments, and XPath.

#include "analyzer/coercion.h"
#include "analyzer/functions/format_groups.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;

namespace {

ExprPtr bind_from_xml(const FunctionDef& def, CallInput& input) {
    auto schema = DataType::as_nullable(schema_argument(input, input.args[1]));
    if (!schema->is(TypeId::kStruct)) {
        raise_mismatch(def, input, "INVALID_XML_SCHEMA", {{"schema", quoted_type(*schema)}});
    }
    Exprs args = {text_argument(def, input)};
    if (input.args.size() == 3) {
        check_options(def, input, input.args[2]);
        args.push_back(input.args[2]);
    }
    return make_call(input, "from_xml", args, schema, true);
}

ExprPtr bind_to_xml(const FunctionDef& def, CallInput& input) {
    if (!input.args[0]->type->is(TypeId::kStruct))
        raise_unexpected_type(def, input, 0, "\"STRUCT\"");
    if (input.args.size() == 2) check_options(def, input, input.args[1]);
    return make_call(input, def.name, input.args, DataType::string(), true);
}

ExprPtr bind_schema_of_xml(const FunctionDef& def, CallInput& input) {
    auto text = require_string(def, input, input.args[0], "xml");
    if (input.args.size() == 2) check_options(def, input, input.args[1]);
    Exprs args = {string_constant(text)};
    if (input.args.size() == 2) args.push_back(input.args[1]);
    return make_call(input, def.name, args, DataType::string(), false);
}

ExprPtr bind_xpath(const FunctionDef& def, CallInput& input, const std::string& result) {
    auto args = coerce_arguments({"=string", "=string"}, def, input);
    if (!resolved::is_foldable(*args[1])) {
        raise_mismatch(def, input, "NON_FOLDABLE_INPUT",
            {{"inputName", "`path`"}, {"inputType", "\"STRING\""},
                {"inputExpr", quoted_sql(*input.args[1])}});
    }
    auto kernel = result == "array<string>" ? std::string("xpath") : "xpath_" + result;
    return make_call(input, kernel, std::move(args), type_named(result), true);
}

}  // namespace

void register_xml(FunctionRegistry& registry) {
    FunctionGroup xml(registry, "xml_funcs");
    auto only_value = [](const std::string& name) {
        return [name](const std::vector<std::string>& args) { return value_only(name, args); };
    };
    xml.custom("from_xml", 2, 3, bind_from_xml, "The struct of a schema that an XML text holds.")
        .column_name(only_value("from_xml"));
    xml.custom("to_xml", 1, 2, bind_to_xml, "A struct as XML text.")
        .column_name(only_value("to_xml"));
    xml.custom("schema_of_xml", 1, 2, bind_schema_of_xml, "The schema of an XML text, as DDL.")
        .column_name(only_value("schema_of_xml"));
    struct XPath {
        const char* name;
        const char* result;
        const char* usage;
    };
    const XPath paths[] = {
        {"xpath", "array<string>", "Values of the nodes of an XML text that a path selects."},
        {"xpath_boolean", "boolean", "Does a path hold in, or select a node of, an XML text?"},
        {"xpath_short", "smallint", "What a path gives, as SMALLINT; 0 where it is no number."},
        {"xpath_int", "int", "What a path gives, as INT; 0 where it is no number."},
        {"xpath_long", "bigint", "What a path gives, as BIGINT; 0 where it is no number."},
        {"xpath_float", "float", "What a path gives, as FLOAT; NaN where it is no number."},
        {"xpath_double", "double", "What a path gives, as DOUBLE; NaN where it is no number."},
        {"xpath_number", "double", "What a path gives, as DOUBLE; NaN where it is no number."},
        {"xpath_string", "string", "Text of the first node of an XML text that a path selects."},
    };
    for (const auto& path : paths) {
        std::string result = path.result;
        xml.custom(
            path.name, 2, 2,
            [result](const FunctionDef& def, CallInput& input) {
                return bind_xpath(def, input, result);
            },
            path.usage);
    }
}

}  // namespace hanok::analyzer
