#pragma once
// What one scan of Parquet data files reads: the files of a Delta version or of a Parquet source,
// with everything that is known about them before any is opened.

#include <atomic>
#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "delta/fwd.h"
#include "engine/io/calendar_modes.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::engine {

enum class ScanColumnKind : uint8_t {
    kData,       // in the files (or missing there: NULL)
    kPartition,  // one value a file
    kFilePath,
    kRowIndex,  // position in the file, deleted rows counted
    kMetadata,  // those fields of the _metadata struct that are the same for all rows of a file
    kBaseRowId,
    kDefaultRowCommitVersion,
};

struct ScanColumn {
    ScanColumnKind kind = ScanColumnKind::kData;
    std::string name;         // in the query
    std::string source_name;  // logical name in the table
    types::TypePtr type;      // logical type
    duckdb::LogicalType logical_type;
    types::StructField in_file;  // kData: name and nested names (and ids) the files use
    size_t partition_index = 0;  // kPartition
};

struct ScanFile {
    std::string path;       // absolute; what __file_path says
    std::string open_path;  // what DuckDB's file system opens
    int64_t size_bytes = 0;
    int64_t modified_ms = 0;
    bool has_deletes = false;
};

// Immutable once made; shared by the query's threads.
class DataScan : public std::enable_shared_from_this<DataScan> {
public:
    virtual ~DataScan() = default;

    const std::vector<ScanColumn>& columns() const { return columns_; }
    virtual size_t num_files() const { return files_.size(); }
    virtual ScanFile file(size_t index) const { return files_[index]; }
    // Rows without the deleted ones; nullopt when nobody has counted them.
    virtual std::optional<int64_t> num_rows(size_t) const { return std::nullopt; }
    bool match_by_field_id() const { return match_by_field_id_; }
    const CalendarModes& calendars() const { return calendars_; }

    virtual duckdb::Value partition_value(size_t file, const ScanColumn& column) const = 0;
    // Value of a kData column that is not in this file but the same for all its rows.
    virtual std::optional<duckdb::Value> constant(size_t, const ScanColumn&) const {
        return std::nullopt;
    }
    // Null: no row of the file is deleted.
    virtual std::shared_ptr<const delta::DeletionVector> deletion_vector(size_t) const {
        return nullptr;
    }
    // Those of `candidates` that may hold a row for which the predicate is TRUE, by their
    // statistics.
    virtual std::vector<size_t> matching(
        const std::vector<size_t>& candidates, const delta::PredicatePtr&) const {
        return candidates;
    }
    // Is a file of that path, size and time always the same file?
    virtual bool files_are_immutable() const { return false; }
    // Can `matching` drop any file?
    virtual bool has_statistics() const { return false; }

    // Whether a file, or the rest of it, is left out after this error.
    virtual bool ignores(
        duckdb::FileSystem&, const std::string& /*path*/, const std::exception&) const {
        return false;
    }

    // Value of a kBaseRowId or kDefaultRowCommitVersion column; NULL where rows are not tracked.
    virtual duckdb::Value row_tracking_value(size_t, ScanColumnKind) const {
        return duckdb::Value(duckdb::LogicalType::BIGINT);
    }
    // Value of a column of one of the other kinds that are constant in a file.
    duckdb::Value file_constant(size_t file, const ScanColumn& column) const;
    // Bounds of a kData column over all files, taken as proof by the optimizer; nullptr when they
    // are not known exactly.
    virtual duckdb::unique_ptr<duckdb::BaseStatistics> column_statistics(const ScanColumn&) const {
        return nullptr;
    }
    // Which of the scan's partitions a file belongs to.
    int32_t file_partition(size_t file) const;
    // Rows of the files together, from a sample when they are many; nullopt when not known.
    std::optional<int64_t> estimate_rows(const std::vector<size_t>& files) const;
    // The same from the files' sizes, where it is not known.
    int64_t guessed_rows(const std::vector<size_t>& files) const;

protected:
    // Sum over the files, from a sample when they are many; nullopt when `of` does not know one.
    static std::optional<int64_t> sampled_sum(
        const std::vector<size_t>& files, const std::function<std::optional<int64_t>(size_t)>& of);

    std::vector<ScanColumn> columns_;
    std::vector<ScanFile> files_;
    bool match_by_field_id_ = false;
    CalendarModes calendars_;

private:
    mutable std::once_flag partitioned_;
    mutable std::vector<int32_t> partitions_;  // by file, once asked for
};

using DataScanPtr = std::shared_ptr<const DataScan>;

// Names of the columns that no table has (resolved::Scan).
inline constexpr const char* kFilePathColumn = "__file_path";
inline constexpr const char* kRowIndexColumn = "__row_index";
inline constexpr const char* kMetadataColumn = "_metadata";
inline constexpr const char* kFilePlaceColumn = "__file";  // fields of _metadata, and those below
inline constexpr const char* kFilePartitionField = "partition";  // INT: file_partitions()
inline constexpr const char* kBaseRowIdColumn = "__base_row_id";
inline constexpr const char* kDefaultRowCommitVersionColumn = "__default_row_commit_version";
// What rewritten files keep of the rows they took over; NULL in rows of other files.
inline constexpr const char* kKeptRowIdColumn = "__kept_row_id";
inline constexpr const char* kKeptRowCommitVersionColumn = "__kept_row_commit_version";

// "/a b" as "file:///a%20b"; paths with a scheme are encoded alike.
std::string file_uri(const std::string& path);

inline constexpr const char* kParquetScanFunction = "hanok_parquet_scan";

// What a running scan has read so far.
struct ScanCounts {
    int64_t files = 0;                   // of the scan
    std::atomic<int64_t> files_kept{0};  // that may hold rows, as far as statistics say
    std::atomic<int64_t> files_read{0};
    std::atomic<int64_t> bytes_read{0};  // sizes of those files
};

// Of a call of kParquetScanFunction, by what it was bound to.
std::shared_ptr<const ScanCounts> scan_counts(const duckdb::FunctionData& bind);

// Adds that function to a new instance.
void register_parquet_scan(duckdb::DatabaseInstance& instance);

// A call of it whose columns are scan.columns().
duckdb::unique_ptr<duckdb::TableRef> parquet_scan_ref(
    const DataScanPtr& scan, const std::string& alias);

}  // namespace hanok::engine
