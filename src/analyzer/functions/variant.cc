// VARIANT: parsing, taking parts, looking inside.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "sql/parser.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

// variant_get(variant, path, [type]): the path shows, the type does not.
ExprPtr bind_get(const FunctionDef& def, CallInput& input) {
    auto type = DataType::variant();
    if (input.args.size() == 3) {
        auto text = require_string(def, input, input.args[2], "type");
        type = DataType::as_nullable(sql::parse_type_or_schema(text));
        if (!can_cast(*DataType::variant(), *type, true)) {
            raise_mismatch(def, input, "CAST_WITHOUT_SUGGESTION",
                {{"srcType", "\"VARIANT\""}, {"targetType", quoted_type(*type)}});
        }
        input.args.pop_back();
    }
    auto args = coerce_arguments({"variant", "=string"}, def, input);
    return make_call(input, def.name, std::move(args), type, true);
}

ExprPtr bind_object(const FunctionDef& def, CallInput& input) {
    const auto& from = *input.args[0]->type;
    bool holds = from.is_nested() && can_cast(*DataType::variant(), from, true);
    if (!holds) {
        raise_mismatch(def, input, "CAST_WITHOUT_SUGGESTION",
            {{"srcType", quoted_type(from)}, {"targetType", "\"VARIANT\""}});
    }
    return make_call(input, def.name, input.args, DataType::variant(), input.args[0]->nullable);
}

}  // namespace

void register_variant(FunctionRegistry& registry) {
    FunctionGroup group(registry, "variant_funcs");
    group.scalar("parse_json", {"=string"}, "variant", "A JSON text as a VARIANT.")
        .parameters({"jsonStr"});
    group
        .scalar("try_parse_json", {"=string"}, "variant",
            "A JSON text as a VARIANT, NULL if it is malformed.")
        .nulls(Nulls::kAlways)
        .parameters({"jsonStr"});
    for (const char* name : {"variant_get", "try_variant_get"}) {
        group.custom(name, 2, 3, bind_get, "The part of a VARIANT at a path, as some type.")
            .column_name([name](const std::vector<std::string>& args) {
                return std::string(name) + "(" + args[0] + ", " + args[1] + ")";
            })
            .parameters({"v", "path", "type"});
    }
    group.scalar("is_variant_null", {"variant"}, "boolean", "Is it the null of a VARIANT?")
        .nulls(Nulls::kNever);
    group.scalar("is_valid_variant", {"variant"}, "boolean", "Do its bytes make a VARIANT?");
    group.scalar("schema_of_variant", {"variant"}, "string", "The schema of a VARIANT as DDL.");
    group.custom("to_variant_object", 1, 1, bind_object,
        "A struct, map or array as a VARIANT with objects.");
}

}  // namespace hanok::analyzer
