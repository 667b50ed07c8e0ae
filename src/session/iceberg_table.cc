#include "session/iceberg_table.h"

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "engine/iceberg_source.h"
#include "iceberg/table_files.h"
#include "iceberg/value_bytes.h"
#include "plan/relation.h"
#include "session/session.h"
#include "storage/path.h"

namespace hanok::session {

namespace {

using File = engine::IcebergScanSource::File;

// More than this is a table that needs compaction first.
constexpr int64_t kMostDeletes = 50'000'000;

std::string text_option(
    const std::map<std::string, std::string>& options, const std::string& name) {
    for (const auto& [key, value] : options) {
        if (types::names_equal(key, name)) return value;
    }
    return "";
}

int64_t number_option(const std::string& name, const std::string& text) {
    bool is_number = text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) {
        throw Error(ErrorKind::kIllegalArgument, "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
            {{"optionName", name}, {"message", "'" + text + "' is not an integer"}});
    }
    return std::stoll(text);
}

Error no_snapshot(const std::string& what) {
    return analysis_error("ICEBERG_SNAPSHOT_NOT_FOUND", {{"snapshot", what}});
}

const iceberg::Snapshot* of_time(const iceberg::TableMetadata& metadata, int64_t time_ms) {
    const iceberg::Snapshot* found = nullptr;
    for (const auto& entry : metadata.snapshot_log) {
        if (entry.timestamp_ms <= time_ms) found = metadata.snapshot(entry.snapshot_id);
    }
    if (found == nullptr) throw no_snapshot("as of " + std::to_string(time_ms));
    return found;
}

const iceberg::Snapshot* chosen_snapshot(
    const iceberg::TableMetadata& metadata, const std::map<std::string, std::string>& options) {
    for (const char* refused : {"start-snapshot-id", "end-snapshot-id", "stream-from-timestamp"}) {
        if (!text_option(options, refused).empty())
            throw unsupported_feature(std::string("option ") + refused + " of Iceberg tables");
    }
    for (const char* kind : {"branch", "tag"}) {
        std::string name = text_option(options, kind);
        if (name.empty()) continue;
        auto ref = metadata.refs.find(name);
        if (ref == metadata.refs.end() || ref->second.type != kind)
            throw no_snapshot(std::string(kind) + " " + name);
        return metadata.snapshot(ref->second.snapshot_id);
    }
    if (auto id = text_option(options, "snapshot-id"); !id.empty()) {
        const auto* found = metadata.snapshot(number_option("snapshot-id", id));
        if (found == nullptr) throw no_snapshot(id);
        return found;
    }
    if (auto time = text_option(options, "as-of-timestamp"); !time.empty())
        return of_time(metadata, number_option("as-of-timestamp", time));
    return metadata.current_snapshot();
}

class Planner {
public:
    Planner(Session& session, const iceberg::TableMetadata& metadata, std::string root,
        std::shared_ptr<storage::ObjectStore> store)
        : session_(session),
          metadata_(metadata),
          root_(std::move(root)),
          store_(std::move(store)) {}

    std::vector<File> files(const iceberg::Snapshot& snapshot) {
        iceberg::Snapshot moved = snapshot;
        if (!moved.manifest_list.empty()) moved.manifest_list = here(moved.manifest_list);
        for (auto& manifest : moved.manifests) manifest = here(manifest);
        for (iceberg::ManifestFile& manifest : iceberg::manifests_of(*store_, moved)) {
            if (!manifest.has_live_files()) continue;
            manifest.path = here(manifest.path);
            for (auto& entry : iceberg::entries_of(*store_, manifest)) {
                if (entry.status == iceberg::EntryStatus::kDeleted) continue;
                entry.file.path = here(entry.file.path);
                add(manifest, std::move(entry));
            }
        }
        read_deletes();
        std::vector<File> out;
        for (Data& data : data_) {
            if (!data.deleted.empty()) {
                auto vector = std::make_shared<delta::DeletionVector>();
                vector->add_many(data.deleted);
                data.file.deletes = std::move(vector);
            }
            out.push_back(std::move(data.file));
        }
        return out;
    }

private:
    struct Data {
        File file;
        int64_t sequence_number = 0;
        std::vector<uint64_t> deleted;
    };

    // Where a path of the metadata lies now: tables can be moved as a whole.
    std::string here(const std::string& path) const {
        std::string plain = storage::strip_file_scheme(path);
        std::string location = storage::strip_file_scheme(metadata_.location);
        while (location.size() > 1 && location.back() == '/') location.pop_back();
        bool is_inside = plain.starts_with(location + "/");
        return is_inside ? root_ + plain.substr(location.size()) : plain;
    }

    void add(const iceberg::ManifestFile& manifest, iceberg::ManifestEntry entry) {
        bool is_parquet = types::names_equal(entry.file.format, "parquet");
        if (entry.file.content == iceberg::FileContent::kEqualityDeletes)
            throw unsupported_feature("Iceberg equality deletes");
        if (entry.file.content == iceberg::FileContent::kPositionDeletes) {
            deletes_.push_back(std::move(entry));
            return;
        }
        if (!is_parquet) throw unsupported_feature("Iceberg data files in " + entry.file.format);
        Data data;
        data.file.path = entry.file.path;
        data.file.size_bytes = entry.file.size_bytes;
        data.file.num_rows = entry.file.record_count;
        data.sequence_number = entry.sequence_number.value_or(0);
        data.file.constants = constants(manifest, entry.file);
        by_path_[data.file.path] = data_.size();
        data_.push_back(std::move(data));
    }

