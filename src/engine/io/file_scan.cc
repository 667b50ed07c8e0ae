#include "engine/io/file_scan.h"

#include <atomic>
#include <duckdb/function/table_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>

#include "base/error.h"
#include "engine/io/scan_ref.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

constexpr int64_t kGuessedRowBytes = 50;

struct FileGlobal final : duckdb::GlobalTableFunctionState {
    size_t num_files;
    std::atomic<size_t> next_file{0};
    FolderColumns columns;

    FileGlobal(const duckdb::TableFunctionInitInput& input, const FolderBind& bound)
        : num_files(bound.files.size()), columns(input, *bound.scan, "these files") {}
    idx_t MaxThreads() const override { return std::max<idx_t>(1, num_files); }
};

struct FileLocal final : duckdb::LocalTableFunctionState {
    std::unique_ptr<FileReader> reader;
    size_t place = 0;  // of the file among those to read
    size_t file = 0;
};

const FileScan& scan_of(const duckdb::FunctionData& data) {
    return static_cast<const FileScan&>(*data.Cast<FolderBind>().scan);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    return duckdb::make_uniq<FileGlobal>(input, input.bind_data->Cast<FolderBind>());
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<FileLocal>();
}

// Rows of the open file, or of the one to open. 0 at its end, or where the rest is left out.
idx_t read_rows(duckdb::ClientContext& context, const FileScan& scan,
    const std::vector<size_t>& needed, FileLocal& local, std::vector<duckdb::Vector*>& columns) {
    try {
        if (!local.reader)
            local.reader = scan.format().open(context, scan.file(local.file), needed);
        return local.reader->read(columns);
    } catch (const std::exception& error) {
        auto& system = duckdb::FileSystem::GetFileSystem(context);
        if (!scan.ignores(system, scan.file(local.file).open_path, error)) throw;
        return 0;
    }
}

void scan_rows(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    auto& global = input.global_state->Cast<FileGlobal>();
    auto& local = input.local_state->Cast<FileLocal>();
    const auto& files = input.bind_data->Cast<FolderBind>().files;
    const auto& scan = scan_of(*input.bind_data);
    auto columns = global.columns.needed_vectors(output);
    while (true) {
        if (context.interrupted) throw duckdb::InterruptException();
        if (!local.reader) {
            local.place = global.next_file++;
            if (local.place >= files.size()) {
                output.SetCardinality(0);
                return;
            }
            local.file = files[local.place];
        }
        auto rows = read_rows(context, scan, global.columns.needed, local, columns);
        if (rows == 0) {
            local.reader.reset();
            continue;
        }
        global.columns.fill_constants(scan, local.file, output);
        output.SetCardinality(rows);
        return;
    }
}

// Rows keep the order of files.
duckdb::OperatorPartitionData partition_data(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    return duckdb::OperatorPartitionData(input.local_state->Cast<FileLocal>().place);
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(
    duckdb::ClientContext&, const duckdb::FunctionData* data) {
    return guessed_folder_rows(data, kGuessedRowBytes);
}

}  // namespace

FileScan::FileScan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context,
    std::shared_ptr<const FileFormat> format)
    : FolderScan(scan, source, column_names, context), format_(std::move(format)) {}

void register_file_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::TableFunction function("hanok_file_scan", {duckdb::LogicalType::UBIGINT},
        carrying_errors<scan_rows>, bind_folder_scan, init_global, init_local);
    function.projection_pushdown = true;
    function.pushdown_complex_filter = prune_folder_scan;
    function.get_partition_data = partition_data;
    function.cardinality = cardinality;
    loader.RegisterFunction(function);
}

duckdb::unique_ptr<duckdb::TableRef> file_scan_ref(
    const std::shared_ptr<const FileScan>& scan, const std::string& alias) {
    return scan_ref("hanok_file_scan", scan, alias);
}

}  // namespace hanok::engine
