#include "base/error.h"
#include "engine/lowering/keys.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/plan_shape.h"
#include "engine/types/logical_types.h"
#include "resolved/tree.h"

namespace hanok::engine {

using resolved::PlanKind;

namespace {

DuckExpr bigint(int64_t value) { return duck_constant(duckdb::Value::BIGINT(value)); }

}  // namespace

// The relation below a filter, and the filter's condition; stacked filters become one condition.
DuckTable Lowering::lower_filtered_table(const resolved::PlanPtr& plan, DuckExpr* where) {
    DuckExprs conditions;
    const resolved::Plan* below = plan.get();
    while (below->kind == PlanKind::kFilter) {
        const auto& filter = below->as<resolved::Filter>();
        Visible visible(*this, {&filter.child->output});
        conditions.push_back(lower_expression(*filter.condition));
        below = filter.child.get();
    }
    if (conditions.size() == 1) *where = std::move(conditions[0]);
    if (conditions.size() > 1) {
        // The innermost filter guards the others.
        std::reverse(conditions.begin(), conditions.end());
        *where = duckdb::make_uniq<duckdb::ConjunctionExpression>(
            duckdb::ExpressionType::CONJUNCTION_AND, std::move(conditions));
    }
    return lower_table(*below);
}

DuckTable Lowering::lower_hoisted(DuckTable table, const resolved::Attributes& below,
    Hoisted& hoisted, resolved::Attributes* visible) {
    *visible = below;
    for (auto& level : hoisted.levels) {
        auto node = duckdb::make_uniq<duckdb::SelectNode>();
        node->from_table = std::move(table);
        if (!visible->empty()) select_columns(*visible, node.get());
        Visible guard(*this, {visible});
        for (const auto& column : level)
            node->select_list.push_back(
                named(lower_expression(*column.expr), column_name(column.attribute.id)));
        for (const auto& column : level) visible->push_back(column.attribute);
        table = as_table(std::move(node));
    }
    return table;
}

DuckNode Lowering::lower_project(const resolved::Project& project) {
    auto merged = merge_projects(project);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    Hoisted hoisted;
    for (auto& column : merged.columns) {
        if (expression_height(*column.expr) > kMaxHeight)
            column.expr = hoist_deep_parts(column.expr, kMaxHeight, &hoisted, &next_hoisted_);
    }
    resolved::Attributes visible_columns;
    if (hoisted.levels.empty()) {
        visible_columns = merged.child->output;
        node->from_table = lower_filtered_table(merged.child, &node->where_clause);
    } else {
        node->from_table = lower_hoisted(
            lower_table(*merged.child), merged.child->output, hoisted, &visible_columns);
    }
    Visible visible(*this, {&visible_columns});
    for (const auto& column : merged.columns) {
        auto lowered = lower_expression(*column.expr);
        // DuckDB folds a call that gives NULL to a NULL without a type.
        if (column.expr->nullable && resolved::is_foldable(*column.expr))
            lowered = duck_cast(std::move(lowered), to_logical_type(*column.expr->type));
        node->select_list.push_back(named(std::move(lowered), column_name(column.attribute.id)));
    }
    if (node->select_list.empty()) select_columns({}, node.get());
    return node;
}

DuckNode Lowering::lower_filter(const resolved::Filter& filter) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    Hoisted hoisted;
    auto condition = filter.condition;
    if (expression_height(*condition) > 2 * kMaxHeight)
        condition = hoist_deep_parts(condition, kMaxHeight, &hoisted, &next_hoisted_);
    if (hoisted.levels.empty()) {
        // Not to be copied: the tree may be deep.
        resolved::PlanPtr self(resolved::PlanPtr(), &filter);
        node->from_table = lower_filtered_table(self, &node->where_clause);
    } else {
        resolved::Attributes visible_columns;
        node->from_table = lower_hoisted(
            lower_table(*filter.child), filter.child->output, hoisted, &visible_columns);
        Visible visible(*this, {&visible_columns});
        node->where_clause = lower_expression(*condition);
    }
    select_columns(filter.output, node.get());
    return node;
}

