// PIVOT, of SQL and of DataFrames.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/text_table.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::ExprKind;
using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

struct PivotValue {
    ExprPtr value;
    std::string name;
};

// Aggregates of these types are computed once per group and pivot value; no rows give NULL.
bool two_phases(const DataType& t) { return t.is_numeric() || t.is(TypeId::kBoolean); }

std::string lower_null(const std::string& text) { return text == "NULL" ? "null" : text; }

ExprPtr with_filter(
    const ExprPtr& e, const ExprPtr& filter, const std::function<ExprPtr(ExprPtr, ExprPtr)>& both) {
    return resolved::transform(e, [&](const ExprPtr& node) -> ExprPtr {
        if (node->kind != ExprKind::kAggregate) return nullptr;
        auto copy = std::make_shared<resolved::Aggregate>(node->as<resolved::Aggregate>());
        copy->filter = copy->filter ? both(copy->filter, filter) : filter;
        copy->nullable = copy->nullable || copy->function != "count";
        return copy;
    });
}

}  // namespace

Rel Impl::resolve_pivot(const plan::Pivot& pivot) {
    auto child = trim(resolve(pivot.child));
    Context c;
    c.input = &child;
    TypedList columns = resolve_in(c, pivot.columns);
    ExprPtr key = columns[0].expr;
    if (columns.size() > 1) {
        resolved::Exprs parts;
        for (size_t i = 0; i < columns.size(); ++i) {
            parts.push_back(string_literal(columns[i].name));
            parts.push_back(columns[i].expr);
        }
        key = call("named_struct", std::move(parts));
    }
    if (!key->type->is_comparable_for_equality()) {
        throw analysis_error(
            "INCOMPARABLE_PIVOT_COLUMN", {{"columnName", quote_identifier(columns[0].name)}});
    }
    TypedList aggregates;
    std::vector<std::string> aliases;
    for (const auto& e : pivot.aggregates) {
        bool aliased = e->kind == plan::ExprKind::kAlias;
        aggregates.push_back(resolve_in(c, aliased ? e->as<plan::Alias>().child : e));
        aliases.push_back(aliased ? e->as<plan::Alias>().names[0] : aggregates.back().name);
        resolved::walk(*aggregates.back().expr, [](const resolved::Expression& node) {
            if (node.kind == ExprKind::kAggregate && node.as<resolved::Aggregate>().python)
                throw unsupported_error("UNSUPPORTED_FEATURE.PANDAS_UDAF_IN_PIVOT");
            return true;
        });
        if (!resolved::contains(*aggregates.back().expr, ExprKind::kAggregate)) {
            throw analysis_error("AGGREGATE_FUNCTION_REQUIRED_IN_PIVOT",
                {{"sqlExpr", quoted_sql(aggregates.back().name)}});
        }
    }
    return build_pivot(pivot, child, key, aggregates, aliases);
}

std::vector<std::pair<ExprPtr, std::string>> Impl::pivot_values(
    const plan::Pivot& pivot, const Rel& child, const ExprPtr& key) {
    std::vector<std::pair<ExprPtr, std::string>> values;
    const auto& zone = options.functions.time_zone;
    if (!pivot.values.empty()) {
        Context constants;
        for (const auto& e : pivot.values) {
            bool aliased = e->kind == plan::ExprKind::kAlias;
            auto typed = resolve_in(constants, aliased ? e->as<plan::Alias>().child : e);
            if (!resolved::is_foldable(*typed.expr))
                throw analysis_error(
                    "NON_LITERAL_PIVOT_VALUES", {{"expression", quoted_sql(typed.name)}});
            if (!can_cast(*typed.expr->type, *key->type, ansi())) {
                throw analysis_error("PIVOT_VALUE_DATA_TYPE_MISMATCH",
                    {{"value", typed.name}, {"valueType", typed.expr->type->simple_string()},
                        {"pivotType", key->type->simple_string()}});
            }
            auto name =
                aliased ? e->as<plan::Alias>().names[0]
                        : lower_null(pretty_value(fold_typed(typed.expr), *typed.expr->type, zone));
            values.emplace_back(cast_to(typed.expr, key->type, ansi()), name);
        }
        return values;
    }
    auto limit = std::stoll(conf("spark.sql.pivotMaxValues", "10000"));
    GroupingSpec spec;
    spec.expressions = {key};
    SelectItem item;
    item.column = named("value", key);
    auto distinct = build_aggregate(child, spec, {item});
    auto sorted = make_sort(distinct, {{resolved::ref(distinct.plan->output[0]), true, true}});
    auto rows = collect(sorted.plan, limit + 1);
    if (static_cast<int64_t>(rows.size()) > limit) {
        throw analysis_error("PIVOT_COLUMN_HAS_TOO_MANY_VALUES",
            {{"columnName", expression_sql(*key)}, {"maxValues", std::to_string(limit)}});
    }
    for (const auto& row : rows) {
        values.emplace_back(std::make_shared<resolved::Literal>(key->type, row[0]),
            lower_null(pretty_value(row[0], *key->type, zone)));
    }
    return values;
}

