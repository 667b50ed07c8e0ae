#include "engine/io/delta_scan.h"
#include "engine/io/legacy_dates.h"

#include "delta/deletion_vector.h"
#include "delta/file_skipping.h"
#include "delta/row_tracking.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "engine/io/delta_column_statistics.h"
#include "engine/io/scan_columns.h"
#include "engine/io/store_file_system.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

class DeltaScan final : public DataScan {
public:
    DeltaScan(
        const DeltaScanSource& source, std::vector<ScanColumn> columns, CalendarModes calendars)
        : time_zone_(calendars.time_zone),
          snapshot_(source.snapshot),
          only_files_(source.only_files) {
        columns_ = std::move(columns);
        calendars_ = std::move(calendars);
        match_by_field_id_ = snapshot_->column_mapping_mode() == delta::ColumnMappingMode::kId;
    }

    duckdb::Value row_tracking_value(size_t file, ScanColumnKind kind) const override {
        const auto& value = kind == ScanColumnKind::kBaseRowId
                                ? add(file).base_row_id
                                : add(file).default_row_commit_version;
        return value ? duckdb::Value::BIGINT(*value) : duckdb::Value(duckdb::LogicalType::BIGINT);
    }

    duckdb::Value partition_value(size_t file, const ScanColumn& column) const override {
        const auto& partition = snapshot_->partition_columns()[column.partition_index];
        auto index = column.partition_index;
        auto value = only_files_ ? snapshot_->partition_value(add(file), index, time_zone_)
                                 : snapshot_->partition_value(file, index, time_zone_);
        return to_duckdb_value(value, *partition.type).DefaultCastAs(column.logical_type);
    }

    std::shared_ptr<const delta::DeletionVector> deletion_vector(size_t file) const override {
        return snapshot_->deletion_vector(add(file));
    }

    bool has_statistics() const override { return true; }
    bool files_are_immutable() const override { return true; }

    std::vector<size_t> matching(const std::vector<size_t>& candidates,
        const delta::PredicatePtr& predicate) const override {
        if (!only_files_) return snapshot_->matching(candidates, predicate, time_zone_);
        delta::FileSkipper skipper(*snapshot_, predicate, time_zone_);
        std::vector<size_t> kept;
        for (auto i : candidates) {
            if (skipper.evaluate(add(i)).can_be_true) kept.push_back(i);
        }
        return kept;
    }

    duckdb::unique_ptr<duckdb::BaseStatistics> column_statistics(
        const ScanColumn& column) const override {
        return delta_column_statistics(*snapshot_, column);
    }

    size_t num_files() const override {
        return only_files_ ? only_files_->size() : snapshot_->num_files();
    }

    ScanFile file(size_t index) const override {
        const auto& added = add(index);
        ScanFile file;
        file.path = snapshot_->absolute_path(added);
        file.open_path = path_to_open(file.path);
        file.size_bytes = added.size_bytes;
        file.modified_ms = added.modification_time_ms;
        file.has_deletes = added.deletion_vector.has_value();
        return file;
    }

    std::optional<int64_t> num_rows(size_t index) const override {
        const auto& added = add(index);
        auto rows = delta::stats_num_records(added.stats);
        if (rows && added.deletion_vector) *rows -= added.deletion_vector->cardinality;
        return rows;
    }

private:
    // Of a large table only those files are made that something is asked of.
    const delta::AddFile& add(size_t file) const {
        return only_files_ ? *(*only_files_)[file] : snapshot_->file(file);
    }

    std::string time_zone_;  // of the session
    delta::SnapshotPtr snapshot_;
    std::optional<std::vector<const delta::AddFile*>> only_files_;  // live as long as the snapshot
};

}  // namespace

namespace {

// Kept row ids lie in columns that the table's properties name. A table without such names has no
// file with them: then the name is one that no file has.
void name_kept_columns(const delta::Snapshot& snapshot, std::vector<ScanColumn>& columns) {
    for (ScanColumn& column : columns) {
        const char* property = nullptr;
        if (column.source_name == kKeptRowIdColumn) property = delta::kMaterializedRowId;
        if (column.source_name == kKeptRowCommitVersionColumn)
            property = delta::kMaterializedRowCommitVersion;
        if (property == nullptr || !column.in_file.name.empty()) continue;
        column.in_file.name = snapshot.property(property, column.source_name);
        column.in_file.type = types::DataType::long_();
    }
}

}  // namespace

DataScanPtr make_delta_scan(const resolved::Scan& scan, const DeltaScanSource& source,
    const std::vector<std::string>& column_names, const QueryContext& context) {
    auto columns = scan_columns(scan, column_names, *source.snapshot->physical_data_schema());
    name_kept_columns(*source.snapshot, columns);
    return std::make_shared<DeltaScan>(
        source, std::move(columns), parquet_calendar_modes({}, context));
}

}  // namespace hanok::engine
