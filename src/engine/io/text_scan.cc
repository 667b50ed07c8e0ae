#include "engine/io/text_scan.h"

#include <atomic>
#include <duckdb/function/table_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>

#include "engine/io/scan_ref.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

constexpr int64_t kGuessedRowBytes = 100;

struct TextGlobal final : duckdb::GlobalTableFunctionState {
    TextLayout layout;
    std::vector<TextSplit> splits;
    std::atomic<size_t> next_split{0};
    FolderColumns columns;

    TextGlobal(
        const duckdb::TableFunctionInitInput& input, const FolderBind& bound, const TextScan& scan)
        : layout(scan.format().layout()),
          splits(split_files(scan.text_files(), bound.files, layout)),
          columns(input, scan, "text files") {}
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

const TextScan& scan_of(const duckdb::FunctionData& data) {
    return static_cast<const TextScan&>(*data.Cast<FolderBind>().scan);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    return duckdb::make_uniq<TextGlobal>(
        input, input.bind_data->Cast<FolderBind>(), scan_of(*input.bind_data));
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext& context,
    duckdb::TableFunctionInitInput& input, duckdb::GlobalTableFunctionState* state) {
    auto& global = state->Cast<TextGlobal>();
    auto result = duckdb::make_uniq<TextLocal>(
        duckdb::FileSystem::GetFileSystem(context.client), global.layout);
    result->reader =
        scan_of(*input.bind_data).format().make_reader(context.client, global.columns.needed);
    return result;
}

// The next piece of the split. False at its end, or where the rest of the file is left out.
bool next_block(duckdb::ClientContext& context, const TextScan& scan, const TextSplit& split,
    TextLocal& local, std::string_view* block) {
    const auto& file = scan.text_files()[split.file];
    try {
        if (!local.in_split) local.blocks.open(file, split);
        local.in_split = true;
        return local.blocks.next(block);
    } catch (const std::exception& error) {
        if (!scan.ignores(duckdb::FileSystem::GetFileSystem(context), file.path, error)) throw;
        return false;
    }
}

// Opens what comes next: a piece of the split, else the next split. False at the end.
bool advance(
    duckdb::ClientContext& context, const TextScan& scan, TextGlobal& global, TextLocal& local) {
    while (true) {
        if (!local.in_split) {
            local.split = global.next_split++;
            if (local.split >= global.splits.size()) return false;
            local.file = global.splits[local.split].file;
        }
        std::string_view block;
        if (next_block(context, scan, global.splits[local.split], local, &block)) {
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
    const auto& scan = scan_of(*input.bind_data);
    auto columns = global.columns.needed_vectors(output);
    while (true) {
        if (context.interrupted) throw duckdb::InterruptException();
        if (!local.in_block && !advance(context, scan, global, local)) {
            output.SetCardinality(0);
            return;
        }
        auto rows = local.reader->read(columns);
        if (rows == 0) {
            local.in_block = false;
            continue;
        }
        global.columns.fill_constants(scan, local.file, output);
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
    return guessed_folder_rows(data, kGuessedRowBytes);
}

}  // namespace

TextScan::TextScan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context,
    std::shared_ptr<const TextFormat> format)
    : FolderScan(scan, source, column_names, context), format_(std::move(format)) {
    for (const auto& file : files_) text_files_.push_back({file.open_path, file.size_bytes});
}

void register_text_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::TableFunction function("hanok_text_scan", {duckdb::LogicalType::UBIGINT},
        carrying_errors<scan_chunk>, bind_folder_scan, init_global, init_local);
    function.projection_pushdown = true;
    function.pushdown_complex_filter = prune_folder_scan;
    function.get_partition_data = partition_data;
    function.cardinality = cardinality;
    loader.RegisterFunction(function);
}

duckdb::unique_ptr<duckdb::TableRef> text_scan_ref(
    const std::shared_ptr<const TextScan>& scan, const std::string& alias) {
    return scan_ref("hanok_text_scan", scan, alias);
}

}  // namespace hanok::engine
