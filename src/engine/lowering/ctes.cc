#include <algorithm>

#include "base/error.h"
#include "engine/lowering/lowering.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

DuckTable table_named(const std::string& name, const std::string& alias) {
    auto ref = duckdb::make_uniq<duckdb::BaseTableRef>();
    ref->table_name = name;
    ref->alias = alias;
    return ref;
}

DuckExpr column_ref(const std::string& name) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

duckdb::unique_ptr<duckdb::CommonTableExpressionInfo> cte_info(
    DuckNode node, bool is_kept = false) {
    auto info = duckdb::make_uniq<duckdb::CommonTableExpressionInfo>();
    if (is_kept) info->materialized = duckdb::CTEMaterialize::CTE_MATERIALIZE_ALWAYS;
    info->query = duckdb::make_uniq<duckdb::SelectStatement>();
    info->query->node = std::move(node);
    return info;
}

// Rows that are numbered in no order would get other numbers when they are made again.
bool numbers_rows(const resolved::Plan& plan) {
    if (plan.kind != resolved::PlanKind::kWindow) return false;
    const auto& columns = plan.as<resolved::WindowPlan>().columns;
    return std::any_of(columns.begin(), columns.end(), [](const resolved::NamedExpr& column) {
        const auto& window = column.expr->as<resolved::Window>();
        return window.function == "row_number" && window.order_by.empty();
    });
}

// `value`, or the error raised when `condition` holds.
DuckExpr checked(
    DuckExpr condition, const Error& error, DuckExpr value, const duckdb::LogicalType& type) {
    auto raise = duck_call("error", duck_list(duck_constant(duckdb::Value(error.encode()))));
    return duck_case(std::move(condition), duck_cast(std::move(raise), type), std::move(value));
}

DuckExpr bigint(int64_t value) { return duck_constant(duckdb::Value::BIGINT(value)); }

constexpr const char* kLevel = "recursion_level";
constexpr const char* kRows = "recursion_rows";

}  // namespace

DuckNode Lowering::lower_with_cte(const resolved::WithCte& with) {
    // DuckDB decides whether to inline a definition or to materialise it, but for those kept.
    std::vector<DuckNode> definitions;
    std::vector<std::string> tables;
    for (const auto& definition : with.definitions) {
        auto node = lower_node(*definition.plan);
        Cte cte;
        cte.table = "w" + std::to_string(definition.id) + "_" + std::to_string(next_table_++);
        for (const auto& attribute : definition.plan->output)
            cte.columns.push_back(column_name(attribute.id));
        tables.push_back(cte.table);
        definitions.push_back(std::move(node));
        ctes_[definition.id] = std::move(cte);
    }
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = lower_table(*with.child);
    select_columns(with.child->output, node.get());
    for (size_t i = 0; i < definitions.size(); ++i) {
        bool is_kept = numbers_rows(*with.definitions[i].plan);
        node->cte_map.map.insert(tables[i], cte_info(std::move(definitions[i]), is_kept));
    }
    return node;
}

DuckNode Lowering::lower_cte_ref(const resolved::CteRef& ref) {
    auto found = ctes_.find(ref.cte_id);
    if (found == ctes_.end()) throw internal_error("no CTE " + std::to_string(ref.cte_id));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = table_named(found->second.table, next_table_name());
    for (size_t i = 0; i < ref.output.size(); ++i)
        node->select_list.push_back(
            named(column_ref(found->second.columns[i]), column_name(ref.output[i].id)));
    if (node->select_list.empty()) select_columns({}, node.get());
    return node;
}

// Raises once the recursion has given more rows than it may.
DuckNode Lowering::limit_recursion(
    const resolved::RecursiveCte& cte, duckdb::unique_ptr<duckdb::SelectNode> node) {
    auto number = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_ROW_NUMBER, INVALID_CATALOG, INVALID_SCHEMA, "row_number");
    number->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    number->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    node->select_list.push_back(named(std::move(number), "recursion_row"));
    auto limited = duckdb::make_uniq<duckdb::SelectNode>();
    limited->from_table = as_table(std::move(node));
    select_columns(cte.output, limited.get());
    auto error = runtime_error(
        "RECURSION_ROW_LIMIT_EXCEEDED", {{"rowLimit", std::to_string(cte.max_rows)}});
    auto too_many = duck_compare(duckdb::ExpressionType::COMPARE_GREATERTHAN,
        column_ref("recursion_row"), bigint(cte.max_rows));
    limited->where_clause = checked(std::move(too_many), error,
        duck_constant(duckdb::Value::BOOLEAN(true)), duckdb::LogicalType::BOOLEAN);
    return limited;
}

