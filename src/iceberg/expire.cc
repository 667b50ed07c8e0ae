#include "iceberg/expire.h"

#include <algorithm>

#include "base/error.h"
#include "delta/snapshot.h"
#include "iceberg/table_files.h"

namespace hanok::iceberg {

namespace {

constexpr int64_t kWeekMs = int64_t{7} * 24 * 3600 * 1000;
constexpr size_t kMetadataFiles = 100;
constexpr size_t kMostSnapshots = 1000;
// Each time costs a look at all manifest lists, so it is done for several at once.
constexpr size_t kExpireAtOnce = 20;

}  // namespace

Expired expire_history(const delta::Snapshot& delta, TableMetadata* metadata) {
    Expired out;
    int64_t oldest = metadata->last_updated_ms -
                     delta.interval_property_ms("delta.deletedFileRetentionDuration", kWeekMs);
    std::vector<Snapshot>& snapshots = metadata->snapshots;
    size_t count = 0;
    while (count + 1 < snapshots.size() &&
           (snapshots[count].timestamp_ms < oldest || snapshots.size() - count > kMostSnapshots))
        count++;
    if (count >= kExpireAtOnce) {
        auto end = snapshots.begin() + static_cast<std::ptrdiff_t>(count);
        out.snapshots.assign(snapshots.begin(), end);
        snapshots.erase(snapshots.begin(), end);
        std::erase_if(metadata->snapshot_log, [&](const SnapshotLogEntry& entry) {
            return metadata->snapshot(entry.snapshot_id) == nullptr;
        });
    }
    std::vector<MetadataLogEntry>& log = metadata->metadata_log;
    if (log.size() > kMetadataFiles) {
        auto end = log.end() - static_cast<std::ptrdiff_t>(kMetadataFiles);
        for (auto it = log.begin(); it != end; ++it) out.metadata_paths.push_back(it->path);
        log.erase(log.begin(), end);
    }
    return out;
}

void remove_expired(
    storage::ObjectStore& store, const TableMetadata& metadata, const Expired& expired) {
    try {
        for (const std::string& path : expired.metadata_paths) store.remove(path);
        if (expired.snapshots.empty()) return;
        std::set<std::string> used;
        for (const Snapshot& snapshot : metadata.snapshots) {
            for (const ManifestFile& manifest : manifests_of(store, snapshot))
                used.insert(manifest.path);
        }
        for (const Snapshot& snapshot : expired.snapshots) {
            for (const ManifestFile& manifest : manifests_of(store, snapshot)) {
                if (!used.contains(manifest.path)) store.remove(manifest.path);
            }
            store.remove(snapshot.manifest_list);
        }
    } catch (const Error&) {
        return;  // files that nobody refers to; the metadata is right without them
    }
}

}  // namespace hanok::iceberg
