// RESTORE TABLE … TO VERSION / TIMESTAMP AS OF: a new version with the files of an old one.

#include <set>

#include "base/error.h"
#include "commands/column_values.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/row_checks.h"
#include "commands/rows.h"
#include "delta/column_mapping.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

// The old metadata, but identity columns never give out a number again.
delta::Metadata restored_metadata(const delta::Snapshot& then, const delta::Snapshot& now) {
    auto metadata = then.metadata();
    auto fields = then.schema()->fields();
    bool changed = false;
    for (auto& field : fields) {
        int i = now.schema()->field_index(field.name);
        auto before = identity_rule(field);
        if (i < 0 || !before) continue;
        auto later = identity_rule(now.schema()->fields()[static_cast<size_t>(i)]);
        if (!later || later->high_water_mark == before->high_water_mark) continue;
        field.metadata = delta::with_field_metadata(field, "delta.identity.highWaterMark",
            std::to_string(later->high_water_mark.value_or(later->start)));
        changed = true;
    }
    if (changed) metadata.schema_string = types::DataType::struct_(std::move(fields))->json();
    return metadata;
}

std::string key_of(const delta::AddFile& file) {
    return file.path + (file.deletion_vector ? "#" + file.deletion_vector->unique_id() : "");
}

// The version to go back to; what cannot be is told in RESTORE's own conditions.
delta::SnapshotPtr version_to_restore(
    Session& session, const DeltaTarget& target, const plan::TimeTravel& when) {
    try {
        return snapshot_at(session, target, when);
    } catch (const Error& e) {
        auto of = [&](const char* name) { return e.parameters().at(name); };
        if (e.condition() == "DELTA_VERSION_NOT_FOUND") {
            throw Error(ErrorKind::kIllegalArgument, "DELTA_CANNOT_RESTORE_TABLE_VERSION",
                {{"version", of("userVersion")}, {"startVersion", of("earliest")},
                    {"endVersion", of("latest")}});
        }
        if (e.condition() == "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION") {
            throw Error(ErrorKind::kIllegalArgument, "DELTA_CANNOT_RESTORE_TIMESTAMP_EARLIER",
                {{"requestedTimestamp", of("userTimestamp")},
                    {"earliestTimestamp", of("commitTs")}});
        }
        if (e.condition() == "DELTA_TIMESTAMP_GREATER_THAN_COMMIT") {
            throw Error(ErrorKind::kIllegalArgument, "DELTA_CANNOT_RESTORE_TIMESTAMP_GREATER",
                {{"requestedTimestamp", of("providedTimestamp")},
                    {"latestTimestamp", of("lastCommitTimestamp")}});
        }
        throw;
    }
}

}  // namespace

Output restore(Session& session, const plan::Restore& command) {
    auto target = delta_target(session, name_parts(session, command.name), command.path, "RESTORE");
    auto now = target.table->snapshot();
    auto then = version_to_restore(session, target, command.target);
    auto transaction = delta::Transaction::start(target.table, now);
    transaction->read_whole_table();
    std::set<std::string> before;
    std::set<std::string> after;
    for (const auto* file : now->files()) before.insert(key_of(*file));
    for (const auto* file : then->files()) after.insert(key_of(*file));
    int64_t restored = 0;
    int64_t restored_bytes = 0;
    int64_t removed = 0;
    int64_t removed_bytes = 0;
    bool ignores_missing = session.config().get_bool("spark.sql.files.ignoreMissingFiles", false);
    for (const auto* file : now->files()) {
        if (after.contains(key_of(*file))) continue;
        transaction->remove_file(*file);
        ++removed;
        removed_bytes += file->size_bytes;
    }
    for (const auto* file : then->files()) {
        if (before.contains(key_of(*file))) continue;
        auto path = then->absolute_path(*file);
        if (!ignores_missing && !target.table->store().head(path))
            throw analysis_error("DELTA_FILE_NOT_FOUND", {{"path", path}});
        delta::AddFile add = *file;
        add.data_change = true;
        transaction->add_file(std::move(add));
        ++restored;
        restored_bytes += file->size_bytes;
    }
    auto metadata = restored_metadata(*then, *now);
    if (!(metadata == now->metadata())) {
        transaction->forget_column_mapping();
        transaction->update_metadata(metadata);
    }
    note_checked(*transaction);  // the rows were checked when they came
    transaction->enforces("changeDataFeed");
    transaction->set_operation(
        "RESTORE", {{"version", std::to_string(then->version())}, {"timestamp", ""}});
    transaction->set_metric("tableSizeAfterRestore", then->size_bytes());
    transaction->set_metric("numOfFilesAfterRestore", static_cast<int64_t>(then->files().size()));
    transaction->set_metric("numRestoredFiles", restored);
    transaction->set_metric("numRemovedFiles", removed);
    transaction->set_metric("restoredFilesSize", restored_bytes);
    transaction->set_metric("removedFilesSize", removed_bytes);
    sign(session, *transaction);
    transaction->set_commit_when_empty();
    transaction->commit_or_throw();
    auto n = [](const char* name) { return Rows::Column{name, types::DataType::long_(), true}; };
    Rows rows(
        {n("table_size_after_restore"), n("num_of_files_after_restore"), n("num_removed_files"),
            n("num_restored_files"), n("removed_files_size"), n("restored_files_size")});
    rows.add({number(then->size_bytes()), number(static_cast<int64_t>(then->files().size())),
        number(removed), number(restored), number(removed_bytes), number(restored_bytes)});
    return std::move(rows).plan();
}

}  // namespace hanok::commands
