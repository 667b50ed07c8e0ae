// Lowerings of functions of arrays, maps and structs.

#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/collections.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using types::TypeId;

namespace {

DuckExpr is_null(DuckExpr e) {
    return duck_operator(ExpressionType::OPERATOR_IS_NULL, duck_list(std::move(e)));
}

DuckExpr typed(const resolved::Call& call, DuckExpr e) {
    return duck_cast(std::move(e), to_logical_type(*call.type));
}

DuckExpr bigint(int64_t value) {
    return duck_cast(duck_constant(duckdb::Value::BIGINT(value)), LogicalType::BIGINT);
}

DuckExpr field_of(DuckExpr child, size_t i) {
    return duck_call(
        "struct_extract", duck_list(std::move(child), text_argument(struct_field_name(i))));
}

DuckExpr array(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    return typed(call, duck_call("list_value", std::move(args)));
}

DuckExpr named_struct(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    DuckExprs fields;
    for (size_t i = 1; i < args.size(); i += 2) {
        auto field = std::move(args[i]);
        field->SetAlias(struct_field_name(i / 2));
        fields.push_back(std::move(field));
    }
    return typed(call, duck_call("struct_pack", std::move(fields)));
}

size_t ordinal_of(const resolved::Call& call) {
    return static_cast<size_t>(call.args[1]->as<resolved::Literal>().value.as_int());
}

DuckExpr struct_field(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    return field_of(std::move(args[0]), ordinal_of(call));
}

DuckExpr array_struct_fields(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    const std::string element = "field_element";
    auto body = field_of(duckdb::make_uniq<duckdb::ColumnRefExpression>(element), ordinal_of(call));
    DuckExpr lambda = duckdb::make_uniq<duckdb::LambdaExpression>(
        duckdb::vector<std::string>{element}, std::move(body));
    return typed(
        call, duck_call("list_transform", duck_list(std::move(args[0]), std::move(lambda))));
}

// DuckDB counts elements from 1, and negative positions from the end.
DuckExpr array_item(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    if (call.ansi) return value_call("spark_array_item", *call.type, std::move(args));
    auto at = duck_cast(std::move(args[1]), LogicalType::BIGINT);
    auto inside = duck_compare(ExpressionType::COMPARE_GREATERTHANOREQUALTO, at->Copy(), bigint(0));
    auto position = duck_call("+", duck_list(std::move(at), bigint(1)));
    auto item = duck_call("list_extract", duck_list(std::move(args[0]), std::move(position)));
    return typed(
        call, duck_case(std::move(inside), std::move(item), duck_constant(duckdb::Value())));
}

DuckExpr element_at(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    return value_call(
        call.ansi ? "spark_element_at" : "spark_element_at_or_null", *call.type, std::move(args));
}

DuckExpr size(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    bool is_map = call.args[0]->type->is(TypeId::kMap);
    return duck_cast(
        duck_call(is_map ? "cardinality" : "len", std::move(args)), LogicalType::INTEGER);
}

DuckExpr sequence(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    const auto& item = *call.type->element();
    if (item.is_integral()) return value_call("spark_sequence", *call.type, std::move(args));
    bool has_step = args.size() > 2;
    auto step = has_step ? std::move(args[2]) : duck_constant(duckdb::Value::INTERVAL(0, 1, 0));
    auto list = duck_list(std::move(args[0]), std::move(args[1]), std::move(step),
        text_argument(context.query.time_zone));
    // Without a step the direction follows from the bounds.
    if (!has_step) list.push_back(duck_constant(duckdb::Value::BOOLEAN(true)));
    return value_call("spark_sequence_of_instants", *call.type, std::move(list));
}

DuckExpr shuffle(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    if (args.size() < 2) {
        auto seed = duck_call(
            "*", duck_list(duck_call("random", {}), duck_constant(duckdb::Value::DOUBLE(9e15))));
        args.push_back(duck_cast(std::move(seed), LogicalType::BIGINT));
    }
    return value_call("spark_shuffle", *call.type, std::move(args));
}

// map_keys and map_values give an empty list for a NULL map.
LowerFunction of_map(const std::string& name) {
    return [name](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        auto absent = is_null(args[0]->Copy());
        auto list = duck_call(name, std::move(args));
        return typed(
            call, duck_case(std::move(absent), duck_constant(duckdb::Value()), std::move(list)));
    };
}

// concat of arrays, and whatever it already is of other types.
LowerFunction concat(const FunctionLowerings& l) {
    const auto* found = l.find_scalar("concat");
    LowerFunction other = found ? *found : nullptr;
    return [other](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        if (call.type->is(TypeId::kArray))
            return value_call("spark_array_concat", *call.type, std::move(args));
        if (other) return other(context, call, std::move(args));
        return duck_call("spark_concat", std::move(args));
    };
}

}  // namespace

std::string map_maker(const LowerContext& context, const std::string& kernel) {
    auto it = context.query.conf.find("spark.sql.mapKeyDedupPolicy");
    bool last_wins = it != context.query.conf.end() && types::to_upper(it->second) == "LAST_WIN";
    return kernel + (last_wins ? kLastWins : "");
}

void lower_collections(FunctionLowerings& l) {
    l.scalar("concat", concat(l));
    l.scalar("array", array);
    l.scalar("named_struct", named_struct);
    l.scalar("get_struct_field", struct_field);
    l.scalar("get_array_struct_fields", array_struct_fields);
    l.scalar("get_array_item", array_item);
    l.scalar("get_map_value", value_lowering("spark_map_lookup"));
    l.scalar("element_at", element_at);
    l.scalar("size", size);
    l.scalar("array_size", size);
    l.scalar("sequence", sequence);
    l.scalar("shuffle", shuffle);
    l.scalar("reverse", value_lowering("spark_array_reverse"));
    l.scalar("map_keys", of_map("map_keys"));
    l.scalar("map_values", of_map("map_values"));
    for (const char* name : {"array_append", "array_prepend", "array_insert", "array_remove",
             "array_compact", "array_distinct", "array_repeat", "array_except", "array_intersect",
             "array_union", "arrays_zip", "flatten", "slice", "sort_array", "array_sort",
             "array_contains", "array_position", "arrays_overlap", "array_join", "array_max",
             "array_min", "map_contains_key", "map_entries"}) {
        l.scalar(name, value_lowering("spark_" + std::string(name)));
    }
    for (const std::string name :
        {"map", "map_from_arrays", "map_from_entries", "map_concat", "str_to_map"}) {
        l.scalar(
            name, [name](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
                return value_call(map_maker(context, "spark_" + name), *call.type, std::move(args));
            });
    }
}

}  // namespace hanok::engine
