#include "engine/io/text_scan.h"

#include <atomic>
#include <duckdb/function/table_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <numeric>

#include "base/error.h"
#include "engine/io/file_pruning.h"
#include "engine/io/parquet_source.h"
#include "engine/io/scan_columns.h"
#include "engine/io/scan_ref.h"
#include "engine/io/store_file_system.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

constexpr int64_t kGuessedRowBytes = 100;

struct TextBind final : duckdb::TableFunctionData {
    std::shared_ptr<const TextScan> scan;
    std::vector<size_t> files;  // not yet pruned away

    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
        auto copy = duckdb::make_uniq<TextBind>();
        copy->scan = scan;
        copy->files = files;
        return copy;
    }
    bool Equals(const duckdb::FunctionData& other) const override {
        return scan == static_cast<const TextBind&>(other).scan &&
               files == static_cast<const TextBind&>(other).files;
    }
};

struct TextGlobal final : duckdb::GlobalTableFunctionState {
    TextLayout layout;
    std::vector<TextSplit> splits;
    std::atomic<size_t> next_split{0};
    std::vector<size_t> needed;          // data columns, as indexes into the data schema
    std::vector<size_t> needed_columns;  // their places in the output
    std::vector<std::pair<size_t, const ScanColumn*>> constants;  // place in the output and column

    idx_t MaxThreads() const override { return std::max<idx_t>(1, splits.size()); }
};

struct TextLocal final : duckdb::LocalTableFunctionState {
    TextLocal(duckdb::FileSystem& file_system, const TextLayout& layout)
        : blocks(file_system, layout) {}
    TextBlocks blocks;
    std::unique_ptr<RecordReader> reader;
    bool in_split = false;
    bool in_block = false;
    size_t split = 0;
    size_t file = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto result = duckdb::make_uniq<TextBind>();
    result->scan = std::static_pointer_cast<const TextScan>(scan_of_argument(input.inputs[0]));
    result->files.resize(result->scan->num_files());
    std::iota(result->files.begin(), result->files.end(), size_t(0));
    for (const auto& column : result->scan->columns()) {
        names.push_back(column.name);
        types.push_back(column.logical_type);
    }
    return result;
}

void pushdown(duckdb::ClientContext& context, duckdb::LogicalGet& get, duckdb::FunctionData* data,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
    auto& bound = static_cast<TextBind&>(*data);
    duckdb::vector<duckdb::column_t> ids;
    for (const auto& id : get.GetColumnIds()) ids.push_back(id.GetPrimaryIndex());
    FilterColumns columns{get.table_index, ids};
    bound.files = prune_files(context, *bound.scan, std::move(bound.files), columns, filters);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    const auto& bound = input.bind_data->Cast<TextBind>();
    auto result = duckdb::make_uniq<TextGlobal>();
    result->layout = bound.scan->format().layout();
    result->splits = split_files(bound.scan->text_files(), bound.files, result->layout);
    for (size_t place = 0; place < input.column_ids.size(); place++) {
        if (duckdb::IsVirtualColumn(input.column_ids[place])) continue;
        const auto& column = bound.scan->columns()[input.column_ids[place]];
        if (column.kind == ScanColumnKind::kData) {
            result->needed.push_back(bound.scan->data_index(column));
            result->needed_columns.push_back(place);
        } else if (column.kind == ScanColumnKind::kRowIndex) {
            throw unsupported_feature("row positions in text files");
        } else {
            result->constants.emplace_back(place, &column);
        }
    }
    return result;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInitInput& input, duckdb::GlobalTableFunctionState* state) {
    auto& global = state->Cast<TextGlobal>();
    const auto& bound = input.bind_data->Cast<TextBind>();
    auto result = duckdb::make_uniq<TextLocal>(
        duckdb::FileSystem::GetFileSystem(context.client), global.layout);
    result->reader = bound.scan->format().make_reader(context.client, global.needed);
    return result;
}

