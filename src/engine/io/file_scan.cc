#include "engine/io/file_scan.h"

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

constexpr int64_t kGuessedRowBytes = 50;

struct FileBind final : duckdb::TableFunctionData {
    std::shared_ptr<const FileScan> scan;
    std::vector<size_t> files;  // not yet pruned away

    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
        auto copy = duckdb::make_uniq<FileBind>();
        copy->scan = scan;
        copy->files = files;
        return copy;
    }
    bool Equals(const duckdb::FunctionData& other) const override {
        return scan == static_cast<const FileBind&>(other).scan &&
               files == static_cast<const FileBind&>(other).files;
    }
};

struct FileGlobal final : duckdb::GlobalTableFunctionState {
    size_t num_files = 0;
    std::atomic<size_t> next_file{0};
    std::vector<size_t> needed;          // data columns, as indexes into the data schema
    std::vector<size_t> needed_columns;  // their places in the output
    std::vector<std::pair<size_t, const ScanColumn*>> constants;  // place in the output and column

    idx_t MaxThreads() const override { return std::max<idx_t>(1, num_files); }
};

struct FileLocal final : duckdb::LocalTableFunctionState {
    std::unique_ptr<FileReader> reader;
    size_t place = 0;  // of the file among those to read
    size_t file = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto result = duckdb::make_uniq<FileBind>();
    result->scan = std::static_pointer_cast<const FileScan>(scan_of_argument(input.inputs[0]));
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
    auto& bound = static_cast<FileBind&>(*data);
    duckdb::vector<duckdb::column_t> ids;
    for (const auto& id : get.GetColumnIds()) ids.push_back(id.GetPrimaryIndex());
    FilterColumns columns{get.table_index, ids};
    bound.files = prune_files(context, *bound.scan, std::move(bound.files), columns, filters);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    const auto& bound = input.bind_data->Cast<FileBind>();
    auto result = duckdb::make_uniq<FileGlobal>();
    result->num_files = bound.files.size();
    for (size_t place = 0; place < input.column_ids.size(); place++) {
        if (duckdb::IsVirtualColumn(input.column_ids[place])) continue;
        const auto& column = bound.scan->columns()[input.column_ids[place]];
        if (column.kind == ScanColumnKind::kData) {
            result->needed.push_back(bound.scan->data_index(column));
            result->needed_columns.push_back(place);
        } else if (column.kind == ScanColumnKind::kRowIndex) {
            throw unsupported_feature("row positions in these files");
        } else {
            result->constants.emplace_back(place, &column);
        }
    }
    return result;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<FileLocal>();
}

void scan_rows(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    auto& global = input.global_state->Cast<FileGlobal>();
    auto& local = input.local_state->Cast<FileLocal>();
    const auto& bound = input.bind_data->Cast<FileBind>();
    const auto& scan = *bound.scan;
    std::vector<duckdb::Vector*> columns;
    for (auto place : global.needed_columns) columns.push_back(&output.data[place]);
    while (true) {
        if (context.interrupted) throw duckdb::InterruptException();
        if (!local.reader) {
            local.place = global.next_file++;
            if (local.place >= bound.files.size()) {
                output.SetCardinality(0);
                return;
            }
            local.file = bound.files[local.place];
            local.reader = scan.format().open(context, scan.file(local.file), global.needed);
        }
        auto rows = local.reader->read(columns);
        if (rows == 0) {
            local.reader.reset();
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

// The engine carries errors as texts.
void scan_chunk(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    try {
        scan_rows(context, input, output);
    } catch (const Error& e) {
        throw duckdb::InvalidInputException(e.encode());
    }
}

// Rows keep the order of files.
duckdb::OperatorPartitionData partition_data(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    return duckdb::OperatorPartitionData(input.local_state->Cast<FileLocal>().place);
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(
    duckdb::ClientContext&, const duckdb::FunctionData* data) {
    const auto& bound = data->Cast<FileBind>();
    int64_t bytes = 0;
    for (auto file : bound.files) bytes += bound.scan->file(file).size_bytes;
    return duckdb::make_uniq<duckdb::NodeStatistics>(idx_t(bytes / kGuessedRowBytes + 1));
}

}  // namespace

FileScan::FileScan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context,
    std::shared_ptr<const FileFormat> format)
    : time_zone_(context.time_zone), data_schema_(source.data_schema), format_(std::move(format)) {
    columns_ = scan_columns(scan, column_names, *source.data_schema);
    for (const auto& entry : source.files) {
        ScanFile file;
        file.path = entry.path;
        file.open_path = path_to_open(entry.path);
        file.size_bytes = entry.size_bytes;
        file.modified_ms = entry.modified_ms;
        files_.push_back(std::move(file));
        partition_values_.push_back(entry.partition_values);
    }
}

duckdb::Value FileScan::partition_value(size_t file, const ScanColumn& column) const {
    return folder_partition_value(
        partition_values_[file].at(column.partition_index), column, time_zone_);
}

size_t FileScan::data_index(const ScanColumn& column) const {
    return size_t(data_schema_->field_index(column.in_file.name, true));
}

void register_file_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::TableFunction function("hanok_file_scan", {duckdb::LogicalType::UBIGINT}, scan_chunk,
        bind, init_global, init_local);
    function.projection_pushdown = true;
    function.pushdown_complex_filter = pushdown;
    function.get_partition_data = partition_data;
    function.cardinality = cardinality;
    loader.RegisterFunction(function);
}

duckdb::unique_ptr<duckdb::TableRef> file_scan_ref(
    const std::shared_ptr<const FileScan>& scan, const std::string& alias) {
    return scan_ref("hanok_file_scan", scan, alias);
}

}  // namespace hanok::engine
