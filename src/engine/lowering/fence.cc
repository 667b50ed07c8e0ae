#include "engine/lowering/fence.h"

#include "engine/lowering/lowering.h"

namespace hanok::engine {

namespace {

duckdb::unique_ptr<duckdb::FunctionData> bind_fence(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    types = input.input_table_types;
    names = input.input_table_names;
    return duckdb::make_uniq<duckdb::TableFunctionData>();
}

duckdb::OperatorResultType let_through(duckdb::ExecutionContext&, duckdb::TableFunctionInput&,
    duckdb::DataChunk& input, duckdb::DataChunk& output) {
    output.Reference(input);
    return duckdb::OperatorResultType::NEED_MORE_INPUT;
}

}  // namespace

void register_fence(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_fence");
    duckdb::TableFunction function(
        kFenceFunction, {duckdb::LogicalType::TABLE}, nullptr, bind_fence);
    function.in_out_function = let_through;
    loader.RegisterFunction(function);
}

int count_joins(const resolved::Plan& plan) {
    int joins = 0;
    for (const resolved::Plan* at = &plan; at != nullptr;) {
        switch (at->kind) {
            case resolved::PlanKind::kJoin: {
                const auto& join = at->as<resolved::Join>();
                joins += 1 + count_joins(*join.right);
                at = join.left.get();
                break;
            }
            case resolved::PlanKind::kProject: at = at->as<resolved::Project>().child.get(); break;
            case resolved::PlanKind::kFilter: at = at->as<resolved::Filter>().child.get(); break;
            default: at = nullptr;
        }
    }
    return joins;
}

DuckTable Lowering::lower_join_side(const resolved::Plan& side) {
    if (!join_fences_) return lower_table(side);
    int joins = count_joins(side);
    if (joins == 0 || joins % kJoinsToFence != 0) return lower_table(side);
    auto input = duckdb::make_uniq<duckdb::SubqueryExpression>();
    input->subquery_type = duckdb::SubqueryType::SCALAR;
    input->subquery = duckdb::make_uniq<duckdb::SelectStatement>();
    input->subquery->node = lower_node(side);
    auto function = duckdb::make_uniq<duckdb::TableFunctionRef>();
    function->function = duck_call(kFenceFunction, duck_list(DuckExpr(std::move(input))));
    function->alias = next_table_name();
    return function;
}

}  // namespace hanok::engine
