#pragma once
// Dates and timestamps of files by old Spark and Hive, which follow another calendar
// (types/hybrid_calendar.h). A file of Spark says so in its footer; for others the session decides.

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <string>

#include "engine/engine.h"
#include "engine/io/data_scan.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

// Of an option or a setting: "EXCEPTION", "CORRECTED" or "LEGACY". Throws
// STDS_INVALID_OPTION_VALUE.
RebaseMode rebase_mode(const std::string& key, const std::string& text);
// By options of the read, then by the session's spark.sql.parquet.datetimeRebaseModeInRead and
// int96RebaseModeInRead.
CalendarModes parquet_calendar_modes(const SourceOptions& options, const QueryContext& context);

// By what Spark leaves in a file: its version (null: another writer, and `otherwise`) and the mark
// of the old calendar, which all versions before `first` follow.
RebaseMode mode_of_file(
    const std::string* spark_version, const char* first, bool is_marked, RebaseMode otherwise);
// Of a file of DuckDB's Parquet reader; other readers' files follow Hanok's calendar.
CalendarModes calendar_of_file(
    const duckdb::BaseFileReader& reader, const CalendarModes& otherwise);

// Dates or timestamps with time zone, at any depth?
bool has_dates(const duckdb::LogicalType& type);

// Makes the columns that were mapped for a file give dates of Hanok's calendar. Filters below the
// mapping are then evaluated on those. Throws UNSUPPORTED_FEATURE for dates read as timestamps.
void rebase_columns(duckdb::MultiFileReaderData& data, const CalendarModes& modes,
    const std::vector<ScanColumn>& columns, const duckdb::vector<duckdb::ColumnIndex>& ids,
    duckdb::optional_ptr<duckdb::TableFilterSet> filters);

// What to do with one column's values.
struct Rebasing {
    RebaseMode dates = RebaseMode::kCorrected;
    RebaseMode timestamps = RebaseMode::kCorrected;
    std::string time_zone = "UTC";
    std::string format = "Parquet";  // for the error
    std::string setting = "spark.sql.parquet.datetimeRebaseModeInRead";
    std::string option = "datetimeRebaseMode";
    bool writes = false;  // the other way round, for files of the old calendar
};

// In place, in a flat vector, at every depth; timestamps without time zone stay. Throws
// INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME (or WRITE_…) as DuckDB carries errors.
void rebase_vector(duckdb::Vector& values, duckdb::idx_t count, const Rebasing& rebasing);
// `data`, or `copy` made of it where it has dates to change.
duckdb::DataChunk& rebased(
    duckdb::DataChunk& data, duckdb::DataChunk& copy, const Rebasing& rebasing);

// What a writer of `format` has to do, by spark.sql.<format>.datetimeRebaseModeInWrite.
Rebasing rebasing_for_write(const std::string& format, const QueryContext& context);

// hanok_check_dates(x): x, or the error of kException for Parquet files.
extern const char* const kCheckDates;
void register_check_dates(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