DuckNode Lowering::lower_sort(const resolved::Sort& sort) {
    // Sorting within partitions: there is one partition.
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(sort.child, &node->where_clause);
    select_columns(sort.output, node.get());
    Visible visible(*this, {&sort.child->output});
    auto orders = lower_orders(sort.order);
    if (!orders.empty()) {
        auto modifier = duckdb::make_uniq<duckdb::OrderModifier>();
        modifier->orders = std::move(orders);
        node->modifiers.push_back(std::move(modifier));
    }
    return node;
}

DuckNode Lowering::lower_limit(const resolved::Limit& limit) {
    auto modifier = duckdb::make_uniq<duckdb::LimitModifier>();
    if (limit.limit) modifier->limit = bigint(*limit.limit);
    if (limit.offset > 0) modifier->offset = bigint(limit.offset);
    // A sort below takes the limit itself (top-N).
    if (limit.child->kind == PlanKind::kSort) {
        auto node = lower_sort(limit.child->as<resolved::Sort>());
        node->modifiers.push_back(std::move(modifier));
        return node;
    }
    // A recursion right below goes no further than that.
    const auto* below = limit.child.get();
    while (below->kind == PlanKind::kProject) below = below->as<resolved::Project>().child.get();
    if (below->kind == PlanKind::kRecursiveCte && limit.limit)
        recursion_rows_ = *limit.limit + limit.offset;
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(limit.child, &node->where_clause);
    recursion_rows_.reset();
    select_columns(limit.output, node.get());
    node->modifiers.push_back(std::move(modifier));
    return node;
}

namespace {

DuckExpr row_number_over_all() {
    auto window = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_ROW_NUMBER, INVALID_CATALOG, INVALID_SCHEMA, "row_number");
    window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    window->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    return window;
}

DuckExpr count_over_all() {
    auto window = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_AGGREGATE, INVALID_CATALOG, INVALID_SCHEMA, "count_star");
    window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    window->end = duckdb::WindowBoundary::UNBOUNDED_FOLLOWING;
    return window;
}

DuckExpr column_ref(const std::string& name) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

}  // namespace

DuckNode Lowering::lower_tail(const resolved::Tail& tail) {
    auto numbered = duckdb::make_uniq<duckdb::SelectNode>();
    numbered->from_table = lower_table(*tail.child);
    select_columns(tail.child->output, numbered.get());
    numbered->select_list.push_back(named(row_number_over_all(), "tail_row"));
    numbered->select_list.push_back(named(count_over_all(), "tail_rows"));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = as_table(std::move(numbered));
    select_columns(tail.output, node.get());
    node->where_clause = duck_compare(duckdb::ExpressionType::COMPARE_GREATERTHAN,
        column_ref("tail_row"),
        duck_call("-", duck_list(column_ref("tail_rows"), bigint(tail.limit))));
    auto modifier = duckdb::make_uniq<duckdb::OrderModifier>();
    modifier->orders.emplace_back(
        duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_FIRST, column_ref("tail_row"));
    node->modifiers.push_back(std::move(modifier));
    return node;
}

DuckNode Lowering::lower_distinct(const resolved::Distinct& distinct) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(distinct.child, &node->where_clause);
    select_columns(distinct.output, node.get());
    auto modifier = duckdb::make_uniq<duckdb::DistinctModifier>();
    bool keyed = false;
    for (const auto& attribute : distinct.child->output)
        keyed = keyed || needs_key(*attribute.type);
    if (keyed) {
        Visible visible(*this, {&distinct.child->output});
        for (const auto& attribute : distinct.child->output)
            modifier->distinct_on_targets.push_back(lower_key(resolved::AttributeRef(attribute)));
    }
    node->modifiers.push_back(std::move(modifier));
    return node;
}

