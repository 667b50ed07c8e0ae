#include "engine/io/scan_names.h"

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/main/config.hpp>
#include <duckdb/optimizer/optimizer_extension.hpp>
#include <duckdb/planner/operator/logical_get.hpp>

#include "engine/io/data_scan.h"

namespace hanok::engine {

namespace {

using duckdb::LogicalOperator;

// Once a plan is bound, columns are numbers, and names are for people only.
void use_own_names(LogicalOperator& op) {
    if (op.type == duckdb::LogicalOperatorType::LOGICAL_GET) {
        auto& get = op.Cast<duckdb::LogicalGet>();
        if (get.function.name == kParquetScanFunction)
            get.names = get.bind_data->Cast<duckdb::MultiFileBindData>().names;
    }
    for (auto& child : op.children) use_own_names(*child);
}

void before_optimizing(
    duckdb::OptimizerExtensionInput&, duckdb::unique_ptr<LogicalOperator>& plan) {
    use_own_names(*plan);
}

}  // namespace

void register_scan_names(duckdb::DatabaseInstance& instance) {
    duckdb::OptimizerExtension rule;
    rule.pre_optimize_function = before_optimizing;
    duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(instance), rule);
}

}  // namespace hanok::engine
