#pragma once
// The Avro files of manifests and manifest lists (version 2 is written, 1 to 3 are read).

#include <string>
#include <string_view>
#include <vector>

#include "iceberg/manifest.h"
#include "iceberg/schema.h"

namespace hanok::iceberg {

/// `sync`: 16 random bytes.
std::string manifest_avro(const std::vector<ManifestEntry>& entries, const Schema& schema,
    const PartitionSpec& spec, const std::string& sync);
/// Entries get what they inherit from `manifest`; deleted ones are among them. Throws Error
/// AVRO_MALFORMED_DATA.
std::vector<ManifestEntry> read_manifest(std::string_view avro, const ManifestFile& manifest);

std::string manifest_list_avro(const std::vector<ManifestFile>& manifests, int64_t snapshot_id,
    std::optional<int64_t> parent_id, int64_t sequence_number, const std::string& sync);
std::vector<ManifestFile> read_manifest_list(std::string_view avro);

}  // namespace hanok::iceberg
