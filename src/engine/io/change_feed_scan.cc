#include "engine/io/change_feed_scan.h"
#include "engine/io/legacy_dates.h"

#include "delta/deletion_vector.h"
#include "delta/snapshot.h"
#include "engine/io/scan_columns.h"
#include "engine/io/store_file_system.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

constexpr const char* kChangeType = "_change_type";
constexpr const char* kCommitVersion = "_commit_version";

class ChangeFeedScan final : public DataScan {
public:
    ChangeFeedScan(
        const ChangeFeedSource& source, std::vector<ScanColumn> columns, CalendarModes calendars)
        : time_zone_(calendars.time_zone), snapshot_(source.snapshot), changes_(source.files) {
        columns_ = std::move(columns);
        calendars_ = std::move(calendars);
        match_by_field_id_ = snapshot_->column_mapping_mode() == delta::ColumnMappingMode::kId;
    }

    // Columns of the table by its partition values, the commit's version and time by the file.
    duckdb::Value partition_value(size_t file, const ScanColumn& column) const override {
        const auto& change = changes_[file];
        if (column.partition_index < snapshot_->partition_columns().size()) {
            const auto& partition = snapshot_->partition_columns()[column.partition_index];
            auto value = snapshot_->partition_value(
                change.file, column.partition_index, time_zone_);
            return to_duckdb_value(value, *partition.type).DefaultCastAs(column.logical_type);
        }
        int64_t value = column.source_name == kCommitVersion ? change.version
                                                             : change.timestamp_ms * 1000;
        return to_duckdb_value(types::int_value(value), *column.type);
    }

    std::optional<duckdb::Value> constant(size_t file, const ScanColumn& column) const override {
        const auto& type = changes_[file].change_type;
        if (type.empty() || column.source_name != kChangeType) return std::nullopt;
        return duckdb::Value(type);
    }

    std::shared_ptr<const delta::DeletionVector> deletion_vector(size_t file) const override {
        return changes_[file].skipped;
    }

    size_t num_files() const override { return changes_.size(); }

    ScanFile file(size_t index) const override {
        const auto& change = changes_[index];
        ScanFile file;
        file.path = snapshot_->absolute_path(change.file);
        file.open_path = path_to_open(file.path);
        file.size_bytes = change.file.size_bytes;
        file.modified_ms = change.timestamp_ms;
        file.has_deletes = change.skipped != nullptr;
        return file;
    }

    // No bounds are taken from the footers: constants of a file are not in them.
    bool has_statistics() const override { return true; }

private:
    std::string time_zone_;
    delta::SnapshotPtr snapshot_;
    std::vector<delta::ChangeFile> changes_;
};

}  // namespace

DataScanPtr make_change_feed_scan(const resolved::Scan& scan, const ChangeFeedSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context) {
    auto fields = source.snapshot->physical_data_schema()->fields();
    fields.push_back({kChangeType, types::DataType::string(), true, ""});
    auto data_schema = types::DataType::struct_(std::move(fields));
    auto columns = scan_columns(scan, column_names, *data_schema);
    return std::make_shared<ChangeFeedScan>(
        source, std::move(columns), parquet_calendar_modes({}, context));
}

}  // namespace hanok::engine
