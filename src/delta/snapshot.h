#pragma once
// One version of a table. Immutable; may be shared by any number of threads.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"
#include "delta/snapshot_files.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

/// Milliseconds of a duration property's text, "interval 7 days". Throws DELTA_INVALID_PROPERTY.
int64_t interval_ms(const std::string& name, const std::string& text);

enum class ColumnMappingMode { kNone, kName, kId };

/// A column of the table where it differs between the schema and the files.
struct PartitionColumn {
    std::string name;           // logical
    std::string physical_name;  // key in partitionValues
    types::TypePtr type;
};

/// Made by Table (log_replay.h does the work). Where the version has a checksum, its files are read
/// from the log when they are first asked for; that may throw what loading throws.
class Snapshot {
public:
    int64_t version() const { return version_; }
    /// When this version was committed: in-commit timestamp, else the log file's time.
    int64_t timestamp_ms() const { return timestamp_ms_; }
    /// The time of the version's log file itself (log_file()).
    int64_t modified_ms() const { return modified_ms_; }
    /// Its etag, where the store has one: times may be whole seconds.
    const std::string& etag() const { return etag_; }
    /// Where that file lies: the commit, or the checkpoint where the commit is gone.
    const std::string& log_file() const { return log_file_; }
    /// How many commits were put on top since the whole log was read.
    int64_t growth() const { return growth_; }
    const std::string& root() const { return root_; }
    storage::ObjectStore& store() const { return *store_; }

    const Protocol& protocol() const { return protocol_; }
    const Metadata& metadata() const { return metadata_; }

    /// Logical schema (struct), partition columns included, with field metadata as stored.
    const types::TypePtr& schema() const { return schema_; }
    /// The names and types that data files use: physical names at every level, field ids in the
    /// metadata key "parquet.field.id"; partition columns left out. Same order as schema().
    const types::TypePtr& physical_data_schema() const { return physical_data_schema_; }
    const std::vector<PartitionColumn>& partition_columns() const { return partition_columns_; }
    ColumnMappingMode column_mapping_mode() const { return mapping_mode_; }

    /// Files of the table, in the order they were added. The pointers live as long as the snapshot.
    /// Of a large table, better ask for single ones: these are made here for all.
    const std::vector<const AddFile*>& files() const { return loaded().all(); }
    size_t num_files() const { return loaded().size(); }
    /// One of files().
    const AddFile& file(size_t index) const { return loaded().file(index); }
    /// The files that may hold a row for which `predicate` is TRUE; all of them for nullptr.
    std::vector<const AddFile*> files_matching(
        const PredicatePtr& predicate, const std::string& time_zone = "") const;
    /// The same of some of them, as indexes of files().
    std::vector<size_t> matching(const std::vector<size_t>& candidates,
        const PredicatePtr& predicate, const std::string& time_zone = "") const;
    /// Removed files that VACUUM has to keep until their retention is over.
    const std::vector<const RemoveFile*>& tombstones() const { return loaded().tombstones; }
    /// Asks for no file.
    const FileCounts& counts() const;
    int64_t size_bytes() const { return counts().size_bytes; }
    /// Are the files there already?
    bool has_files() const { return ready_.load(std::memory_order_acquire) != nullptr; }
    /// Live rows by the statistics (deletion vectors subtracted); nullopt if any file lacks them.
    std::optional<int64_t> num_records() const;

    /// Full path of a file of this table: decoded, absolute.
    std::string absolute_path(const AddFile& file) const;
    std::string absolute_path(const std::string& log_path) const;
    /// Typed value of partition_columns()[index] in a file. Timestamps written without a zone are
    /// wall-clock times of `time_zone` (Spark's writers use their session's).
    types::Value partition_value(
        const AddFile& file, size_t index, const std::string& time_zone = "UTC") const;
    /// The same of file number `file` of files().
    types::Value partition_value(
        size_t file, size_t index, const std::string& time_zone = "UTC") const;
    /// Rows of the file that are deleted; null when none are.
    std::shared_ptr<const DeletionVector> deletion_vector(const AddFile& file) const;

    const std::map<std::string, SetTransaction>& transactions() const { return transactions_; }
    const std::map<std::string, DomainMetadata>& domains() const { return domains_; }

    /// Value of a table property, or `otherwise`.
    std::string property(const std::string& name, const std::string& otherwise = "") const;
    bool bool_property(const std::string& name, bool otherwise) const;
    int64_t int_property(const std::string& name, int64_t otherwise) const;
    /// A duration property ("interval 7 days") in milliseconds.
    int64_t interval_property_ms(const std::string& name, int64_t otherwise_ms) const;

    /// The commitInfo of this version, when its commit file was read.
    const std::optional<CommitInfo>& commit_info() const { return commit_info_; }
    /// The newest checkpoint this snapshot was read from, -1 for none.
    int64_t checkpoint_version() const { return checkpoint_version_; }
    /// Names of writer features that we do not know; a table with any is read only.
    std::vector<std::string> unsupported_writer_features() const;

private:
    friend class SnapshotBuilder;
    Snapshot() = default;
    /// Fills what follows from metadata_.
    void set_schema();
    const SnapshotFiles& loaded() const;
    types::Value value_of(
        const PartitionValues& values, size_t index, const std::string& time_zone) const;
    void set_files(SnapshotFilesPtr files) const;

    int64_t version_ = -1;
    int64_t timestamp_ms_ = 0;
    int64_t modified_ms_ = 0;
    std::string etag_;
    std::string log_file_;
    int64_t growth_ = 0;
    int64_t checkpoint_version_ = -1;
    std::string root_;
    StorePtr store_;
    Protocol protocol_;
    Metadata metadata_;
    types::TypePtr schema_;
    types::TypePtr physical_data_schema_;
    std::vector<PartitionColumn> partition_columns_;
    ColumnMappingMode mapping_mode_ = ColumnMappingMode::kNone;
    FileCounts expected_;            // until the files are there
    mutable std::mutex load_mutex_;  // guards load_files_ and files_
    mutable std::function<SnapshotFilesPtr()> load_files_;
    mutable SnapshotFilesPtr files_;
    mutable std::atomic<const SnapshotFiles*> ready_{nullptr};  // files_, once and for all
    std::map<std::string, SetTransaction> transactions_;
    std::map<std::string, DomainMetadata> domains_;
    std::optional<CommitInfo> commit_info_;
};

}  // namespace hanok::delta
