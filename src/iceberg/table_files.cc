#include "iceberg/table_files.h"

#include <algorithm>

#include "base/error.h"
#include "iceberg/manifest_avro.h"
#include "iceberg/table_metadata_json.h"
#include "storage/path.h"

namespace hanok::iceberg {

namespace {

constexpr const char* kHint = "version-hint.text";
constexpr std::string_view kSuffix = ".metadata.json";

std::string read_object(storage::ObjectStore& store, const std::string& path) {
    auto text = store.get(storage::strip_file_scheme(path));
    if (!text) throw runtime_error("FAILED_READ_FILE.FILE_NOT_EXIST", {{"path", path}});
    return std::move(*text);
}

// "v7.metadata.json" and "00007-<uuid>.metadata.json" are 7; -1 for other names.
int64_t number_of(const std::string& name) {
    if (!name.ends_with(kSuffix)) return -1;
    size_t start = name.starts_with("v") ? 1 : 0;
    size_t end = name.find_first_not_of("0123456789", start);
    if (end == start || end == std::string::npos || end - start > 18) return -1;
    return std::stoll(name.substr(start, end - start));
}

std::string trimmed(const std::string& text) {
    size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos) return "";
    return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

std::optional<std::string> hinted(storage::ObjectStore& store, const std::string& folder) {
    auto text = store.get(storage::join_path(folder, kHint));
    if (!text) return std::nullopt;
    std::string hint = trimmed(*text);
    bool is_number = !hint.empty() && hint.find_first_not_of("0123456789") == std::string::npos;
    std::vector<std::string> names = {hint + std::string(kSuffix), hint};
    if (is_number) names.insert(names.begin(), "v" + hint + std::string(kSuffix));
    for (const std::string& name : names) {
        std::string path = storage::join_path(folder, name);
        if (store.head(path)) return path;
    }
    return std::nullopt;
}

}  // namespace

std::string metadata_folder(const std::string& root) {
    return storage::join_path(root, "metadata");
}

std::optional<std::string> newest_metadata_path(
    storage::ObjectStore& store, const std::string& root) {
    std::string folder = metadata_folder(root);
    if (auto path = hinted(store, folder)) return path;
    std::optional<std::string> newest;
    int64_t highest = -1;
    for (const storage::ObjectInfo& info : store.list(folder)) {
        int64_t number = number_of(storage::base_name(info.path));
        if (number <= highest) continue;
        highest = number;
        newest = info.path;
    }
    return newest;
}

LocatedMetadata load_metadata(storage::ObjectStore& store, const std::string& path) {
    return {path, read_table_metadata(read_object(store, path), path)};
}

std::vector<ManifestFile> manifests_of(storage::ObjectStore& store, const Snapshot& snapshot) {
    if (!snapshot.manifest_list.empty())
        return read_manifest_list(read_object(store, snapshot.manifest_list));
    std::vector<ManifestFile> out;
    for (const std::string& path : snapshot.manifests) {
        ManifestFile file;
        file.path = path;
        file.added_snapshot_id = snapshot.id;
        file.added_files = 1;
        out.push_back(std::move(file));
    }
    return out;
}

std::vector<ManifestEntry> entries_of(storage::ObjectStore& store, const ManifestFile& manifest) {
    return read_manifest(read_object(store, manifest.path), manifest);
}

}  // namespace hanok::iceberg
