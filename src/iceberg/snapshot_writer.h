#pragma once
// Writes the manifests and the manifest list of a new Iceberg snapshot.

#include <string>
#include <vector>

#include "base/ids.h"
#include "delta/fwd.h"
#include "iceberg/delta_changes.h"
#include "iceberg/manifest.h"
#include "iceberg/table_metadata.h"

namespace hanok::iceberg {

class SnapshotWriter {
public:
    /// `metadata` has the schema and the partitioning that the snapshot gets; its newest snapshot
    /// is the one before.
    SnapshotWriter(
        const delta::Snapshot& delta, const TableMetadata& metadata, base::RandomSource& random);

    /// `is_whole`: the changes hold every file, nothing of the snapshot before is kept.
    Snapshot write(const DeltaChanges& changes, bool is_whole);

private:
    /// The manifests of the snapshot before without the removed files.
    std::vector<ManifestFile> kept_manifests(const std::set<std::string>& removed);
    void without_removed(const ManifestFile& manifest, const std::set<std::string>& removed,
        std::vector<ManifestFile>* out);
    ManifestFile write_manifest(const std::vector<ManifestEntry>& entries, int32_t spec_id);
    void add_files(const DeltaChanges& changes, std::vector<ManifestFile>* out);
    /// Many small manifests of one partitioning become one.
    void merge_small(std::vector<ManifestFile>* manifests);
    Properties summary(const DeltaChanges& changes, const std::vector<ManifestFile>& manifests,
        bool is_whole) const;
    std::string sync() const;

    const delta::Snapshot& delta_;
    const TableMetadata& metadata_;
    base::RandomSource& random_;
    std::string write_id_;
    Snapshot made_;
    int num_manifests_ = 0;
    int64_t removed_files_ = 0;
    int64_t removed_rows_ = 0;
    int64_t added_rows_ = 0;
    int64_t added_bytes_ = 0;
};

}  // namespace hanok::iceberg
