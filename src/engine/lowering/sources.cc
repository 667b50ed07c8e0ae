#include <duckdb/parser/tableref/column_data_ref.hpp>

#include "base/error.h"
#include "engine/io/scan.h"
#include "engine/lowering/arrow_source.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/range_scan.h"
#include "engine/lowering/row_metadata.h"
#include "engine/scan_sources.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

bool same_source(const resolved::ScanSource& a, const resolved::ScanSource& b) {
    if (&a == &b) return true;
    const auto* left = dynamic_cast<const DeltaScanSource*>(&a);
    const auto* right = dynamic_cast<const DeltaScanSource*>(&b);
    return left && right && left->snapshot == right->snapshot && !left->only_files &&
           !right->only_files;
}

bool reads_the_same(const resolved::Scan& a, const resolved::Scan& b) {
    if (!same_source(*a.source, *b.source) || a.columns != b.columns) return false;
    for (size_t i = 0; i < a.output.size(); ++i) {
        if (!a.output[i].type->equals(*b.output[i].type)) return false;
    }
    return true;
}

}  // namespace

DuckTable Lowering::lower_scan_ref(const resolved::Scan& scan) {
    if (auto expanded = with_row_metadata(scan, &next_hoisted_)) {
        result_.keep_alive.push_back(expanded);
        return as_table(lower_node(*expanded));
    }
    std::vector<std::string> names;
    for (const auto& attribute : scan.output) names.push_back(column_name(attribute.id));
    for (const auto& [other, ref] : scans_) {
        if (!reads_the_same(*other, scan)) continue;
        auto copy = ref->Copy();
        copy->alias = next_table_name();
        copy->column_name_alias = {names.begin(), names.end()};
        return copy;
    }
    auto ref = lower_scan(context_, scan, next_table_name(), names);
    scans_.emplace_back(&scan, ref->Copy());
    return ref;
}

DuckNode Lowering::lower_scan_node(const resolved::Scan& scan) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_scan_ref(scan);
    select_columns(scan.output, node.get());
    return node;
}

DuckNode Lowering::lower_values(const resolved::Values& values) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    if (values.rows.empty() || values.output.empty()) {
        auto none = duckdb::make_uniq<duckdb::SelectNode>();
        none->from_table = duckdb::make_uniq<duckdb::EmptyTableRef>();
        for (const auto& attribute : values.output) {
            none->select_list.push_back(
                named(duck_cast(duck_constant(duckdb::Value()), to_logical_type(*attribute.type)),
                    column_name(attribute.id)));
        }
        if (none->select_list.empty()) select_columns({}, none.get());
        if (values.rows.empty()) none->where_clause = duck_constant(duckdb::Value::BOOLEAN(false));
        return none;
    }
    auto list = duckdb::make_uniq<duckdb::ExpressionListRef>();
    list->alias = next_table_name();
    for (const auto& attribute : values.output) {
        list->expected_types.push_back(to_logical_type(*attribute.type));
        list->expected_names.push_back(column_name(attribute.id));
    }
    for (const auto& row : values.rows) {
        DuckExprs items;
        for (const auto& item : row) {
            if (item->kind == resolved::ExprKind::kLiteral)
                items.push_back(duck_constant(
                    to_duckdb_value(item->as<resolved::Literal>().value, *item->type)));
            else
                items.push_back(lower_expression(*item));
        }
        list->values.push_back(std::move(items));
    }
    node->from_table = std::move(list);
    select_columns(values.output, node.get());
    return node;
}

namespace {

uint64_t row_count(const resolved::Range& range) {
    auto distance = static_cast<types::Int128>(range.end) - range.start;
    types::Int128 step = range.step;
    if (step == 0 || distance == 0 || (distance > 0) != (step > 0)) return 0;
    return static_cast<uint64_t>((distance + step - (step > 0 ? 1 : -1)) / step);
}

}  // namespace

DuckNode Lowering::lower_range(const resolved::Range& range) {
    auto bigint = [](int64_t value) { return duck_constant(duckdb::Value::BIGINT(value)); };
    auto rows = duck_constant(duckdb::Value::UBIGINT(row_count(range)));
    auto function = duckdb::make_uniq<duckdb::TableFunctionRef>();
    function->function = duck_call(
        kRangeFunction, duck_list(bigint(range.start), std::move(rows), bigint(range.step)));
    function->alias = next_table_name();
    function->column_name_alias = {column_name(range.output.at(0).id)};
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(function);
    select_columns(range.output, node.get());
    return node;
}

DuckNode Lowering::lower_local_data(const resolved::LocalData& data) {
    std::vector<types::TypePtr> types;
    for (const auto& attribute : data.output) types.push_back(attribute.type);
    auto source = ArrowSource::decode(data.arrow_streams, types);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    if (source->empty()) {
        resolved::Values none;
        none.output = data.output;
        return lower_values(none);
    }
    node->from_table = source->scan(next_table_name());
    for (size_t i = 0; i < data.output.size(); ++i) {
        auto raw = duckdb::make_uniq<duckdb::ColumnRefExpression>("a" + std::to_string(i));
        node->select_list.push_back(named(
            duck_cast(std::move(raw), to_logical_type(*types[i])), column_name(data.output[i].id)));
    }
    if (node->select_list.empty()) select_columns({}, node.get());
    result_.keep_alive.push_back(std::move(source));
    return node;
}

DuckNode Lowering::lower_cached(const resolved::Cached& cached) {
    auto rows = instance_.materialized(cached.cache_key);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    if (!rows) {
        if (!cached.child)
            throw runtime_error(
                "HANOK_ENGINE_RESTARTED", {{"message", "checkpointed rows are gone"}});
        node->from_table = lower_table(*cached.child);
        for (size_t i = 0; i < cached.output.size(); ++i)
            node->select_list.push_back(
                named(column(cached.child->output[i].id), column_name(cached.output[i].id)));
        if (node->select_list.empty()) select_columns({}, node.get());
        return node;
    }
    duckdb::vector<std::string> names;
    for (const auto& attribute : cached.output) names.push_back(column_name(attribute.id));
    // Scans only read the collection.
    auto ref = duckdb::make_uniq<duckdb::ColumnDataRef>(
        duckdb::optionally_owned_ptr<duckdb::ColumnDataCollection>(*rows->rows), std::move(names));
    ref->alias = next_table_name();
    result_.keep_alive.push_back(rows);
    node->from_table = std::move(ref);
    select_columns(cached.output, node.get());
    return node;
}

}  // namespace hanok::engine
