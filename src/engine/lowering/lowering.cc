#include "engine/lowering/lowering.h"

#include "base/error.h"
#include "engine/lowering/extract_python.h"
#include "engine/lowering/local_order.h"
#include "engine/lowering/partitions.h"
#include "engine/lowering/plan_shape.h"
#include "engine/lowering/python_scans.h"

namespace hanok::engine {

using resolved::PlanKind;

LoweredQuery lower_query(
    const resolved::PlanPtr& plan, const QueryContext& context, const Instance& instance) {
    return Lowering(context, instance).lower(plan);
}

LoweredQuery Lowering::lower(const resolved::PlanPtr& plan) {
    auto readable = plan_python_scans(plan, context_.query, instance_);
    auto ordered = in_local_order(readable, context_.query, &next_hoisted_);
    auto placed = place_rows(ordered, context_.query, &next_hoisted_);
    auto extracted = extract_python(placed, &next_hoisted_);
    result_.keep_alive.push_back(extracted);
    result_.node = lower_node(*extracted);
    result_.columns = plan->output;
    for (const auto& attribute : plan->output) result_.names.push_back(column_name(attribute.id));
    return std::move(result_);
}

DuckTable Lowering::as_table(DuckNode node) {
    auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(node);
    return duckdb::make_uniq<duckdb::SubqueryRef>(std::move(statement), next_table_name());
}

DuckTable Lowering::lower_table(const resolved::Plan& plan) {
    // Joins and scans stand in FROM themselves: DuckDB does not reorder joins across a projection.
    if (plan.kind == PlanKind::kOneRow) return duckdb::make_uniq<duckdb::EmptyTableRef>();
    if (plan.kind == PlanKind::kScan) return lower_scan_ref(plan.as<resolved::Scan>());
    if (plan.kind == PlanKind::kJoin) return lower_join_ref(plan.as<resolved::Join>());
    return as_table(lower_node(plan));
}

void Lowering::select_columns(
    const resolved::Attributes& attributes, duckdb::SelectNode* node) const {
    for (const auto& attribute : attributes)
        node->select_list.push_back(named(column(attribute.id), column_name(attribute.id)));
    // A relation without columns still has rows.
    if (node->select_list.empty())
        node->select_list.push_back(named(duck_constant(duckdb::Value::BOOLEAN(true)), "c"));
}

DuckNode Lowering::lower_node(const resolved::Plan& plan) {
    using namespace resolved;
    switch (plan.kind) {
        case PlanKind::kOneRow: {
            auto node = duckdb::make_uniq<duckdb::SelectNode>();
            node->from_table = duckdb::make_uniq<duckdb::EmptyTableRef>();
            select_columns(plan.output, node.get());
            return node;
        }
        case PlanKind::kScan: return lower_scan_node(plan.as<Scan>());
        case PlanKind::kLocalData: return lower_local_data(plan.as<LocalData>());
        case PlanKind::kValues: return lower_values(plan.as<Values>());
        case PlanKind::kRange: return lower_range(plan.as<Range>());
        case PlanKind::kProject: return lower_project(plan.as<Project>());
        case PlanKind::kFilter: return lower_filter(plan.as<Filter>());
        case PlanKind::kAggregate: return lower_aggregate(plan.as<AggregatePlan>());
        case PlanKind::kWindow: return lower_window(plan.as<WindowPlan>());
        case PlanKind::kJoin: return lower_join(plan.as<Join>());
        case PlanKind::kAsOfJoin: return lower_as_of_join(plan.as<AsOfJoin>());
        case PlanKind::kSetOperation: return lower_set_operation(plan.as<SetOperation>());
        case PlanKind::kSort: return lower_sort(plan.as<Sort>());
        case PlanKind::kLimit: return lower_limit(plan.as<Limit>());
        case PlanKind::kTail: return lower_tail(plan.as<Tail>());
        case PlanKind::kDistinct: return lower_distinct(plan.as<Distinct>());
        case PlanKind::kDeduplicate: return lower_deduplicate(plan.as<Deduplicate>());
        case PlanKind::kGenerate: return lower_generate(plan.as<Generate>());
        case PlanKind::kSample: return lower_sample(plan.as<Sample>());
        case PlanKind::kRepartition: return lower_node(*plan.as<Repartition>().child);
        case PlanKind::kWithCte: return lower_with_cte(plan.as<WithCte>());
        case PlanKind::kCteRef: return lower_cte_ref(plan.as<CteRef>());
        case PlanKind::kRecursiveCte: return lower_recursive_cte(plan.as<RecursiveCte>());
        case PlanKind::kObserve: return lower_observe(plan.as<Observe>());
        case PlanKind::kCached: return lower_cached(plan.as<Cached>());
        case PlanKind::kPythonStage: return lower_python_stage(plan.as<PythonStage>());
    }
    throw internal_error("unknown plan node");
}

}  // namespace hanok::engine
