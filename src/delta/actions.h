#pragma once
// The actions of the Delta protocol as plain structs. Names and meanings are the protocol's.
// Codecs: action_json.h.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hanok::delta {

class PackedFiles;

using StringMap = std::map<std::string, std::string>;

/// Physical column name to value in the log's text form; nullopt (or an empty text) is NULL.
using PartitionValues = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// The value under a physical name; nullptr when the key is absent.
const std::optional<std::string>* find_partition_value(
    const PartitionValues& values, const std::string& physical_name);

struct Protocol {
    int min_reader_version = 1;
    int min_writer_version = 2;
    std::optional<std::vector<std::string>> reader_features;  // present iff reader version is 3
    std::optional<std::vector<std::string>> writer_features;  // present iff writer version is 7

    bool has_reader_feature(const std::string& name) const;
    /// Listed, or implied by the legacy writer version.
    bool has_feature(const std::string& name) const;
    bool operator==(const Protocol&) const = default;
};

struct Metadata {
    std::string id;
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::string format_provider = "parquet";
    StringMap format_options;
    std::string schema_string;
    std::vector<std::string> partition_columns;  // logical names
    std::optional<int64_t> created_time_ms;
    StringMap configuration;

    bool operator==(const Metadata&) const = default;
};

struct DeletionVectorDescriptor {
    std::string storage_type;  // "u", "i" or "p"
    std::string path_or_inline_dv;
    std::optional<int32_t> offset;
    int32_t size_bytes = 0;
    int64_t cardinality = 0;

    std::string unique_id() const;
    bool operator==(const DeletionVectorDescriptor&) const = default;
};

/// A data file of the table. `path` is as in the log: URI-encoded, relative to the table or
/// absolute.
struct AddFile {
    std::string path;
    PartitionValues partition_values;
    int64_t size_bytes = 0;
    int64_t modification_time_ms = 0;
    bool data_change = true;
    std::string stats;  // JSON text, "" when unknown
    StringMap tags;
    std::optional<DeletionVectorDescriptor> deletion_vector;
    std::optional<int64_t> base_row_id;
    std::optional<int64_t> default_row_commit_version;
    std::optional<std::string> clustering_provider;
};

struct RemoveFile {
    std::string path;
    std::optional<int64_t> deletion_timestamp_ms;
    bool data_change = true;
    bool extended_file_metadata = false;
    PartitionValues partition_values;  // these three when extended_file_metadata
    std::optional<int64_t> size_bytes;
    std::string stats;
    StringMap tags;
    std::optional<DeletionVectorDescriptor> deletion_vector;
    std::optional<int64_t> base_row_id;
    std::optional<int64_t> default_row_commit_version;
};

/// The tombstone of a file that leaves the table now.
RemoveFile remove_of(const AddFile& file, int64_t deletion_timestamp_ms, bool data_change = true);

struct CdcFile {
    std::string path;
    PartitionValues partition_values;
    int64_t size_bytes = 0;
    StringMap tags;
};

struct SetTransaction {
    std::string app_id;
    int64_t version = 0;
    std::optional<int64_t> last_updated_ms;
};

struct DomainMetadata {
    std::string domain;
    std::string configuration;
    bool removed = false;
};

/// Provenance of a commit. Values of parameters and metrics are JSON text of the value
/// (a string "x" is held as its text x).
struct CommitInfo {
    std::optional<int64_t> in_commit_timestamp_ms;
    std::optional<int64_t> timestamp_ms;
    std::optional<std::string> user_id;
    std::optional<std::string> user_name;
    std::string operation;
    StringMap operation_parameters;
    std::optional<std::string> job_json;
    std::optional<std::string> notebook_json;
    std::optional<std::string> cluster_id;
    std::optional<int64_t> read_version;
    std::optional<std::string> isolation_level;
    std::optional<bool> is_blind_append;
    StringMap operation_metrics;
    std::optional<std::string> user_metadata;
    StringMap tags;
    std::optional<std::string> engine_info;
    std::optional<std::string> txn_id;
};

struct Sidecar {
    std::string path;  // URI-encoded; a bare name lies in _delta_log/_sidecars
    int64_t size_bytes = 0;
    int64_t modification_time_ms = 0;
};

/// Everything one log file says, by kind; the protocol gives the order of lines no meaning.
struct CommitActions {
    std::optional<CommitInfo> commit_info;
    std::optional<Protocol> protocol;
    std::optional<Metadata> metadata;
    std::vector<AddFile> adds;
    /// Where a reader packs the files (checkpoints, ParseOptions::pack_adds): instead of `adds`.
    std::vector<std::shared_ptr<const PackedFiles>> packed_adds;
    std::vector<RemoveFile> removes;
    std::vector<CdcFile> cdc_files;
    std::vector<SetTransaction> transactions;
    std::vector<DomainMetadata> domains;
    std::vector<Sidecar> sidecars;  // checkpoints only
    /// The version of a V2 checkpoint; set in its top file only.
    std::optional<int64_t> v2_checkpoint_version;
};

}  // namespace hanok::delta