    std::map<int32_t, types::Value> constants(
        const iceberg::ManifestFile& manifest, const iceberg::DataFile& file) const {
        std::map<int32_t, types::Value> out;
        const auto* spec = metadata_.spec(manifest.spec_id);
        if (spec == nullptr || spec->fields.size() != file.partition.size()) return out;
        for (size_t i = 0; i < spec->fields.size(); i++) {
            if (spec->fields[i].transform != "identity") continue;
            for (const auto& schema : metadata_.schemas) {
                const auto* column = iceberg::find_field(schema.fields, spec->fields[i].source_id);
                if (column == nullptr) continue;
                auto type = iceberg::spark_type(*column->type);
                out[column->id] = iceberg::partition_value(file.partition[i], *type);
            }
        }
        return out;
    }

    void read_deletes() {
        for (const auto& entry : deletes_) {
            if (types::names_equal(entry.file.format, "puffin")) {
                read_vector(entry);
            } else {
                read_positions(entry);
            }
        }
    }

    Data* target(const std::string& path, const iceberg::ManifestEntry& entry) {
        auto found = by_path_.find(here(path));
        if (found == by_path_.end()) return nullptr;
        Data& data = data_[found->second];
        return data.sequence_number <= entry.sequence_number.value_or(0) ? &data : nullptr;
    }

    // A blob of a Puffin file: length, vector, checksum, as Delta has them.
    void read_vector(const iceberg::ManifestEntry& entry) {
        const auto& file = entry.file;
        if (!file.referenced_data_file || !file.content_offset || !file.content_size_bytes)
            throw unsupported_feature("Iceberg deletion vectors without a place in their file");
        Data* data = target(*file.referenced_data_file, entry);
        if (data == nullptr) return;
        delta::DeletionVectorDescriptor descriptor;
        descriptor.storage_type = "p";
        descriptor.path_or_inline_dv = file.path;
        descriptor.offset = static_cast<int32_t>(*file.content_offset);
        descriptor.size_bytes = static_cast<int32_t>(*file.content_size_bytes - 8);
        descriptor.cardinality = file.record_count;
        auto vector = delta::load_deletion_vector(*store_, root_, descriptor);
        for (uint64_t row : vector.to_rows()) data->deleted.push_back(row);
    }

    void read_positions(const iceberg::ManifestEntry& entry) {
        auto source = std::make_shared<plan::DataSource>();
        source->format = types::to_lower(entry.file.format);
        source->paths = {entry.file.path};
        auto rows = session_.analyze(source);
        int path = -1, position = -1;
        for (size_t i = 0; i < rows->output.size(); i++) {
            if (rows->output[i].name == "file_path") path = static_cast<int>(i);
            if (rows->output[i].name == "pos") position = static_cast<int>(i);
        }
        if (path < 0 || position < 0) {
            throw runtime_error("ICEBERG_INVALID_METADATA",
                {{"path", entry.file.path}, {"reason", "these are no position deletes"}});
        }
        auto& engine = session_.platform().engine();
        for (const auto& row : engine.collect(rows, session_.query_context(), kMostDeletes)) {
            Data* data = target(row[static_cast<size_t>(path)].as_string(), entry);
            if (data == nullptr) continue;
            auto value = row[static_cast<size_t>(position)].as_int();
            data->deleted.push_back(static_cast<uint64_t>(value));
        }
    }

    Session& session_;
    const iceberg::TableMetadata& metadata_;
    std::string root_;
    std::shared_ptr<storage::ObjectStore> store_;
    std::vector<Data> data_;
    std::map<std::string, size_t> by_path_;
    std::vector<iceberg::ManifestEntry> deletes_;
};

}  // namespace

resolved::ScanSourcePtr scan_of_iceberg(
    Session& session, const std::string& path, const std::map<std::string, std::string>& options) {
    if (path.find('#') != std::string::npos)
        throw unsupported_feature("Iceberg metadata tables: " + path);
    std::string root = storage::strip_file_scheme(path);
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    auto store = storage::store_for(root);
    std::optional<std::string> file = root;
    if (root.ends_with(".metadata.json")) {
        root = storage::parent_path(storage::parent_path(root));
    } else {
        file = iceberg::newest_metadata_path(*store, root);
    }
    if (!file || !store->head(*file))
        throw analysis_error("PATH_NOT_FOUND", {{"path", storage::shown_path(path)}});
    auto loaded = iceberg::load_metadata(*store, *file);
    const auto& metadata = loaded.metadata;
    const auto* snapshot = chosen_snapshot(metadata, options);
    // A branch has the table's schema, everything else that of its snapshot.
    bool is_current = snapshot == nullptr || snapshot == metadata.current_snapshot() ||
                      !snapshot->schema_id;
    const auto* schema = metadata.schema(
        is_current ? metadata.current_schema_id : *snapshot->schema_id);
    if (schema == nullptr) {
        throw runtime_error(
            "ICEBERG_INVALID_METADATA", {{"path", *file}, {"reason", "it has no such schema"}});
    }
    auto source = std::make_shared<engine::IcebergScanSource>();
    source->format = "iceberg";
    source->description = "iceberg " + path;
    source->schema = iceberg::spark_schema(schema->fields);
    if (snapshot != nullptr)
        source->files = Planner(session, metadata, root, store).files(*snapshot);
    return source;
}

}  // namespace hanok::session
