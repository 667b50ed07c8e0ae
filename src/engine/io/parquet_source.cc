#include "engine/io/parquet_source.h"

#include "delta/partition_value.h"
#include "engine/io/scan_columns.h"
#include "engine/io/scan_options.h"
#include "engine/io/store_file_system.h"
#include "engine/types/logical_types.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

class ParquetSourceScan final : public DataScan {
public:
    ParquetSourceScan(
        const FileScanSource& source, std::vector<ScanColumn> columns, std::string time_zone)
        : time_zone_(std::move(time_zone)) {
        columns_ = std::move(columns);
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

    duckdb::Value partition_value(size_t file, const ScanColumn& column) const override {
        return folder_partition_value(
            partition_values_[file].at(column.partition_index), column, time_zone_);
    }

private:
    std::string time_zone_;
    std::vector<std::vector<std::optional<std::string>>> partition_values_;
};

}  // namespace

bool has_zone(const std::string& text) {
    if (text.ends_with('Z')) return true;
    auto time = text.find(':');
    return time != std::string::npos && text.find_first_of("+-", time) != std::string::npos;
}

duckdb::Value folder_partition_value(const std::optional<std::string>& text,
    const ScanColumn& column, const std::string& time_zone) {
    auto value = delta::parse_partition_value(text, *column.type);
    if (column.type->is(types::TypeId::kTimestamp) && !value.is_null() && !has_zone(*text)) {
        value = types::int_value(types::local_to_utc_micros(value.as_int(), time_zone));
    }
    return to_duckdb_value(value, *column.type);
}

DataScanPtr make_parquet_source_scan(const resolved::Scan& scan, const FileScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context) {
    check_parquet_read_options(source.options);
    auto columns = scan_columns(scan, column_names, *source.data_schema);
    return std::make_shared<ParquetSourceScan>(source, std::move(columns), context.time_zone);
}

}  // namespace hanok::engine
