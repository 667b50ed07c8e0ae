#include "iceberg/snapshot_writer.h"

#include <algorithm>

#include "base/error.h"
#include "delta/snapshot.h"
#include "iceberg/delta_data_file.h"
#include "iceberg/manifest_avro.h"
#include "iceberg/table_files.h"
#include "storage/object_store.h"

namespace hanok::iceberg {

namespace {

constexpr size_t kFilesInManifest = 20000;
// As in Iceberg: so many manifests are merged, and none of which is as large already.
constexpr size_t kManifestsToMerge = 100;

void count(const ManifestEntry& entry, ManifestFile* out) {
    int64_t rows = entry.file.record_count;
    switch (entry.status) {
        case EntryStatus::kExisting:
            out->existing_files++;
            out->existing_rows += rows;
            break;
        case EntryStatus::kAdded:
            out->added_files++;
            out->added_rows += rows;
            break;
        case EntryStatus::kDeleted:
            out->deleted_files++;
            out->deleted_rows += rows;
            break;
    }
}

const char* operation(const DeltaChanges& changes, int64_t removed_files, bool replaces_all) {
    if (!changes.changes_data) return "replace";
    if (replaces_all || (removed_files > 0 && !changes.added.empty())) return "overwrite";
    return removed_files > 0 ? "delete" : "append";
}

}  // namespace

SnapshotWriter::SnapshotWriter(
    const delta::Snapshot& delta, const TableMetadata& metadata, base::RandomSource& random)
    : delta_(delta), metadata_(metadata), random_(random), write_id_(base::new_uuid(random)) {
    made_.id = static_cast<int64_t>(random.next_u64() >> 1);
    made_.sequence_number = metadata.last_sequence_number + 1;
    made_.timestamp_ms = metadata.last_updated_ms;
    made_.schema_id = metadata.current_schema_id;
    if (const Snapshot* parent = metadata.current_snapshot()) made_.parent_id = parent->id;
}

std::string SnapshotWriter::sync() const {
    std::string out;
    for (int i = 0; i < 2; i++) {
        uint64_t bits = random_.next_u64();
        for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift);
    }
    return out;
}

ManifestFile SnapshotWriter::write_manifest(
    const std::vector<ManifestEntry>& entries, int32_t spec_id) {
    ManifestFile out;
    out.path = storage::join_path(metadata_folder(delta_.root()),
        write_id_ + "-m" + std::to_string(num_manifests_++) + ".avro");
    out.spec_id = spec_id;
    out.sequence_number = made_.sequence_number;
    out.min_sequence_number = made_.sequence_number;
    out.added_snapshot_id = made_.id;
    for (const ManifestEntry& entry : entries) {
        count(entry, &out);
        if (entry.sequence_number && entry.status != EntryStatus::kDeleted)
            out.min_sequence_number = std::min(out.min_sequence_number, *entry.sequence_number);
    }
    const PartitionSpec* spec = metadata_.spec(spec_id);
    // Columns of an old partitioning may be gone from the newest schema.
    const Schema* schema = metadata_.schema(metadata_.current_schema_id);
    for (const Schema& other : metadata_.schemas) {
        auto has_source = [&](const PartitionField& field) {
            return find_field(schema->fields, field.source_id) != nullptr;
        };
        if (std::all_of(spec->fields.begin(), spec->fields.end(), has_source)) break;
        schema = &other;
    }
    std::string avro = manifest_avro(entries, *schema, *spec, sync());
    out.size_bytes = static_cast<int64_t>(avro.size());
    delta_.store().put(out.path, avro);
    return out;
}

void SnapshotWriter::without_removed(const ManifestFile& manifest,
    const std::set<std::string>& removed, std::vector<ManifestFile>* out) {
    std::vector<ManifestEntry> entries = entries_of(delta_.store(), manifest);
    std::erase_if(entries, [](const auto& entry) { return entry.status == EntryStatus::kDeleted; });
    bool has_removed = false;
    for (ManifestEntry& entry : entries) {
        entry.status = EntryStatus::kExisting;
        if (!removed.contains(entry.file.path)) continue;
        entry.status = EntryStatus::kDeleted;
        entry.snapshot_id = made_.id;
        has_removed = true;
        removed_files_++;
        removed_rows_ += entry.file.record_count;
    }
    out->push_back(has_removed ? write_manifest(entries, manifest.spec_id) : manifest);
}

