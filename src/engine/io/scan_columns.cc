#include "engine/io/scan_columns.h"

#include <algorithm>

#include "base/error.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

ScanColumnKind special_kind(const std::string& name) {
    if (name == kFilePathColumn) return ScanColumnKind::kFilePath;
    if (name == kRowIndexColumn) return ScanColumnKind::kRowIndex;
    if (name == kMetadataColumn || name == kFilePlaceColumn) return ScanColumnKind::kMetadata;
    if (name == kBaseRowIdColumn) return ScanColumnKind::kBaseRowId;
    if (name == kDefaultRowCommitVersionColumn) return ScanColumnKind::kDefaultRowCommitVersion;
    return ScanColumnKind::kData;
}

// Sets kind, partition_index and in_file from the column's place in the source.
void locate(
    ScanColumn& column, const resolved::ScanSource& source, const types::DataType& data_schema) {
    const auto& partitions = source.partition_columns;
    auto partition = std::find_if(partitions.begin(), partitions.end(),
        [&](const std::string& name) { return types::names_equal(name, column.source_name); });
    if (partition != partitions.end()) {
        column.kind = ScanColumnKind::kPartition;
        column.partition_index = size_t(partition - partitions.begin());
        return;
    }
    size_t data_index = 0;
    for (const auto& field : source.schema->fields()) {
        bool is_partition = std::any_of(partitions.begin(), partitions.end(),
            [&](const std::string& name) { return types::names_equal(name, field.name); });
        if (is_partition) continue;
        if (field.name == column.source_name && data_index < data_schema.fields().size()) {
            column.in_file = data_schema.fields()[data_index];
            return;
        }
        data_index++;
    }
    column.kind = special_kind(column.source_name);
    bool is_kept = column.source_name == kKeptRowIdColumn ||
                   column.source_name == kKeptRowCommitVersionColumn;
    if (column.kind == ScanColumnKind::kData && !is_kept) {
        throw internal_error("scan of unknown column " + column.source_name);
    }
}

}  // namespace

std::vector<ScanColumn> scan_columns(const resolved::Scan& scan,
    const std::vector<std::string>& column_names, const types::DataType& data_schema) {
    std::vector<ScanColumn> columns;
    for (size_t i = 0; i < scan.columns.size(); i++) {
        ScanColumn column;
        column.name = column_names[i];
        column.source_name = scan.columns[i];
        column.type = scan.output[i].type;
        column.logical_type = to_logical_type(*column.type);
        locate(column, *scan.source, data_schema);
        columns.push_back(std::move(column));
    }
    if (columns.empty()) {
        ScanColumn none;
        none.kind = ScanColumnKind::kFilePath;
        none.name = "none";
        none.type = types::DataType::string();
        none.logical_type = duckdb::LogicalType::VARCHAR;
        columns.push_back(std::move(none));
    }
    return columns;
}

}  // namespace hanok::engine
