#include "iceberg/publish.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/error.h"
#include "delta/snapshot.h"
#include "delta/universal_format.h"
#include "iceberg/delta_changes.h"
#include "iceberg/delta_schema.h"
#include "iceberg/expire.h"
#include "iceberg/snapshot_writer.h"
#include "iceberg/table_files.h"
#include "iceberg/table_metadata_json.h"
#include "storage/object_store.h"

namespace hanok::iceberg {

namespace {

// Names that other writers of UniForm use, too.
constexpr const char* kDeltaVersion = "delta-version";
constexpr const char* kDeltaTimestamp = "delta-timestamp";
constexpr const char* kDeltaTableId = "delta-table-id";
constexpr const char* kNameMapping = "schema.name-mapping.default";
constexpr const char* kMainBranch = "main";

std::string metadata_path(const delta::Snapshot& snapshot) {
    return storage::join_path(metadata_folder(snapshot.root()),
        "v" + std::to_string(snapshot.version()) + ".metadata.json");
}

int64_t number_property(const TableMetadata& metadata, const char* name) {
    std::string text = metadata.property(name);
    bool is_number = !text.empty() && text.size() < 19 &&
                     text.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? std::stoll(text) : -1;
}

// The metadata that readers see now; nullopt also when it is of another table that was here before.
std::optional<LocatedMetadata> current_metadata(const delta::Snapshot& snapshot) {
    auto path = newest_metadata_path(snapshot.store(), snapshot.root());
    if (!path) return std::nullopt;
    LocatedMetadata found = load_metadata(snapshot.store(), *path);
    if (found.metadata.property(kDeltaTableId) != snapshot.metadata().id) return std::nullopt;
    return found;
}

TableMetadata new_table(const delta::Snapshot& snapshot, base::RandomSource& random) {
    TableMetadata out;
    out.uuid = base::new_uuid(random);
    out.location = snapshot.root();
    return out;
}

void set_schema(const delta::Snapshot& snapshot, TableMetadata* metadata) {
    std::vector<Field> fields = iceberg_fields(snapshot.schema());
    metadata->last_column_id = std::max(metadata->last_column_id, highest_id(fields));
    auto known = std::find_if(metadata->schemas.begin(), metadata->schemas.end(),
        [&](const Schema& schema) { return same_fields(schema.fields, fields); });
    if (known != metadata->schemas.end()) {
        metadata->current_schema_id = known->id;
        return;
    }
    int32_t id = 0;
    for (const Schema& schema : metadata->schemas) id = std::max(id, schema.id + 1);
    metadata->schemas.push_back({id, std::move(fields)});
    metadata->current_schema_id = id;
}

void set_partitioning(const delta::Snapshot& snapshot, TableMetadata* metadata) {
    const Schema* schema = metadata->schema(metadata->current_schema_id);
    std::vector<PartitionField> fields = iceberg_partition(snapshot, schema->fields);
    int32_t id = 0;
    for (const PartitionSpec& spec : metadata->specs) {
        if (spec.fields == fields) {
            metadata->default_spec_id = spec.id;
            return;
        }
        id = std::max(id, spec.id + 1);
    }
    for (const PartitionField& field : fields)
        metadata->last_partition_id = std::max(metadata->last_partition_id, field.field_id);
    metadata->specs.push_back({id, std::move(fields)});
    metadata->default_spec_id = id;
}

void set_properties(const delta::Snapshot& snapshot, TableMetadata* metadata) {
    metadata->properties = {{kDeltaVersion, std::to_string(snapshot.version())},
        {kDeltaTimestamp, std::to_string(snapshot.timestamp_ms())},
        {kDeltaTableId, snapshot.metadata().id}, {kNameMapping, name_mapping(snapshot.schema())},
        {"write.format.default", "parquet"}};
    for (const auto& [key, value] : snapshot.metadata().configuration) {
        if (!key.starts_with("delta.")) metadata->properties.emplace(key, value);
    }
}

void add_snapshot(Snapshot made, TableMetadata* metadata) {
    metadata->last_sequence_number = made.sequence_number;
    metadata->current_snapshot_id = made.id;
    metadata->refs[kMainBranch] = {made.id, "branch"};
    metadata->snapshot_log.push_back({made.timestamp_ms, made.id});
    metadata->snapshots.push_back(std::move(made));
}

}  // namespace

void UniformPublisher::committed(const delta::Snapshot& snapshot) {
    if (!delta::wants_iceberg(snapshot.metadata())) return;
    try {
        publish(snapshot, base::SystemRandom::instance());
    } catch (const std::exception& e) {
        spdlog::warn("Version {} of {} was committed but could not be published for Iceberg: {}",
            snapshot.version(), snapshot.root(), e.what());
    }
}

void publish(const delta::Snapshot& snapshot, base::RandomSource& random) {
    storage::ObjectStore& store = snapshot.store();
    auto before = current_metadata(snapshot);
    int64_t known = before ? number_property(before->metadata, kDeltaVersion) : -1;
    if (known >= snapshot.version()) return;
    TableMetadata metadata = before ? before->metadata : new_table(snapshot, random);
    set_schema(snapshot, &metadata);
    set_partitioning(snapshot, &metadata);
    set_properties(snapshot, &metadata);
    metadata.last_updated_ms = std::max(metadata.last_updated_ms, snapshot.timestamp_ms());
    if (before) metadata.metadata_log.push_back({before->metadata.last_updated_ms, before->path});

    std::optional<DeltaChanges> changes;
    bool has_base = before && before->metadata.current_snapshot() != nullptr;
    if (has_base) changes = changes_since(snapshot, known);
    bool is_whole = !changes;
    if (is_whole) changes = all_files(snapshot);
    store.make_directory(metadata_folder(snapshot.root()));
    if (!changes->empty() || (is_whole && has_base)) {
        SnapshotWriter writer(snapshot, metadata, random);
        add_snapshot(writer.write(*changes, is_whole), &metadata);
    }
    Expired expired = expire_history(snapshot, &metadata);
    std::string path = metadata_path(snapshot);
    if (before && before->path == path) return;
    store.put(path, table_metadata_json(metadata));
    store.put(storage::join_path(metadata_folder(snapshot.root()), "version-hint.text"),
        std::to_string(snapshot.version()));
    remove_expired(store, metadata, expired);
}

std::optional<Published> published(const delta::Snapshot& snapshot) {
    auto found = current_metadata(snapshot);
    if (!found) return std::nullopt;
    return Published{found->path, number_property(found->metadata, kDeltaVersion),
        number_property(found->metadata, kDeltaTimestamp)};
}

}  // namespace hanok::iceberg