std::vector<ManifestFile> SnapshotWriter::kept_manifests(const std::set<std::string>& removed) {
    std::vector<ManifestFile> out;
    const Snapshot* parent = metadata_.current_snapshot();
    if (parent == nullptr) return out;
    for (const ManifestFile& manifest : manifests_of(delta_.store(), *parent)) {
        if (!manifest.has_live_files()) continue;
        if (removed.empty()) {
            out.push_back(manifest);
        } else {
            without_removed(manifest, removed, &out);
        }
    }
    return out;
}

void SnapshotWriter::add_files(const DeltaChanges& changes, std::vector<ManifestFile>* out) {
    std::vector<ManifestEntry> entries;
    auto flush = [&] {
        if (!entries.empty()) out->push_back(write_manifest(entries, metadata_.default_spec_id));
        entries.clear();
    };
    for (const auto& [path, file] : changes.added) {
        ManifestEntry entry;
        entry.snapshot_id = made_.id;
        entry.file = data_file_of(delta_, *file);
        added_rows_ += entry.file.record_count;
        added_bytes_ += entry.file.size_bytes;
        entries.push_back(std::move(entry));
        if (entries.size() >= kFilesInManifest) flush();
    }
    flush();
}

void SnapshotWriter::merge_small(std::vector<ManifestFile>* manifests) {
    auto is_small = [&](const ManifestFile& file) {
        auto files = static_cast<size_t>(file.added_files + file.existing_files);
        return file.spec_id == metadata_.default_spec_id && file.deleted_files == 0 &&
               file.added_snapshot_id != made_.id && files < kFilesInManifest;
    };
    auto small = std::count_if(manifests->begin(), manifests->end(), is_small);
    if (static_cast<size_t>(small) < kManifestsToMerge) return;
    std::vector<ManifestEntry> entries;
    std::vector<ManifestFile> out;
    auto flush = [&] {
        if (!entries.empty()) out.push_back(write_manifest(entries, metadata_.default_spec_id));
        entries.clear();
    };
    for (const ManifestFile& manifest : *manifests) {
        if (!is_small(manifest)) {
            out.push_back(manifest);
            continue;
        }
        for (ManifestEntry& entry : entries_of(delta_.store(), manifest)) {
            entry.status = EntryStatus::kExisting;
            entries.push_back(std::move(entry));
        }
        if (entries.size() >= kFilesInManifest) flush();
    }
    flush();
    *manifests = std::move(out);
}

Properties SnapshotWriter::summary(
    const DeltaChanges& changes, const std::vector<ManifestFile>& manifests, bool is_whole) const {
    int64_t files = 0, rows = 0;
    for (const ManifestFile& manifest : manifests) {
        files += manifest.added_files + manifest.existing_files;
        rows += manifest.added_rows + manifest.existing_rows;
    }
    auto text = [](int64_t number) { return std::to_string(number); };
    return {{"operation", operation(changes, removed_files_, is_whole && made_.parent_id)},
        {"added-data-files", text(static_cast<int64_t>(changes.added.size()))},
        {"added-records", text(added_rows_)}, {"added-files-size", text(added_bytes_)},
        {"deleted-data-files", text(removed_files_)}, {"deleted-records", text(removed_rows_)},
        {"total-data-files", text(files)}, {"total-records", text(rows)},
        {"total-files-size", text(delta_.size_bytes())}, {"total-delete-files", "0"},
        {"total-position-deletes", "0"}, {"total-equality-deletes", "0"},
        {"delta-version", text(delta_.version())}};
}

Snapshot SnapshotWriter::write(const DeltaChanges& changes, bool is_whole) {
    std::vector<ManifestFile> manifests;
    if (!is_whole) manifests = kept_manifests(changes.removed);
    merge_small(&manifests);
    add_files(changes, &manifests);
    made_.manifest_list = storage::join_path(metadata_folder(delta_.root()),
        "snap-" + std::to_string(made_.id) + "-1-" + write_id_ + ".avro");
    delta_.store().put(made_.manifest_list,
        manifest_list_avro(manifests, made_.id, made_.parent_id, made_.sequence_number, sync()));
    made_.summary = summary(changes, manifests, is_whole);
    return made_;
}

}  // namespace hanok::iceberg