DuckNode Lowering::lower_deduplicate(const resolved::Deduplicate& deduplicate) {
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_filtered_table(deduplicate.child, &node->where_clause);
    select_columns(deduplicate.output, node.get());
    Visible visible(*this, {&deduplicate.child->output});
    if (deduplicate.keys.empty()) {
        auto first = duckdb::make_uniq<duckdb::LimitModifier>();
        first->limit = bigint(1);
        node->modifiers.push_back(std::move(first));
        return node;
    }
    auto modifier = duckdb::make_uniq<duckdb::DistinctModifier>();
    for (const auto& key : deduplicate.keys)
        modifier->distinct_on_targets.push_back(lower_key(*key));
    node->modifiers.push_back(std::move(modifier));
    return node;
}

namespace {

// A number in [0, 1) for a row of a seed: the same in every run over the same rows.
DuckExpr row_fraction(const std::string& row, int64_t seed) {
    auto hash = duck_call("hash", duck_list(column_ref(row), bigint(seed)));
    auto bits = duck_call(
        ">>", duck_list(std::move(hash), duck_constant(duckdb::Value::UBIGINT(11))));
    return duck_call("/", duck_list(duck_cast(std::move(bits), duckdb::LogicalType::DOUBLE),
                              duck_constant(duckdb::Value::DOUBLE(9007199254740992.0))));
}

// How often a row is taken when sampling with replacement: Poisson with the mean `fraction`, by
// inversion.
DuckExpr poisson_count(const std::string& uniform, double fraction) {
    auto count = duckdb::make_uniq<duckdb::CaseExpression>();
    double term = std::exp(-fraction);
    double sum = term;
    int64_t k = 0;
    while (sum < 1 - 1e-12 && k < 1000) {
        duckdb::CaseCheck check;
        check.when_expr = duck_compare(duckdb::ExpressionType::COMPARE_LESSTHAN,
            column_ref(uniform), duck_constant(duckdb::Value::DOUBLE(sum)));
        check.then_expr = bigint(k);
        count->case_checks.push_back(std::move(check));
        ++k;
        term *= fraction / static_cast<double>(k);
        sum += term;
    }
    count->else_expr = bigint(k);
    if (count->case_checks.empty()) return bigint(k);
    return count;
}

}  // namespace

DuckNode Lowering::lower_sample(const resolved::Sample& sample) {
    if (sample.rows) {
        auto node = duckdb::make_uniq<duckdb::SelectNode>();
        node->from_table = lower_table(*sample.child);
        select_columns(sample.output, node.get());
        auto first = duckdb::make_uniq<duckdb::LimitModifier>();
        first->limit = bigint(*sample.rows);
        node->modifiers.push_back(std::move(first));
        return node;
    }
    auto numbered = duckdb::make_uniq<duckdb::SelectNode>();
    numbered->from_table = lower_table(*sample.child);
    select_columns(sample.child->output, numbered.get());
    numbered->select_list.push_back(named(row_number_over_all(), "sample_row"));
    auto drawn = duckdb::make_uniq<duckdb::SelectNode>();
    drawn->from_table = as_table(std::move(numbered));
    select_columns(sample.child->output, drawn.get());
    drawn->select_list.push_back(named(row_fraction("sample_row", sample.seed), "sample_draw"));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = as_table(std::move(drawn));
    select_columns(sample.output, node.get());
    if (sample.with_replacement) {
        auto copies = duck_call("range", duck_list(poisson_count("sample_draw", sample.fraction)));
        node->select_list.push_back(
            named(duck_call("unnest", duck_list(std::move(copies))), "sample_copy"));
        auto outer = duckdb::make_uniq<duckdb::SelectNode>();
        outer->from_table = as_table(std::move(node));
        select_columns(sample.output, outer.get());
        return outer;
    }
    auto bound = [&](duckdb::ExpressionType type, double value) {
        return duck_compare(
            type, column_ref("sample_draw"), duck_constant(duckdb::Value::DOUBLE(value)));
    };
    node->where_clause = duckdb::make_uniq<duckdb::ConjunctionExpression>(
        duckdb::ExpressionType::CONJUNCTION_AND,
        bound(duckdb::ExpressionType::COMPARE_GREATERTHANOREQUALTO, sample.lower),
        bound(duckdb::ExpressionType::COMPARE_LESSTHAN, sample.lower + sample.fraction));
    return node;
}

}  // namespace hanok::engine
