// Functions that make and read structs and maps.

#include "analyzer/coercion.h"
#include "analyzer/functions/array_arguments.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

ExprPtr bind_named_struct(const FunctionDef& def, CallInput& input) {
    const auto& args = input.args;
    if (args.size() % 2 != 0) raise_wrong_num_args(def.name, "2n (n > 0)", args.size());
    types::Fields fields;
    for (size_t i = 0; i < args.size(); i += 2) {
        auto name = constant_string(args[i]);
        if (!name) {
            raise_mismatch(def, input, "CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING",
                {{"inputExprs", "[" + quoted_sql(*args[i]) + "]"}});
        }
        fields.push_back({*name, args[i + 1]->type, args[i + 1]->nullable, ""});
    }
    return make_call(input, "named_struct", args, DataType::struct_(std::move(fields)), false);
}

// struct(a, b): the fields are called col1, col2, … where the arguments have no names.
ExprPtr bind_struct(const FunctionDef& def, CallInput& input) {
    Exprs named;
    for (size_t i = 0; i < input.args.size(); ++i) {
        const auto& arg = input.args[i];
        bool is_column = arg->kind == resolved::ExprKind::kAttribute;
        named.push_back(string_constant(
            is_column ? arg->as<resolved::AttributeRef>().name : "col" + std::to_string(i + 1)));
        named.push_back(arg);
    }
    input.args = std::move(named);
    return bind_named_struct(def, input);
}

void check_key(const FunctionDef& def, CallInput& input, const DataType& key) {
    if (key.is(TypeId::kMap)) {
        raise_mismatch(def, input, "INVALID_MAP_KEY_TYPE", {{"keyType", quoted_type(key)}});
    }
}

ExprPtr bind_map(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    if (args.size() % 2 != 0) raise_wrong_num_args(def.name, "2n (n > 0)", args.size());
    Exprs keys;
    Exprs values;
    for (size_t i = 0; i < args.size(); i += 2) {
        keys.push_back(args[i]);
        values.push_back(args[i + 1]);
    }
    auto common = [&](const Exprs& exprs, const char* condition) {
        std::vector<TypePtr> all;
        std::string shown;
        for (const auto& e : exprs) {
            all.push_back(e->type);
            shown += (shown.empty() ? "" : ", ") + quoted_type(*e->type);
        }
        if (all.empty()) return DataType::null();
        auto type = wider_type(all, input.context.ansi);
        if (!type) {
            raise_mismatch(def, input, condition,
                {{"functionName", quote_identifier(def.name)}, {"dataType", "[" + shown + "]"}});
        }
        return type;
    };
    auto key = common(keys, "CREATE_MAP_KEY_DIFF_TYPES");
    auto value = common(values, "CREATE_MAP_VALUE_DIFF_TYPES");
    check_key(def, input, *key);
    for (size_t i = 0; i < args.size(); ++i)
        args[i] = cast_to(args[i], i % 2 == 0 ? key : value, input.context.ansi);
    return make_call(input, "map", args, DataType::map(key, value, any_nullable(values)), false);
}

ExprPtr bind_from_arrays(const FunctionDef& def, CallInput& input) {
    auto keys = require_array(def, input, 0);
    auto values = require_array(def, input, 1);
    check_key(def, input, *keys->element());
    auto type = DataType::map(keys->element(), values->element(), values->contains_null());
    return make_call(input, def.name, input.args, type, any_nullable(input.args));
}

ExprPtr bind_from_entries(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    const auto& entry = *type->element();
    if (!entry.is(TypeId::kStruct) || entry.fields().size() != 2) {
        raise_unexpected_type(def, input, 0, "\"ARRAY\" of pair \"STRUCT\"");
    }
    check_key(def, input, *entry.fields()[0].type);
    auto map = DataType::map(
        entry.fields()[0].type, entry.fields()[1].type, entry.fields()[1].nullable);
    return make_call(
        input, def.name, input.args, map, input.args[0]->nullable || type->contains_null());
}

ExprPtr bind_concat(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    bool contains_null = false;
    for (size_t i = 0; i < args.size(); ++i)
        contains_null = require_map(def, input, i)->value_contains_null() || contains_null;
    auto string_map = DataType::map(DataType::string(), DataType::string(), false);
    auto type = args.empty() ? string_map : common_type(def, input, args);
    auto result = DataType::map(type->key(), type->value(), contains_null);
    for (auto& a : args) a = cast_to(a, result, input.context.ansi);
    return make_call(input, def.name, args, result, any_nullable(args));
}

ExprPtr bind_contains_key(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    auto map = require_map(def, input, 0);
    if (args[1]->type->is(TypeId::kNull)) {
        raise_mismatch(def, input, "NULL_TYPE", {{"functionName", quote_identifier(def.name)}});
    }
    auto key = common_key_type(map->key(), args[1]->type, input.context.ansi);
    if (!key) {
        raise_mismatch(def, input, "MAP_FUNCTION_DIFF_TYPES",
            {{"functionName", quote_identifier(def.name)}, {"dataType", "\"MAP\""},
                {"leftType", quoted_type(*map)}, {"rightType", quoted_type(*args[1]->type)}});
    }
    args[0] = cast_to(
        args[0], DataType::map(key, map->value(), map->value_contains_null()), input.context.ansi);
    args[1] = cast_to(args[1], key, input.context.ansi);
    return make_call(input, def.name, args, DataType::boolean(), true);
}

BindFunction of_map(std::function<TypePtr(const TypePtr&)> result) {
    return [result](const FunctionDef& def, CallInput& input) {
        auto type = require_map(def, input, 0);
        return make_call(input, def.name, input.args, result(type), input.args[0]->nullable);
    };
}

TypePtr entries_of(const TypePtr& map) {
    return DataType::array(DataType::struct_({{"key", map->key(), false, ""},
                               {"value", map->value(), map->value_contains_null(), ""}}),
        false);
}

}  // namespace

void register_struct_map(FunctionRegistry& registry) {
    FunctionGroup structs(registry, "struct_funcs");
    structs.custom("named_struct", 2, -1, bind_named_struct, "A struct of names and values.");
    structs.custom("struct", 0, -1, bind_struct, "A struct of the arguments.");
    FunctionGroup maps(registry, "map_funcs");
    maps.custom("map", 0, -1, bind_map, "A map of keys and values.");
    maps.custom("map_from_arrays", 2, 2, bind_from_arrays,
        "A map of an array of keys and an array of values.");
    maps.custom("map_from_entries", 1, 1, bind_from_entries, "A map of an array of pairs.");
    maps.custom("map_concat", 0, -1, bind_concat, "The entries of all maps.");
    maps.custom("map_contains_key", 2, 2, bind_contains_key, "Has the map a key?");
    maps.custom("map_entries", 1, 1, of_map(entries_of), "An array of the entries as structs.");
    maps.custom("map_keys", 1, 1,
        of_map([](const TypePtr& t) { return DataType::array(t->key()); }),
        "An array of the keys.");
    maps.custom("map_values", 1, 1,
        of_map([](const TypePtr& t) { return DataType::array(t->value()); }),
        "An array of the values.");
    maps.scalar("str_to_map", {"string", "string?=,", "string?=:"}, "map<string,string>",
        "A map of text split at delimiters.");
}

}  // namespace hanok::analyzer
