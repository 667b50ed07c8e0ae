#include "engine/lowering/range_scan.h"

#include <atomic>

namespace hanok::engine {

namespace {

// What a thread takes at once: a multiple of the vector size.
constexpr uint64_t kRowsAtOnce = 60 * STANDARD_VECTOR_SIZE;

struct RangeBind final : duckdb::TableFunctionData {
    int64_t start = 0;
    uint64_t rows = 0;
    int64_t step = 1;

    int64_t value(uint64_t row) const {
        return static_cast<int64_t>(
            static_cast<uint64_t>(start) + row * static_cast<uint64_t>(step));
    }
};

struct RangeGlobal final : duckdb::GlobalTableFunctionState {
    std::atomic<uint64_t> next = 0;
    uint64_t morsels = 0;
    duckdb::idx_t MaxThreads() const override { return std::max<duckdb::idx_t>(1, morsels); }
};

struct RangeLocal final : duckdb::LocalTableFunctionState {
    uint64_t row = 0;
    uint64_t end = 0;
    uint64_t morsel = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind_range(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto bind = duckdb::make_uniq<RangeBind>();
    bind->start = input.inputs[0].GetValue<int64_t>();
    bind->rows = input.inputs[1].GetValue<uint64_t>();
    bind->step = input.inputs[2].GetValue<int64_t>();
    types.push_back(duckdb::LogicalType::BIGINT);
    names.push_back("id");
    return bind;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    auto state = duckdb::make_uniq<RangeGlobal>();
    state->morsels = (input.bind_data->Cast<RangeBind>().rows + kRowsAtOnce - 1) / kRowsAtOnce;
    return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<RangeLocal>();
}

void scan_range(
    duckdb::ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    const auto& bind = input.bind_data->Cast<RangeBind>();
    auto& global = input.global_state->Cast<RangeGlobal>();
    auto& local = input.local_state->Cast<RangeLocal>();
    if (local.row >= local.end) {
        local.morsel = global.next++;
        if (local.morsel >= global.morsels) {
            output.SetCardinality(0);
            return;
        }
        local.row = local.morsel * kRowsAtOnce;
        local.end = std::min(bind.rows, local.row + kRowsAtOnce);
    }
    auto count = std::min<uint64_t>(STANDARD_VECTOR_SIZE, local.end - local.row);
    for (auto& column : output.data) {
        // A relation of which only the number of rows is asked has a row id for a column.
        column.Sequence(bind.value(local.row), bind.step, count);
    }
    local.row += count;
    output.SetCardinality(count);
}

duckdb::OperatorPartitionData partition_of(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    if (input.partition_info.RequiresPartitionColumns())
        throw duckdb::InternalException("hanok_range has no partition columns");
    return duckdb::OperatorPartitionData(input.local_state->Cast<RangeLocal>().morsel);
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(
    duckdb::ClientContext&, const duckdb::FunctionData* bind) {
    auto rows = bind->Cast<RangeBind>().rows;
    return duckdb::make_uniq<duckdb::NodeStatistics>(rows, rows);
}

duckdb::unique_ptr<duckdb::BaseStatistics> statistics(
    duckdb::ClientContext&, const duckdb::FunctionData* data, duckdb::column_t column) {
    const auto& bind = data->Cast<RangeBind>();
    if (column != 0 || bind.rows == 0) return nullptr;
    auto stats = duckdb::NumericStats::CreateEmpty(duckdb::LogicalType::BIGINT);
    auto first = bind.value(0);
    auto last = bind.value(bind.rows - 1);
    duckdb::NumericStats::SetMin(stats, duckdb::Value::BIGINT(std::min(first, last)));
    duckdb::NumericStats::SetMax(stats, duckdb::Value::BIGINT(std::max(first, last)));
    stats.SetHasNoNull();
    return stats.ToUnique();
}

}  // namespace

void register_range(duckdb::DatabaseInstance& instance) {
    using duckdb::LogicalType;
    duckdb::TableFunction function(kRangeFunction,
        {LogicalType::BIGINT, LogicalType::UBIGINT, LogicalType::BIGINT}, scan_range, bind_range,
        init_global, init_local);
    function.cardinality = cardinality;
    function.statistics = statistics;
    function.get_partition_data = partition_of;
    function.projection_pushdown = true;
    duckdb::ExtensionLoader loader(instance, "hanok_range");
    loader.RegisterFunction(function);
}

}  // namespace hanok::engine
