#pragma once
// Where the metadata of an Iceberg table lies, and what its snapshots hold.

#include <optional>
#include <string>
#include <vector>

#include "iceberg/manifest.h"
#include "iceberg/table_metadata.h"
#include "storage/object_store.h"

namespace hanok::iceberg {

struct LocatedMetadata {
    std::string path;
    TableMetadata metadata;
};

std::string metadata_folder(const std::string& root);
/// The newest metadata file below a table's folder (by version-hint.text, else by the highest
/// number in a name); nullopt when there is none.
std::optional<std::string> newest_metadata_path(
    storage::ObjectStore& store, const std::string& root);
/// Throws Error ICEBERG_INVALID_METADATA, FAILED_READ_FILE.FILE_NOT_EXIST.
LocatedMetadata load_metadata(storage::ObjectStore& store, const std::string& path);

/// The manifests of a snapshot.
std::vector<ManifestFile> manifests_of(storage::ObjectStore& store, const Snapshot& snapshot);
std::vector<ManifestEntry> entries_of(storage::ObjectStore& store, const ManifestFile& manifest);

}  // namespace hanok::iceberg
