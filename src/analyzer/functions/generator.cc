// Generators: functions that make several rows (and columns) of one.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;
using types::DataType;
using types::TypeId;

namespace {

Attribute column(std::string name, types::TypePtr type, bool nullable) {
    return {resolved::AttributeId{}, std::move(name), std::move(type), nullable, {}, ""};
}

Attributes explode_columns(const FunctionDef& def, CallInput& input) {
    const auto& type = *input.args[0]->type;
    if (type.is(TypeId::kArray)) return {column("col", type.element(), type.contains_null())};
    if (type.is(TypeId::kMap)) {
        return {column("key", type.key(), false),
            column("value", type.value(), type.value_contains_null())};
    }
    raise_unexpected_type(def, input, 0, "(\"ARRAY\" or \"MAP\")");
}

Attributes posexplode_columns(const FunctionDef& def, CallInput& input) {
    Attributes out = {column("pos", DataType::integer(), false)};
    for (auto& a : explode_columns(def, input)) out.push_back(std::move(a));
    return out;
}

Attributes inline_columns(const FunctionDef& def, CallInput& input) {
    const auto& type = *input.args[0]->type;
    if (!type.is(TypeId::kArray) || !type.element()->is(TypeId::kStruct)) {
        raise_unexpected_type(def, input, 0, "\"ARRAY<STRUCT>\"");
    }
    Attributes out;
    for (const auto& f : type.element()->fields())
        out.push_back(column(f.name, f.type, f.nullable || type.contains_null()));
    return out;
}

// stack(n, v1, v2, …): n rows; column k has the types of every k-th value.
Attributes stack_columns(const FunctionDef& def, CallInput& input) {
    int64_t rows = require_int(def, input, input.args[0], "n");
    if (rows <= 0) {
        raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
            {{"exprName", "`n`"}, {"valueRange", "(0, 2147483647]"},
                {"currentValue", std::to_string(rows)}});
    }
    size_t values = input.args.size() - 1;
    size_t width = (values + static_cast<size_t>(rows) - 1) / static_cast<size_t>(rows);
    Attributes out;
    for (size_t c = 0; c < width; ++c) {
        types::TypePtr type = DataType::null();
        for (size_t i = c; i < values; i += width) {
            const auto& value = input.args[1 + i];
            if (value->type->is(TypeId::kNull)) continue;
            if (!type->is(TypeId::kNull) && !type->same_type(*value->type)) {
                raise_mismatch(def, input, "STACK_COLUMN_DIFF_TYPES",
                    {{"columnIndex", std::to_string(c)}, {"leftParamIndex", std::to_string(c + 1)},
                        {"leftType", quoted_type(*type)},
                        {"rightParamIndex", std::to_string(i + 1)},
                        {"rightType", quoted_type(*value->type)}});
            }
            type = value->type;
        }
        out.push_back(column("col" + std::to_string(c), type, true));
    }
    return out;
}

Attributes json_tuple_columns(const FunctionDef& def, CallInput& input) {
    Attributes out;
    for (size_t i = 0; i < input.args.size(); ++i) {
        if (!input.args[i]->type->is_string()) {
            raise_mismatch(
                def, input, "NON_STRING_TYPE", {{"funcName", quote_identifier(def.name)}});
        }
        if (i > 0) out.push_back(column("c" + std::to_string(i - 1), DataType::string(), true));
    }
    return out;
}

Attributes variant_columns(const FunctionDef& def, CallInput& input) {
    if (!input.args[0]->type->is(TypeId::kVariant)) {
        if (!input.args[0]->type->is(TypeId::kNull))
            raise_unexpected_type(def, input, 0, "\"VARIANT\"");
        input.args[0] = cast_to(input.args[0], DataType::variant(), true);
    }
    return {column("pos", DataType::integer(), false), column("key", DataType::string(), true),
        column("value", DataType::variant(), false)};
}

void add(FunctionRegistry& registry, const std::string& name, int min_args, int max_args,
    GenerateFunction generate, const std::string& usage, bool has_outer) {
    FunctionDef def;
    def.name = name;
    def.group = "generator_funcs";
    def.kind = FunctionKind::kGenerator;
    def.min_args = min_args;
    def.max_args = max_args;
    def.generate = std::move(generate);
    def.usage = usage;
    if (name == "explode" || name == "posexplode") def.parameter_names = {"collection"};
    if (name == "variant_explode") def.parameter_names = {"input"};
    if (has_outer) {
        FunctionDef outer = def;
        outer.name = name + "_outer";
        registry.add(std::move(outer));
    }
    registry.add(std::move(def));
}

}  // namespace

void register_generator(FunctionRegistry& registry) {
    add(registry, "explode", 1, 1, explode_columns,
        "A row for every element of an array or entry of a map.", true);
    add(registry, "posexplode", 1, 1, posexplode_columns, "As explode, with the position.", true);
    add(registry, "inline", 1, 1, inline_columns, "A row for every struct of an array.", true);
    add(registry, "stack", 2, -1, stack_columns, "Its values as n rows.", false);
    add(registry, "variant_explode", 1, 1, variant_columns,
        "A row for every element of a VARIANT array or field of an object.", true);
    add(registry, "json_tuple", 2, -1, json_tuple_columns, "Fields of a JSON object as columns.",
        false);
}

}  // namespace hanok::analyzer