namespace {

DuckExpr rows_of_step() {
    auto count = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_AGGREGATE, INVALID_CATALOG, INVALID_SCHEMA, "count_star");
    count->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    count->end = duckdb::WindowBoundary::UNBOUNDED_FOLLOWING;
    return count;
}

DuckExpr more_wanted(int64_t rows, DuckExpr so_far) {
    return duck_compare(duckdb::ExpressionType::COMPARE_LESSTHAN, std::move(so_far), bigint(rows));
}

// One row: the level of the step to come, or an error when that is too deep, and how many rows the
// steps before it gave.
duckdb::unique_ptr<duckdb::SelectNode> next_level(
    const resolved::RecursiveCte& cte, std::optional<int64_t> rows_wanted, DuckTable reference) {
    auto level = duckdb::make_uniq<duckdb::SelectNode>();
    level->from_table = std::move(reference);
    auto next = duck_call(
        "+", duck_list(duck_call("max", duck_list(column_ref(kLevel))), bigint(1)));
    auto rows = duck_call("max", duck_list(column_ref(kRows)));
    auto too_deep = duck_compare(
        duckdb::ExpressionType::COMPARE_GREATERTHAN, next->Copy(), bigint(cte.max_recursion));
    if (rows_wanted) {
        too_deep = duckdb::make_uniq<duckdb::ConjunctionExpression>(
            duckdb::ExpressionType::CONJUNCTION_AND, std::move(too_deep),
            more_wanted(*rows_wanted, rows->Copy()));
    }
    auto error = runtime_error(
        "RECURSION_LEVEL_LIMIT_EXCEEDED", {{"levelLimit", std::to_string(cte.max_recursion)}});
    if (cte.max_recursion >= 0)
        next = checked(std::move(too_deep), error, std::move(next), duckdb::LogicalType::BIGINT);
    level->select_list.push_back(named(std::move(next), "next_level"));
    if (rows_wanted) level->select_list.push_back(named(std::move(rows), "rows_before"));
    return level;
}

}  // namespace

DuckNode Lowering::lower_recursive_cte(const resolved::RecursiveCte& cte) {
    auto rows_wanted = std::exchange(recursion_rows_, std::nullopt);
    if (!cte.all) rows_wanted.reset();
    Cte reference;
    reference.table = "r" + std::to_string(cte.cte_id) + "_" + std::to_string(next_table_++);
    for (const auto& attribute : cte.output) reference.columns.push_back(column_name(attribute.id));
    auto saved = ctes_.find(cte.cte_id) == ctes_.end() ? Cte{} : ctes_[cte.cte_id];

    // The level stands in a column of its own, except where rows are compared (UNION).
    auto anchor = duckdb::make_uniq<duckdb::SelectNode>();
    anchor->from_table = lower_table(*cte.anchor);
    for (size_t i = 0; i < cte.output.size(); ++i)
        anchor->select_list.push_back(
            named(column(cte.anchor->output[i].id), reference.columns[i]));
    if (cte.all) anchor->select_list.push_back(named(bigint(0), kLevel));
    if (rows_wanted) anchor->select_list.push_back(named(rows_of_step(), kRows));

    ctes_[cte.cte_id] = reference;
    auto step = duckdb::make_uniq<duckdb::SelectNode>();
    auto step_table = lower_table(*cte.recursion);
    ctes_[cte.cte_id] = saved;
    if (cte.all) {
        auto cross = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::CROSS);
        cross->left = std::move(step_table);
        cross->right = as_table(
            next_level(cte, rows_wanted, table_named(reference.table, next_table_name())));
        step_table = std::move(cross);
    }
    if (rows_wanted) step->where_clause = more_wanted(*rows_wanted, column_ref("rows_before"));
    step->from_table = std::move(step_table);
    for (size_t i = 0; i < cte.output.size(); ++i) {
        auto value = duck_cast(
            column(cte.recursion->output[i].id), to_logical_type(*cte.output[i].type));
        step->select_list.push_back(named(std::move(value), reference.columns[i]));
    }
    if (cte.all) step->select_list.push_back(named(column_ref("next_level"), kLevel));
    if (rows_wanted) {
        auto rows = duck_call("+", duck_list(column_ref("rows_before"), rows_of_step()));
        step->select_list.push_back(named(std::move(rows), kRows));
    }

    auto recursive = duckdb::make_uniq<duckdb::RecursiveCTENode>();
    recursive->ctename = reference.table;
    recursive->union_all = cte.all;
    recursive->left = std::move(anchor);
    recursive->right = std::move(step);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->cte_map.map.insert(reference.table, cte_info(std::move(recursive)));
    node->from_table = table_named(reference.table, next_table_name());
    select_columns(cte.output, node.get());
    if (cte.max_rows < 0) return node;
    return limit_recursion(cte, std::move(node));
}

}  // namespace hanok::engine
