#include "engine/python/source_scan.h"

#include <arrow/api.h>

#include <atomic>
#include <duckdb/main/extension/extension_loader.hpp>

#include "base/error.h"
#include "engine/functions/kernel.h"
#include "engine/python/arrow_stream.h"
#include "engine/python/stage_results.h"
#include "types/arrow_result.h"

namespace hanok::engine {

namespace {

struct SourceBind final : duckdb::TableFunctionData {
    const PythonSourceSpec* spec = nullptr;
};

struct SourceGlobal final : duckdb::GlobalTableFunctionState {
    explicit SourceGlobal(const PythonSourceSpec& s) : spec(s) {}
    const PythonSourceSpec& spec;
    std::atomic<size_t> next = 0;
    duckdb::idx_t MaxThreads() const override {
        return std::max<duckdb::idx_t>(1, spec.partitions.size());
    }
};

// A thread's partition.
struct SourceLocal final : duckdb::LocalTableFunctionState {
    size_t partition = 0;
    std::unique_ptr<python::Task> task;
    std::unique_ptr<StageResults> results;
};

duckdb::unique_ptr<duckdb::FunctionData> bind_source(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto data = duckdb::make_uniq<SourceBind>();
    data->spec = reinterpret_cast<const PythonSourceSpec*>(
        input.named_parameters.at("spec").GetPointer());
    types = data->spec->stage.result_types;
    names = data->spec->stage.names;
    if (types.empty()) {
        // DuckDB has no table without columns; the rows still count.
        types.push_back(duckdb::LogicalType::BOOLEAN);
        names.push_back("c");
    }
    return data;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    return duckdb::make_uniq<SourceGlobal>(*input.bind_data->Cast<SourceBind>().spec);
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<SourceLocal>();
}

// A row of one struct, whose field is the partition: what the worker's function reads.
std::shared_ptr<arrow::RecordBatch> partition_row(const std::string& partition) {
    arrow::BinaryBuilder builder;
    types::must(builder.Append(partition));
    auto bytes = types::must(builder.Finish());
    auto fields = arrow::FieldVector{arrow::field("partition", arrow::binary())};
    auto rows = std::make_shared<arrow::StructArray>(
        arrow::struct_(fields), 1, arrow::ArrayVector{std::move(bytes)});
    auto schema = arrow::schema({arrow::field("struct", rows->type(), false)});
    return arrow::RecordBatch::Make(schema, 1, arrow::ArrayVector{std::move(rows)});
}

// The next partition on a worker; false when all have been taken.
bool start_partition(duckdb::ClientContext& context, SourceGlobal& global, SourceLocal& local) {
    const auto& spec = global.spec;
    local.partition = global.next++;
    if (local.partition >= spec.partitions.size()) return false;
    const auto& stage = spec.stage;
    local.results = std::make_unique<StageResults>(context, stage);
    local.task = std::make_unique<python::Task>(
        stage.pool->acquire("pyspark.worker", stage.task.files.folder), stage.task,
        static_cast<int>(local.partition));
    auto row = partition_row(spec.partitions[local.partition]);
    ArrowStream stream(*local.task, row->schema());
    stream.write(*row);
    stream.close();
    local.task->end_input();
    return true;
}

// Rows of the thread's partition into `output`; false when there are no more.
bool read_partition(duckdb::ClientContext& context, SourceLocal& local, duckdb::DataChunk& output) {
    for (;;) {
        if (auto left = local.results->left(); left > 0) {
            auto count = std::min<duckdb::idx_t>(left, STANDARD_VECTOR_SIZE);
            local.results->read(count, output);
            return true;
        }
        local.task->pump();
        if (auto batch = local.task->take_batch()) {
            if (batch->num_rows() > 0) local.results->set(batch);
            continue;
        }
        if (local.task->is_done()) return false;
        python::Task::wait({local.task.get()}, [&] { return context.IsInterrupted(); });
    }
}

void scan_source(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    auto& global = input.global_state->Cast<SourceGlobal>();
    auto& local = input.local_state->Cast<SourceLocal>();
    try {
        output.SetCardinality(0);
        while (local.task || start_partition(context, global, local)) {
            if (read_partition(context, local, output)) return;
            local.task.reset();
        }
    } catch (const Error& e) {
        raise(e);
    }
}

duckdb::OperatorPartitionData partition_of(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    if (input.partition_info.RequiresPartitionColumns())
        throw duckdb::InternalException("hanok_python_source has no partition columns");
    return duckdb::OperatorPartitionData(input.local_state->Cast<SourceLocal>().partition);
}

}  // namespace

void register_python_source(duckdb::DatabaseInstance& instance) {
    duckdb::TableFunction function(
        kPythonSourceFunction, {}, scan_source, bind_source, init_global, init_local);
    function.get_partition_data = partition_of;
    function.named_parameters["spec"] = duckdb::LogicalType::POINTER;
    duckdb::ExtensionLoader loader(instance, "hanok_python_source");
    loader.RegisterFunction(function);
}

}  // namespace hanok::engine
