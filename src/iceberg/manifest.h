#pragma once
// Manifests and manifest lists as plain structs. Codec: manifest_avro.h.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "avro/datum.h"

namespace hanok::iceberg {

enum class FileContent : uint8_t { kData = 0, kPositionDeletes = 1, kEqualityDeletes = 2 };

struct DataFile {
    FileContent content = FileContent::kData;
    std::string path;
    std::string format = "PARQUET";
    std::vector<avro::Datum> partition;  // by field of the spec
    int64_t record_count = 0;
    int64_t size_bytes = 0;
    // By field id; bounds in Iceberg's binary form of single values (value_bytes.h).
    std::map<int32_t, int64_t> value_counts;
    std::map<int32_t, int64_t> null_counts;
    std::map<int32_t, std::string> lower_bounds;
    std::map<int32_t, std::string> upper_bounds;
    std::vector<int32_t> equality_ids;                // equality deletes
    std::optional<std::string> referenced_data_file;  // position deletes of one file
    std::optional<int64_t> content_offset;            // a deletion vector's place in its file (v3)
    std::optional<int64_t> content_size_bytes;
};

enum class EntryStatus : uint8_t { kExisting = 0, kAdded = 1, kDeleted = 2 };

struct ManifestEntry {
    EntryStatus status = EntryStatus::kAdded;
    // Absent: those of the manifest.
    std::optional<int64_t> snapshot_id;
    std::optional<int64_t> sequence_number;
    std::optional<int64_t> file_sequence_number;
    DataFile file;
};

/// A line of a manifest list.
struct ManifestFile {
    std::string path;
    int64_t size_bytes = 0;
    int32_t spec_id = 0;
    bool holds_deletes = false;
    int64_t sequence_number = 0;
    int64_t min_sequence_number = 0;
    int64_t added_snapshot_id = 0;
    int32_t added_files = 0;
    int32_t existing_files = 0;
    int32_t deleted_files = 0;
    int64_t added_rows = 0;
    int64_t existing_rows = 0;
    int64_t deleted_rows = 0;

    bool has_live_files() const { return added_files > 0 || existing_files > 0; }
};

}  // namespace hanok::iceberg
