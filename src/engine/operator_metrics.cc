#include "engine/operator_metrics.h"

#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <duckdb/main/client_config.hpp>
#include <duckdb/main/query_profiler.hpp>

#include "engine/explain_text.h"
#include "engine/io/data_scan.h"

namespace hanok::engine {

namespace {

using duckdb::MetricType;

const duckdb::profiler_settings_t& counted() {
    static const duckdb::profiler_settings_t metrics{MetricType::OPERATOR_CARDINALITY,
        MetricType::OPERATOR_TIMING, MetricType::SYSTEM_PEAK_BUFFER_MEMORY,
        MetricType::SYSTEM_PEAK_TEMP_DIR_SIZE};
    return metrics;
}

int64_t whole(const duckdb::ProfilingInfo& info, MetricType metric) {
    auto found = info.metrics.find(metric);
    return found == info.metrics.end() ? 0 : found->second.GetValue<int64_t>();
}

int64_t nanoseconds(const duckdb::ProfilingInfo& info) {
    auto found = info.metrics.find(MetricType::OPERATOR_TIMING);
    return found == info.metrics.end() ? 0 : int64_t(found->second.GetValue<double>() * 1e9);
}

void add_files(const ScanCounts& counts, OperatorMetrics* out) {
    out->values.emplace_back("numFiles", counts.files_read);
    out->values.emplace_back("numFilesPruned", counts.files - counts.files_kept);
    out->values.emplace_back("filesSize", counts.bytes_read);
}

}  // namespace

OperatorCounts::OperatorCounts(duckdb::ClientContext& context) : context_(context) {
    auto& config = duckdb::ClientConfig::GetConfig(context);
    config.enable_profiler = true;
    config.emit_profiler_output = false;
    config.profiler_settings = counted();
}

void OperatorCounts::planned() {
    for (const auto& [op, node] : duckdb::QueryProfiler::Get(context_).GetTreeMap()) {
        if (op.get().type != duckdb::PhysicalOperatorType::TABLE_SCAN) continue;
        const auto& scan = op.get().Cast<duckdb::PhysicalTableScan>();
        if (scan.function.name == kParquetScanFunction)
            scans_.emplace(&node.get(), scan_counts(*scan.bind_data));
    }
}

void OperatorCounts::add(
    duckdb::ProfilingNode& node, int64_t parent, std::vector<OperatorMetrics>* out) const {
    const auto& info = node.GetProfilingInfo();
    auto name = info.metrics.find(MetricType::OPERATOR_NAME);
    int64_t id = out->front().plan_id + int64_t(out->size());
    OperatorMetrics metrics;
    metrics.name = spark_operator_name(
        name == info.metrics.end() ? "" : name->second.GetValue<std::string>());
    metrics.plan_id = id;
    metrics.parent = parent;
    metrics.values = {{"numOutputRows", whole(info, MetricType::OPERATOR_CARDINALITY)},
        {"operatorTime", nanoseconds(info)}};
    auto scan = scans_.find(&node);
    if (scan != scans_.end()) add_files(*scan->second, &metrics);
    out->push_back(std::move(metrics));
    for (auto& child : node.children) add(*child, id, out);
}

std::vector<OperatorMetrics> OperatorCounts::read(int64_t root_id, int64_t rows) const {
    std::vector<OperatorMetrics> out{{"Result", root_id, -1, {{"numOutputRows", rows}}}};
    duckdb::QueryProfiler::Get(context_).GetRootUnderLock(
        [&](duckdb::optional_ptr<duckdb::ProfilingNode> root) {
            if (!root) return;
            const auto& info = root->GetProfilingInfo();
            auto& values = out.front().values;
            values.emplace_back("peakMemory", whole(info, MetricType::SYSTEM_PEAK_BUFFER_MEMORY));
            values.emplace_back("spillSize", whole(info, MetricType::SYSTEM_PEAK_TEMP_DIR_SIZE));
            for (auto& child : root->children) add(*child, root_id, &out);
        });
    return out;
}

}  // namespace hanok::engine
