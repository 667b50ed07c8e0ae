#include "delta/manifest.h"

#include <map>

#include "base/error.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr const char* kFolder = "_symlink_format_manifest";
constexpr const char* kFile = "manifest";

// Readers take each line as a URI.
std::string as_uri(const std::string& path) {
    return storage::scheme_of(path).empty() ? "file:" + path : path;
}

std::string manifest_path(
    const Snapshot& snapshot, const std::string& folder, const AddFile& file) {
    std::string path = folder;
    for (const PartitionColumn& column : snapshot.partition_columns()) {
        const auto* value = find_partition_value(file.partition_values, column.physical_name);
        path = storage::join_path(
            path, partition_folder(column.name, value == nullptr ? std::nullopt : *value));
    }
    return storage::join_path(path, kFile);
}

}  // namespace

void write_manifests(const Snapshot& snapshot) {
    if (snapshot.column_mapping_mode() != ColumnMappingMode::kNone)
        throw unsupported_error("DELTA_UNSUPPORTED_MANIFEST_GENERATION_WITH_COLUMN_MAPPING", {});
    std::string folder = storage::join_path(snapshot.root(), kFolder);
    std::map<std::string, std::string> manifests;
    if (snapshot.partition_columns().empty()) manifests[storage::join_path(folder, kFile)] = "";
    for (const AddFile* file : snapshot.files()) {
        if (file->deletion_vector) {
            throw unsupported_error("DELTA_UNSUPPORTED_GENERATE_WITH_DELETION_VECTORS",
                {{"tablePath", snapshot.root()}});
        }
        manifests[manifest_path(snapshot, folder, *file)] += as_uri(snapshot.absolute_path(*file)) +
                                                             "\n";
    }
    storage::ObjectStore& store = snapshot.store();
    for (const auto& [path, text] : manifests) {
        store.make_directory(storage::parent_path(path));
        store.put(path, text);
    }
    for (const storage::ObjectInfo& info : store.list_recursive(folder)) {
        bool is_ours = storage::base_name(info.path) == kFile && !info.is_directory;
        if (is_ours && !manifests.contains(info.path)) store.remove(info.path);
    }
}

}  // namespace hanok::delta
