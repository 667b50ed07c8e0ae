// CREATE TABLE … CLONE: a table with the files of another one. Shallow: the log points at the
// source's files; deep: they are copied.

#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/ids.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/row_checks.h"
#include "commands/rows.h"
#include "commands/table_properties.h"
#include "delta/deletion_vector.h"
#include "delta/row_tracking.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/table_features.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

struct Place {
    catalog::TableInfo info;
    bool by_path = false;
    bool is_registered = false;  // the catalog has it already
    bool skip = false;           // IF NOT EXISTS, and it does
};

Place place_of(Session& session, const plan::CloneTable& clone) {
    Place place;
    auto name = name_parts(session, clone.name);
    bool replaces = clone.or_replace || clone.replace;
    if (auto path = Session::path_table(name)) {
        place.by_path = true;
        place.info.location = normal_path(path->second);
        bool exists = session.platform().delta_table(place.info.location)->exists();
        place.skip = exists && clone.if_not_exists;
        if (exists && !replaces && !place.skip)
            throw analysis_error("DELTA_PATH_EXISTS", {{"path", place.info.location}});
        if (!exists && clone.replace) {
            throw analysis_error("DELTA_MISSING_DELTA_TABLE",
                {{"tableName", "delta.`" + place.info.location + "`"}});
        }
        return place;
    }
    auto key = session.table_key(name);
    find_schema(session, {key.catalog, key.schema});
    auto existing = session.platform().catalog().find_table(key.catalog, key.schema, key.name);
    if (existing && clone.if_not_exists) {
        place.skip = true;
        return place;
    }
    if (existing && !replaces) {
        throw analysis_error(
            "TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(key.parts())}});
    }
    if (!existing && clone.replace) throw table_not_found(session, name);
    if (existing) {
        place.is_registered = true;
        place.info.id = existing->id;
        place.info.created_ms = existing->created_ms;
        if (existing->provider == "delta") place.info.location = existing->location;
    }
    place.info.catalog = key.catalog;
    place.info.schema = key.schema;
    place.info.name = key.name;
    place.info.provider = "delta";
    place.info.owner = session.user();
    if (clone.location) place.info.location = normal_path(*clone.location);
    bool is_external = clone.location ||
                       (existing && existing->kind != catalog::TableKind::kManaged);
    place.info.kind = is_external ? catalog::TableKind::kExternal : catalog::TableKind::kManaged;
    if (place.info.location.empty()) place.info.location = managed_location(session, key);
    bool taken = !existing && is_external &&
                 session.platform().delta_table(place.info.location)->exists();
    if (taken && !replaces)
        throw analysis_error("DELTA_PATH_EXISTS", {{"path", place.info.location}});
    return place;
}

std::string absolute_uri(const std::string& path) {
    bool has_scheme = !storage::scheme_of(path).empty();
    return (has_scheme ? "" : "file://") + storage::uri_encode_path(path);
}

delta::AddFile pointed_at(const delta::Snapshot& source, const delta::AddFile& file) {
    delta::AddFile out = file;
    out.path = absolute_uri(source.absolute_path(file));
    out.data_change = true;
    if (file.deletion_vector && file.deletion_vector->storage_type == "u") {
        auto path = delta::deletion_vector_path(source.root(), *file.deletion_vector);
        out.deletion_vector->storage_type = "p";
        out.deletion_vector->path_or_inline_dv = absolute_uri(path);
    }
    return out;
}

void copy_object(const std::string& from, const std::string& to) {
    auto source = storage::store_for(from);
    auto target = storage::store_for(to);
    target->make_directory(storage::parent_path(to));
    auto local_from = source->local_path(from);
    auto local_to = target->local_path(to);
    if (local_from && local_to) {
        std::error_code failed;
        std::filesystem::copy_file(
            *local_from, *local_to, std::filesystem::copy_options::overwrite_existing, failed);
        if (!failed) return;
        throw runtime_error(
            "STORAGE_ERROR", {{"operation", "copy"}, {"path", from}, {"reason", failed.message()}});
    }
    auto bytes = source->get(from);
    if (!bytes) throw runtime_error("DELTA_FILE_NOT_FOUND", {{"path", from}});
    target->put(to, *bytes);
}

// Where a file goes below the new root. A name of its own where the root has files already, or the
// source points at one elsewhere.
std::string place_below(const delta::AddFile& file, bool needs_own_name) {
    std::string below = storage::uri_decode(file.path);
    bool is_elsewhere = storage::is_absolute_path(below);
    if (!is_elsewhere && !needs_own_name) return below;
    std::string name = base::new_uuid(base::SystemRandom::instance()) + "-" +
                       storage::base_name(below);
    std::string folder = is_elsewhere ? "" : storage::parent_path(below);
    return folder.empty() || folder == below ? name : storage::join_path(folder, name);
}

delta::AddFile copied(const delta::Snapshot& source, const delta::AddFile& file,
    const std::string& root, bool needs_own_name) {
    delta::AddFile out = file;
    out.data_change = true;
    std::string below = place_below(file, needs_own_name);
    out.path = storage::uri_encode_path(below);
    copy_object(source.absolute_path(file), storage::join_path(root, below));
    if (!file.deletion_vector || file.deletion_vector->storage_type == "i") return out;
    auto vector = delta::load_deletion_vector(source.store(), source.root(), *file.deletion_vector);
    auto store = storage::store_for(root);
    out.deletion_vector = delta::write_deletion_vectors(
        *store, root, {vector}, base::SystemRandom::instance())[0];
    return out;
}

delta::Metadata cloned_metadata(Session& session, const plan::CloneTable& clone,
    const delta::Snapshot& source, const delta::SnapshotPtr& before) {
    auto metadata = source.metadata();
    metadata.id = before ? before->metadata().id : base::new_uuid(base::SystemRandom::instance());
    metadata.created_time_ms.reset();
    metadata.name.reset();
    metadata.description.reset();
    if (before) {
        metadata.created_time_ms = before->metadata().created_time_ms;
        metadata.name = before->metadata().name;
        metadata.description = before->metadata().description;
    }
    std::map<std::string, std::string> given(clone.properties.begin(), clone.properties.end());
    for (const auto& [key, value] : checked_properties(session, given))
        metadata.configuration[key] = value;
    return metadata;
}

struct Sizes {
    int64_t copied_files = 0;
    int64_t copied_bytes = 0;
    int64_t removed_files = 0;
    int64_t removed_bytes = 0;
};

Output answer(const delta::Snapshot& source, const Sizes& sizes) {
    auto n = [](const char* name) { return Rows::Column{name, types::DataType::long_(), true}; };
    Rows rows({n("source_table_size"), n("source_num_of_files"), n("num_removed_files"),
        n("num_copied_files"), n("removed_files_size"), n("copied_files_size")});
    rows.add({number(source.size_bytes()), number(static_cast<int64_t>(source.files().size())),
        number(sizes.removed_files), number(sizes.copied_files), number(sizes.removed_bytes),
        number(sizes.copied_bytes)});
    return std::move(rows).plan();
}

// One spelling for a file and its vector, whichever table points at it.
std::string key_of(const delta::Snapshot& snapshot, const delta::AddFile& file) {
    std::string key = snapshot.absolute_path(file);
    if (!file.deletion_vector) return key;
    const auto& vector = *file.deletion_vector;
    if (vector.storage_type == "i") return key + "\n" + vector.unique_id();
    return key + "\n" + delta::deletion_vector_path(snapshot.root(), vector) + "@" +
           std::to_string(vector.offset.value_or(0));
}

// The new table's files: those that leave it, those that come; what both have stays.
struct Files {
    std::vector<const delta::AddFile*> removed;
    std::vector<const delta::AddFile*> wanted;
};

Files files_of(const plan::CloneTable& clone, const delta::Snapshot& source,
    const delta::SnapshotPtr& before) {
    Files out;
    std::set<std::string> known;
    std::set<std::string> kept;
    if (before && !clone.deep) {
        for (const auto* file : before->files()) known.insert(key_of(*before, *file));
    }
    for (const auto* file : source.files()) {
        std::string key = key_of(source, *file);
        if (known.contains(key)) {
            kept.insert(key);
        } else {
            out.wanted.push_back(file);
        }
    }
    if (!before) return out;
    for (const auto* file : before->files()) {
        if (!kept.contains(key_of(*before, *file))) out.removed.push_back(file);
    }
    return out;
}

void take_shape(Session& session, const plan::CloneTable& clone, const delta::Snapshot& source,
    const delta::SnapshotPtr& before, delta::Transaction& transaction) {
    transaction.update_metadata(cloned_metadata(session, clone, source, before));
    for (const auto& feature : delta::protocol_features(source.protocol()))
        transaction.update_protocol(delta::with_feature(transaction.protocol(), feature));
    for (const auto& [name, domain] : source.domains()) {
        if (name != delta::kRowTrackingDomain) transaction.set_domain(domain);
    }
    if (!before) return;
    for (auto [name, domain] : before->domains()) {
        if (name == delta::kRowTrackingDomain || source.domains().contains(name)) continue;
        domain.removed = true;
        transaction.set_domain(domain);
    }
}

void set_operation(Session& session, const plan::CloneTable& clone, const DeltaTarget& from,
    const delta::Snapshot& source, const Sizes& sizes, delta::Transaction& transaction) {
    transaction.set_operation(
        "CLONE", {{"source", from.shown_name}, {"sourceVersion", std::to_string(source.version())},
                     {"isShallow", clone.deep ? "false" : "true"}});
    transaction.set_metric("sourceTableSize", source.size_bytes());
    transaction.set_metric("sourceNumOfFiles", static_cast<int64_t>(source.files().size()));
    transaction.set_metric("numRemovedFiles", sizes.removed_files);
    transaction.set_metric("removedFilesSize", sizes.removed_bytes);
    transaction.set_metric("numCopiedFiles", sizes.copied_files);
    transaction.set_metric("copiedFilesSize", sizes.copied_bytes);
    sign(session, transaction);
}

Sizes commit_clone(Session& session, const plan::CloneTable& clone, const DeltaTarget& from,
    const delta::Snapshot& source, const std::string& location) {
    auto table = session.platform().delta_table(location);
    auto before = table->exists() ? table->snapshot() : nullptr;
    auto transaction = delta::Transaction::start(table, before);
    take_shape(session, clone, source, before, *transaction);
    auto files = files_of(clone, source, before);
    Sizes sizes;
    if (before) transaction->read_whole_table();
    for (const auto* file : files.removed) {
        transaction->remove_file(*file);
        ++sizes.removed_files;
        sizes.removed_bytes += file->size_bytes;
    }
    std::vector<delta::AddFile> added;
    try {
        for (const auto* file : files.wanted) {
            added.push_back(clone.deep ? copied(source, *file, table->root(), before != nullptr)
                                       : pointed_at(source, *file));
            if (clone.deep) ++sizes.copied_files;
            if (clone.deep) sizes.copied_bytes += file->size_bytes;
        }
        for (const auto& file : added) transaction->add_file(file);
        note_checked(*transaction);
        transaction->enforces("changeDataFeed");
        set_operation(session, clone, from, source, sizes, *transaction);
        transaction->commit_or_throw();
    } catch (...) {
        if (clone.deep && !transaction->may_have_committed())
            remove_data_files(session, table->root(), added);
        throw;
    }
    return sizes;
}

}  // namespace

Output clone_table(Session& session, const plan::CloneTable& clone) {
    auto from = delta_target(session, name_parts(session, clone.source), "", "CLONE");
    auto source = clone.when ? snapshot_at(session, from, *clone.when) : from.table->snapshot();
    auto place = place_of(session, clone);
    if (place.skip) return answer(*source, {});
    if (place.info.location == from.table->root())
        throw analysis_error(
            "DELTA_UNSUPPORTED_CLONE_REPLACE_SAME_TABLE", {{"tableName", from.shown_name}});
    auto sizes = commit_clone(session, clone, from, *source, place.info.location);
    auto& catalog = session.platform().catalog();
    if (place.is_registered) {
        catalog.update_table(place.info);
    } else if (!place.by_path) {
        catalog.create_table(place.info);
    }
    return answer(*source, sizes);
}

}  // namespace hanok::commands
