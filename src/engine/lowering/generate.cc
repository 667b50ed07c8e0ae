#include <unordered_set>

#include "base/error.h"
#include "engine/functions/cast.h"
#include "engine/lowering/lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

DuckExpr column_ref(const std::string& name) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

DuckExpr unnest(DuckExpr list) { return duck_call("unnest", duck_list(std::move(list))); }

// The lists whose elements, side by side, are the generated columns (in DuckDB, UNNESTs of one
// SELECT go in step).
struct Lists {
    std::vector<DuckExpr> computed;  // computed once per row, below
    // One for each generated column, over column_ref(list_name(i)): a list.
    std::vector<DuckExpr> columns;
    DuckExpr length;  // of the lists
    bool never_empty = false;
};

std::string list_name(size_t i) { return "g" + std::to_string(i); }

DuckExpr positions(DuckExpr length) { return duck_call("range", duck_list(std::move(length))); }

Lists explode_lists(const resolved::Generate& generate, DuckExprs args, bool with_position) {
    Lists lists;
    lists.computed.push_back(std::move(args[0]));
    auto source = [] { return column_ref(list_name(0)); };
    if (generate.args[0]->type->is(types::TypeId::kMap)) {
        lists.length = duck_call("cardinality", duck_list(source()));
        if (with_position)
            lists.columns.push_back(
                positions(duck_cast(lists.length->Copy(), duckdb::LogicalType::BIGINT)));
        lists.columns.push_back(duck_call("map_keys", duck_list(source())));
        lists.columns.push_back(duck_call("map_values", duck_list(source())));
        return lists;
    }
    lists.length = duck_call("len", duck_list(source()));
    if (with_position) lists.columns.push_back(positions(duck_call("len", duck_list(source()))));
    lists.columns.push_back(source());
    return lists;
}

// stack(n, …): column j holds the arguments j, j + width, …; missing ones are NULL.
Lists stack_lists(const resolved::Generate& generate, DuckExprs args) {
    Lists lists;
    lists.never_empty = true;
    size_t width = generate.generated.size();
    if (width == 0 || args.size() < 2) throw internal_error("stack without columns");
    size_t rows = (args.size() - 1 + width - 1) / width;
    if (generate.args[0]->kind == resolved::ExprKind::kLiteral)
        rows = static_cast<size_t>(generate.args[0]->as<resolved::Literal>().value.as_int());
    for (size_t column = 0; column < width; ++column) {
        auto type = to_logical_type(*generate.generated[column].type);
        DuckExprs items;
        for (size_t row = 0; row < rows; ++row) {
            size_t at = 1 + row * width + column;
            items.push_back(at < args.size() ? duck_cast(std::move(args[at]), type)
                                             : duck_cast(duck_constant(duckdb::Value(type)), type));
        }
        lists.columns.push_back(duck_call("list_value", std::move(items)));
    }
    return lists;
}

// A list of structs: its fields are the columns.
Lists struct_lists(DuckExpr list) {
    Lists lists;
    lists.computed.push_back(std::move(list));
    lists.length = duck_call("len", duck_list(column_ref(list_name(0))));
    lists.columns.push_back(column_ref(list_name(0)));
    return lists;
}

// [NULL] in the place of an empty list.
DuckExpr at_least_one(DuckExpr list, const DuckExpr& length) {
    DuckExprs null_item;
    null_item.push_back(duck_constant(duckdb::Value()));
    auto empty = duck_operator(duckdb::ExpressionType::OPERATOR_COALESCE,
        duck_list(duck_compare(duckdb::ExpressionType::COMPARE_EQUAL, length->Copy(),
                      duck_constant(duckdb::Value::INTEGER(0))),
            duck_constant(duckdb::Value::BOOLEAN(true))));
    return duck_case(
        std::move(empty), duck_call("list_value", std::move(null_item)), std::move(list));
}

}  // namespace

DuckNode Lowering::lower_generate(const resolved::Generate& generate) {
    static const std::unordered_set<std::string> kStructLists = {"inline", "inline_outer"};
    const auto& name = generate.function;
    // The arguments, once per row.
    auto inner = duckdb::make_uniq<duckdb::SelectNode>();
    inner->from_table = lower_filtered_table(generate.child, &inner->where_clause);
    if (!generate.child->output.empty()) select_columns(generate.child->output, inner.get());
    Lists lists;
    bool from_struct = false;
    bool outer = generate.outer || name.ends_with("_outer");
    {
        Visible visible(*this, {&generate.child->output});
        auto args = lower_list(generate.args);
        if (name == "explode" || name == "explode_outer") {
            lists = explode_lists(generate, std::move(args), false);
        } else if (name == "posexplode" || name == "posexplode_outer") {
            lists = explode_lists(generate, std::move(args), true);
        } else if (name == "stack") {
            lists = stack_lists(generate, std::move(args));
        } else if (kStructLists.contains(name)) {
            lists = struct_lists(std::move(args[0]));
            from_struct = true;
        } else if (const auto* lower = FunctionLowerings::builtin().find_generator(name)) {
            std::vector<types::TypePtr> types;
            for (const auto& attribute : generate.generated) types.push_back(attribute.type);
            lists = struct_lists((*lower)(context_, name, generate.args, types, std::move(args)));
            from_struct = true;
        } else {
            throw unsupported_feature("the generator " + name);
        }
    }
    for (size_t i = 0; i < lists.computed.size(); ++i)
        inner->select_list.push_back(named(std::move(lists.computed[i]), list_name(i)));
    bool stack = lists.computed.empty();
    auto expanded = duckdb::make_uniq<duckdb::SelectNode>();
    if (stack) {
        // The lists refer to the child's columns themselves.
        for (size_t i = 0; i < lists.columns.size(); ++i) {
            inner->select_list.push_back(named(std::move(lists.columns[i]), list_name(i)));
            lists.columns[i] = column_ref(list_name(i));
        }
    }
    expanded->from_table = as_table(std::move(inner));
    if (!generate.child->output.empty()) select_columns(generate.child->output, expanded.get());
    for (size_t i = 0; i < lists.columns.size(); ++i) {
        auto list = std::move(lists.columns[i]);
        if (outer && !lists.never_empty) list = at_least_one(std::move(list), lists.length);
        expanded->select_list.push_back(named(unnest(std::move(list)), "u" + std::to_string(i)));
    }
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = as_table(std::move(expanded));
    if (!generate.child->output.empty()) select_columns(generate.child->output, node.get());
    for (size_t i = 0; i < generate.generated.size(); ++i) {
        const auto& attribute = generate.generated[i];
        DuckExpr value;
        if (from_struct) {
            value = duck_call("struct_extract",
                duck_list(column_ref("u0"), duck_constant(duckdb::Value(struct_field_name(i)))));
        } else {
            value = column_ref("u" + std::to_string(i));
        }
        bool position = i == 0 && name.starts_with("posexplode");
        if (position) value = duck_cast(std::move(value), duckdb::LogicalType::INTEGER);
        node->select_list.push_back(named(std::move(value), column_name(attribute.id)));
    }
    return node;
}

}  // namespace hanok::engine
