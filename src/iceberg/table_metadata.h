#pragma once
// The metadata file of an Iceberg table as plain structs. Codec: table_metadata_json.h.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "iceberg/schema.h"

namespace hanok::iceberg {

using Properties = std::map<std::string, std::string>;

struct Snapshot {
    int64_t id = 0;
    std::optional<int64_t> parent_id;
    int64_t sequence_number = 0;
    int64_t timestamp_ms = 0;
    std::string manifest_list;           // path
    std::vector<std::string> manifests;  // paths, in old v1 tables that have no list
    Properties summary;                  // "operation" among others
    std::optional<int32_t> schema_id;
};

struct SnapshotLogEntry {
    int64_t timestamp_ms = 0;
    int64_t snapshot_id = 0;
};

struct MetadataLogEntry {
    int64_t timestamp_ms = 0;
    std::string path;
};

struct SnapshotRef {
    int64_t snapshot_id = 0;
    std::string type;  // "branch", "tag"
};

struct TableMetadata {
    int32_t format_version = 2;
    std::string uuid;
    std::string location;
    int64_t last_sequence_number = 0;
    int64_t last_updated_ms = 0;
    int32_t last_column_id = 0;
    std::vector<Schema> schemas;
    int32_t current_schema_id = 0;
    std::vector<PartitionSpec> specs;
    int32_t default_spec_id = 0;
    int32_t last_partition_id = 999;
    Properties properties;
    std::optional<int64_t> current_snapshot_id;
    std::vector<Snapshot> snapshots;
    std::vector<SnapshotLogEntry> snapshot_log;
    std::vector<MetadataLogEntry> metadata_log;
    std::map<std::string, SnapshotRef> refs;

    /// nullptr when there is none.
    const Snapshot* snapshot(int64_t id) const;
    const Snapshot* current_snapshot() const;
    const Schema* schema(int32_t id) const;
    const PartitionSpec* spec(int32_t id) const;
    std::string property(const std::string& name) const;
};

}  // namespace hanok::iceberg