// Opens what comes next: a piece of the split, else the next split. False at the end.
bool advance(const TextScan& scan, TextGlobal& global, TextLocal& local) {
    while (true) {
        if (!local.in_split) {
            local.split = global.next_split++;
            if (local.split >= global.splits.size()) return false;
            const auto& split = global.splits[local.split];
            local.file = split.file;
            local.blocks.open(scan.text_files()[split.file], split);
            local.in_split = true;
        }
        std::string_view block;
        if (local.blocks.next(&block)) {
            local.reader->start(
                block, local.blocks.is_file_start(), scan.text_files()[local.file].path);
            local.in_block = true;
            return true;
        }
        local.in_split = false;
    }
}

void scan_chunk(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    auto& global = input.global_state->Cast<TextGlobal>();
    auto& local = input.local_state->Cast<TextLocal>();
    const auto& scan = *input.bind_data->Cast<TextBind>().scan;
    std::vector<duckdb::Vector*> columns;
    for (auto place : global.needed_columns) columns.push_back(&output.data[place]);
    while (true) {
        if (context.interrupted) throw duckdb::InterruptException();
        if (!local.in_block && !advance(scan, global, local)) {
            output.SetCardinality(0);
            return;
        }
        auto rows = local.reader->read(columns);
        if (rows == 0) {
            local.in_block = false;
            continue;
        }
        for (const auto& [place, column] : global.constants) {
            output.data[place].Reference(column->kind == ScanColumnKind::kPartition
                                             ? scan.partition_value(local.file, *column)
                                             : scan.file_constant(local.file, *column));
        }
        output.SetCardinality(rows);
        return;
    }
}

// Rows keep the order of files and lines.
duckdb::OperatorPartitionData partition_data(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    return duckdb::OperatorPartitionData(input.local_state->Cast<TextLocal>().split);
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(
    duckdb::ClientContext&, const duckdb::FunctionData* data) {
    const auto& bound = data->Cast<TextBind>();
    int64_t bytes = 0;
    for (auto file : bound.files) bytes += bound.scan->text_files()[file].size_bytes;
    return duckdb::make_uniq<duckdb::NodeStatistics>(idx_t(bytes / kGuessedRowBytes + 1));
}

}  // namespace

TextScan::TextScan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context,
    std::shared_ptr<const TextFormat> format)
    : time_zone_(context.time_zone), data_schema_(source.data_schema), format_(std::move(format)) {
    columns_ = scan_columns(scan, column_names, *source.data_schema);
    for (const auto& entry : source.files) {
        ScanFile file;
        file.path = entry.path;
        file.open_path = path_to_open(entry.path);
        file.size_bytes = entry.size_bytes;
        file.modified_ms = entry.modified_ms;
        text_files_.push_back({file.open_path, file.size_bytes});
        files_.push_back(std::move(file));
        partition_values_.push_back(entry.partition_values);
    }
}

duckdb::Value TextScan::partition_value(size_t file, const ScanColumn& column) const {
    return folder_partition_value(
        partition_values_[file].at(column.partition_index), column, time_zone_);
}

size_t TextScan::data_index(const ScanColumn& column) const {
    return size_t(data_schema_->field_index(column.in_file.name, true));
}

void register_text_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::TableFunction function("hanok_text_scan", {duckdb::LogicalType::UBIGINT}, scan_chunk,
        bind, init_global, init_local);
    function.projection_pushdown = true;
    function.pushdown_complex_filter = pushdown;
    function.get_partition_data = partition_data;
    function.cardinality = cardinality;
    loader.RegisterFunction(function);
}

duckdb::unique_ptr<duckdb::TableRef> text_scan_ref(
    const std::shared_ptr<const TextScan>& scan, const std::string& alias) {
    return scan_ref("hanok_text_scan", scan, alias);
}

}  // namespace hanok::engine
