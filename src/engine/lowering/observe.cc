#include "engine/lowering/observe.h"

#include <algorithm>
#include <unordered_map>

#include "engine/lowering/lowering.h"
#include "engine/lowering/plan_shape.h"

namespace hanok::engine {

void ObservedRows::add(duckdb::ClientContext& context, duckdb::DataChunk& chunk) {
    duckdb::DataChunk part;
    duckdb::vector<duckdb::LogicalType> types;
    for (auto column : columns_) types.push_back(chunk.data[column].GetType());
    part.InitializeEmpty(types);
    for (size_t i = 0; i < columns_.size(); ++i) part.data[i].Reference(chunk.data[columns_[i]]);
    part.SetCardinality(chunk.size());
    std::lock_guard lock(mutex_);
    if (!rows_)
        rows_ = duckdb::make_uniq<duckdb::ColumnDataCollection>(
            duckdb::BufferManager::GetBufferManager(context), types);
    rows_->Append(part);
}

duckdb::unique_ptr<duckdb::ColumnDataCollection> ObservedRows::take() {
    std::lock_guard lock(mutex_);
    return std::move(rows_);
}

namespace {

struct ObserveBindData final : duckdb::TableFunctionData {
    ObservedRows* rows = nullptr;
};

duckdb::unique_ptr<duckdb::FunctionData> bind_observe(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    types = input.input_table_types;
    names = input.input_table_names;
    auto data = duckdb::make_uniq<ObserveBindData>();
    data->rows = reinterpret_cast<ObservedRows*>(input.named_parameters.at("rows").GetPointer());
    return data;
}

duckdb::OperatorResultType observe(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInput& data, duckdb::DataChunk& input, duckdb::DataChunk& output) {
    data.bind_data->Cast<ObserveBindData>().rows->add(context.client, input);
    output.Reference(input);
    return duckdb::OperatorResultType::NEED_MORE_INPUT;
}

void collect_attributes(const resolved::Expression& expr, std::vector<resolved::AttributeId>* ids) {
    if (expr.kind == resolved::ExprKind::kAttribute)
        ids->push_back(expr.as<resolved::AttributeRef>().id);
    for_each_child(expr, [&](const resolved::ExprPtr& child) { collect_attributes(*child, ids); });
}

}  // namespace

void register_observe(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_observe");
    duckdb::TableFunction function(
        kObserveFunction, {duckdb::LogicalType::TABLE}, nullptr, bind_observe);
    function.in_out_function = observe;
    function.named_parameters["rows"] = duckdb::LogicalType::POINTER;
    loader.RegisterFunction(function);
}

DuckNode Lowering::lower_observe(const resolved::Observe& observe) {
    std::vector<resolved::AttributeId> used;
    for (const auto& metric : observe.metrics) collect_attributes(*metric.expr, &used);
    Observation observation;
    observation.name = observe.name;
    observation.metrics = observe.metrics;
    std::vector<duckdb::idx_t> positions;
    for (size_t i = 0; i < observe.child->output.size(); ++i) {
        const auto& attribute = observe.child->output[i];
        if (std::find(used.begin(), used.end(), attribute.id) == used.end()) continue;
        observation.columns.push_back(attribute);
        positions.push_back(i);
    }
    if (positions.empty()) {
        // Metrics such as count(*) need rows, of whatever column.
        positions.push_back(0);
        resolved::Attribute any;
        any.id = resolved::AttributeId{--next_hoisted_};
        any.type = types::DataType::boolean();
        if (!observe.child->output.empty()) any = observe.child->output[0];
        observation.columns.push_back(any);
    }
    observation.rows = std::make_shared<ObservedRows>(std::move(positions));

    auto function = duckdb::make_uniq<duckdb::TableFunctionRef>();
    auto input = duckdb::make_uniq<duckdb::SubqueryExpression>();
    input->subquery_type = duckdb::SubqueryType::SCALAR;
    input->subquery = duckdb::make_uniq<duckdb::SelectStatement>();
    input->subquery->node = lower_node(*observe.child);
    auto rows = duck_compare(duckdb::ExpressionType::COMPARE_EQUAL,
        duckdb::make_uniq<duckdb::ColumnRefExpression>("rows"),
        duck_constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(observation.rows.get()))));
    function->function = duck_call(
        kObserveFunction, duck_list(DuckExpr(std::move(input)), std::move(rows)));
    function->alias = next_table_name();
    result_.keep_alive.push_back(observation.rows);
    result_.observations.push_back(std::move(observation));
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(function);
    select_columns(observe.output, node.get());
    return node;
}

}  // namespace hanok::engine
