#include "engine/io/folder_scan.h"

#include <duckdb/planner/operator/logical_get.hpp>
#include <numeric>

#include "base/error.h"
#include "engine/io/file_pruning.h"
#include "engine/io/parquet_source.h"
#include "engine/io/scan_columns.h"
#include "engine/io/scan_ref.h"
#include "engine/io/store_file_system.h"

namespace hanok::engine {

FolderScan::FolderScan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context,
    CalendarModes calendars)
    : faults_(source.options, context),
      time_zone_(context.time_zone),
      data_schema_(source.data_schema) {
    calendars_ = std::move(calendars);
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

duckdb::Value FolderScan::partition_value(size_t file, const ScanColumn& column) const {
    return folder_partition_value(
        partition_values_[file].at(column.partition_index), column, time_zone_);
}

size_t FolderScan::data_index(const ScanColumn& column) const {
    return size_t(data_schema_->field_index(column.in_file.name, true));
}

duckdb::unique_ptr<duckdb::FunctionData> FolderBind::Copy() const {
    auto copy = duckdb::make_uniq<FolderBind>();
    copy->scan = scan;
    copy->files = files;
    return copy;
}

bool FolderBind::Equals(const duckdb::FunctionData& other) const {
    return scan == static_cast<const FolderBind&>(other).scan &&
           files == static_cast<const FolderBind&>(other).files;
}

FolderColumns::FolderColumns(
    const duckdb::TableFunctionInitInput& input, const FolderScan& scan, const char* files) {
    for (size_t place = 0; place < input.column_ids.size(); place++) {
        if (duckdb::IsVirtualColumn(input.column_ids[place])) continue;
        const auto& column = scan.columns()[input.column_ids[place]];
        if (column.kind == ScanColumnKind::kData) {
            needed.push_back(scan.data_index(column));
            needed_columns.push_back(place);
        } else if (column.kind == ScanColumnKind::kRowIndex) {
            throw unsupported_feature(std::string("row positions in ") + files);
        } else {
            constants.emplace_back(place, &column);
        }
    }
}

std::vector<duckdb::Vector*> FolderColumns::needed_vectors(duckdb::DataChunk& output) const {
    std::vector<duckdb::Vector*> vectors;
    for (auto place : needed_columns) vectors.push_back(&output.data[place]);
    return vectors;
}

void FolderColumns::fill_constants(
    const FolderScan& scan, size_t file, duckdb::DataChunk& output) const {
    for (const auto& [place, column] : constants) {
        output.data[place].Reference(column->kind == ScanColumnKind::kPartition
                                         ? scan.partition_value(file, *column)
                                         : scan.file_constant(file, *column));
    }
}

duckdb::unique_ptr<duckdb::FunctionData> bind_folder_scan(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto result = duckdb::make_uniq<FolderBind>();
    result->scan = std::static_pointer_cast<const FolderScan>(scan_of_argument(input.inputs[0]));
    result->files.resize(result->scan->num_files());
    std::iota(result->files.begin(), result->files.end(), size_t(0));
    for (const auto& column : result->scan->columns()) {
        names.push_back(column.name);
        types.push_back(column.logical_type);
    }
    return result;
}

void prune_folder_scan(duckdb::ClientContext& context, duckdb::LogicalGet& get,
    duckdb::FunctionData* data, duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
    auto& bound = static_cast<FolderBind&>(*data);
    duckdb::vector<duckdb::column_t> ids;
    for (const auto& id : get.GetColumnIds()) ids.push_back(id.GetPrimaryIndex());
    FilterColumns columns{get.table_index, ids};
    bound.files = prune_files(context, *bound.scan, std::move(bound.files), columns, filters);
}

duckdb::unique_ptr<duckdb::NodeStatistics> guessed_folder_rows(
    const duckdb::FunctionData* data, int64_t bytes_a_row) {
    const auto& bound = data->Cast<FolderBind>();
    int64_t bytes = 0;
    for (auto file : bound.files) bytes += bound.scan->file(file).size_bytes;
    return duckdb::make_uniq<duckdb::NodeStatistics>(duckdb::idx_t(bytes / bytes_a_row + 1));
}

}  // namespace hanok::engine