Rel Impl::build_pivot(const plan::Pivot& pivot, const Rel& child, const ExprPtr& key,
    const TypedList& aggregates, const std::vector<std::string>& aliases) {
    GroupingSpec spec;
    SelectItems items;
    auto group_by = [&](const resolved::NamedExpr& column) {
        spec.expressions.push_back(column.expr);
        SelectItem item;
        item.column = column;
        items.push_back(std::move(item));
    };
    if (pivot.is_dataframe || !pivot.grouping.empty()) {
        for (auto& item : resolve_select_list(pivot.grouping, child, "")) group_by(item.column);
    } else {
        // SQL: every column that neither the pivot nor an aggregate uses.
        auto used = resolved::references(*key);
        for (const auto& a : aggregates) used.merge(resolved::references(*a.expr));
        for (const auto& a : child.scope) {
            if (!used.count(a.id)) group_by(pass_column(a));
        }
    }
    auto values = pivot_values(pivot, child, key);
    bool phases = std::all_of(aggregates.begin(), aggregates.end(),
        [](const Typed& a) { return two_phases(*a.expr->type); });
    auto name_of = [&](const std::string& value, size_t aggregate) {
        return aggregates.size() == 1 ? value : value + "_" + aliases[aggregate];
    };
    auto both = [&](const ExprPtr& a, const ExprPtr& b) { return call("and", {a, b}); };
    auto add = [&](SelectItems& list, const std::string& name, const ExprPtr& e) {
        SelectItem item;
        item.column = named(name, e);
        item.column.attribute.nullable = true;
        list.push_back(std::move(item));
    };
    if (!phases) {
        for (const auto& [value, name] : values) {
            auto matches = call("<=>", {key, value});
            for (size_t i = 0; i < aggregates.size(); ++i) {
                add(items, name_of(name, i), with_filter(aggregates[i].expr, matches, both));
            }
        }
        return build_aggregate(child, std::move(spec), std::move(items));
    }
    // One row a group and pivot value, then the rows of a group side by side.
    GroupingSpec inner = spec;
    inner.expressions.push_back(key);
    SelectItems first = items;
    add(first, "_pivot", key);
    for (size_t i = 0; i < aggregates.size(); ++i) add(first, aliases[i], aggregates[i].expr);
    auto grouped = build_aggregate(child, std::move(inner), std::move(first));
    const auto& columns = grouped.plan->output;
    size_t keys = items.size();
    GroupingSpec outer;
    SelectItems second;
    for (size_t i = 0; i < keys; ++i) {
        outer.expressions.push_back(resolved::ref(columns[i]));
        SelectItem item;
        item.column = pass_column(columns[i]);
        second.push_back(std::move(item));
    }
    for (const auto& [value, name] : values) {
        auto matches = call("<=>", {resolved::ref(columns[keys]), value});
        for (size_t i = 0; i < aggregates.size(); ++i) {
            auto one = aggregate("first", {resolved::ref(columns[keys + 1 + i])});
            add(second, name_of(name, i), with_filter(one, matches, both));
        }
    }
    return build_aggregate(grouped, std::move(outer), std::move(second));
}

}  // namespace hanok::analyzer
