// REORG TABLE … APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = n)): the table gives up what
// Iceberg readers cannot follow, its files are written anew with the ids they look for, then the
// table says so.

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "delta/column_mapping.h"
#include "delta/iceberg_compat.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

// Other writers may add files while ours are written.
constexpr int kMaxRounds = 10;

std::string compat_property(int version) {
    return "delta.enableIcebergCompatV" + std::to_string(version);
}

void check_version(int version, const delta::Snapshot& snapshot) {
    if (version >= 1 && version <= delta::kMaxIcebergCompat) return;
    throw unsupported_error("DELTA_ICEBERG_COMPAT_VIOLATION.COMPAT_VERSION_NOT_SUPPORTED",
        {{"version", std::to_string(version)},
            {"currVersion", std::to_string(delta::iceberg_compat_version(snapshot.metadata()))},
            {"maxVersion", std::to_string(delta::kMaxIcebergCompat)}});
}

// Deletion vectors and other versions go, column mapping comes, with ids for what is nested.
void prepare(Session& session, const DeltaTarget& target, int version) {
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    auto metadata = snapshot->metadata();
    auto& properties = metadata.configuration;
    if (snapshot->bool_property("delta.enableDeletionVectors", false))
        properties["delta.enableDeletionVectors"] = "false";
    for (int other = 1; other <= delta::kMaxIcebergCompat; other++) {
        if (other != version) properties.erase(compat_property(other));
    }
    if (delta::column_mapping_mode(metadata) == delta::ColumnMappingMode::kNone)
        properties["delta.columnMapping.mode"] = "name";
    transaction->update_metadata(metadata);
    if (version >= 2) {
        metadata = transaction->metadata();
        int64_t max_id = std::stoll(metadata.configuration["delta.columnMapping.maxColumnId"]);
        auto schema = types::type_from_json(metadata.schema_string);
        metadata.schema_string = delta::assign_nested_ids(schema, &max_id)->json();
        metadata.configuration["delta.columnMapping.maxColumnId"] = std::to_string(max_id);
        transaction->update_metadata(metadata);
    }
    if (transaction->metadata() == snapshot->metadata()) return;
    transaction->set_operation("SET TBLPROPERTIES", {{"properties", "{}"}});
    sign(session, *transaction);
    transaction->commit_or_throw();
}

bool is_done(const delta::Snapshot& snapshot, int version) {
    for (const auto* file : snapshot.files()) {
        auto tag = file->tags.find(delta::kIcebergCompatTag);
        if (tag == file->tags.end() || tag->second != std::to_string(version)) return false;
    }
    return true;
}

void enable(Session& session, const DeltaTarget& target, int version) {
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    transaction->read_whole_table();
    auto metadata = snapshot->metadata();
    metadata.configuration[compat_property(version)] = "true";
    // With it, each commit publishes Iceberg's metadata (V2 alone has what that needs).
    if (version >= 2) metadata.configuration["delta.universalFormat.enabledFormats"] = "iceberg";
    transaction->update_metadata(metadata);
    transaction->set_operation(
        "SET TBLPROPERTIES", {{"properties", "{\"" + compat_property(version) + "\":\"true\"}"}});
    sign(session, *transaction);
    transaction->commit_or_throw();
}

}  // namespace

Output reorg_upgrade(Session& session, const plan::Optimize& command) {
    int version = *command.iceberg_compat_version;
    auto target = delta_target(session, name_parts(session, command.name), command.path, "REORG");
    check_version(version, *target.table->snapshot());
    prepare(session, target, version);
    plan::Optimize rewrite = command;
    rewrite.purge = true;
    rewrite.rewrites_all = true;
    Output answer = optimize(session, rewrite);
    for (int round = 1; !is_done(*target.table->snapshot(), version); round++) {
        if (round == kMaxRounds) {
            throw unsupported_error("DELTA_ICEBERG_COMPAT_VIOLATION.CHANGE_VERSION_NEED_REWRITE",
                {{"version", std::to_string(version)}, {"newVersion", std::to_string(version)}});
        }
        optimize(session, rewrite);
    }
    if (delta::iceberg_compat_version(target.table->snapshot()->metadata()) != version)
        enable(session, target, version);
    return answer;
}

}  // namespace hanok::commands
