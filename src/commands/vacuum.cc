// VACUUM: deletes files that no kept version needs.

#include "delta/vacuum.h"

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/row_level.h"
#include "commands/rows.h"
#include "delta/committer.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

void commit_marker(Session& session, const DeltaTarget& target, const std::string& operation,
    const std::map<std::string, std::string>& parameters,
    const std::map<std::string, int64_t>& metrics) {
    auto transaction = delta::Transaction::start(target.table, target.table->snapshot());
    transaction->set_operation(operation, parameters);
    for (const auto& [name, value] : metrics) transaction->set_metric(name, value);
    sign(session, *transaction);
    transaction->set_isolation(delta::IsolationLevel::kSnapshotIsolation);
    transaction->set_commit_when_empty();
    transaction->commit_or_throw();
}

const resolved::Attribute& inventory_column(
    const resolved::Plan& plan, const std::string& name, const types::TypePtr& type) {
    for (const auto& a : plan.output) {
        if (types::names_equal(a.name, name) && a.type->same_type(*type)) return a;
    }
    throw analysis_error("DELTA_INVALID_INVENTORY_SCHEMA",
        {{"expectedSchema", "path STRING, length BIGINT, isDir BOOLEAN, modificationTime BIGINT"}});
}

// What a list of the table's folder says: path, length, isDir, modificationTime (ms).
std::vector<storage::ObjectInfo> read_inventory(
    Session& session, const plan::RelationPtr& relation) {
    using types::DataType;
    auto list = session.analyze(relation);
    auto wanted = project(list, {"path", "length", "isDir", "modificationTime"},
        {ref(inventory_column(*list, "path", DataType::string())),
            ref(inventory_column(*list, "length", DataType::long_())),
            ref(inventory_column(*list, "isDir", DataType::boolean())),
            ref(inventory_column(*list, "modificationTime", DataType::long_()))});
    std::vector<storage::ObjectInfo> out;
    for (const auto& row :
        session.platform().engine().collect(wanted, session.query_context(), INT64_MAX)) {
        if (row[0].is_null() || row[1].is_null() || row[2].is_null() || row[3].is_null()) continue;
        std::string path = row[0].as_string();
        if (!storage::scheme_of(path).empty()) path = storage::uri_decode(path);
        out.push_back({normal_path(path), row[1].as_int(), row[3].as_int(), row[2].as_bool()});
    }
    return out;
}

}  // namespace

Output vacuum(Session& session, const plan::Vacuum& command) {
    auto target = delta_target(session, name_parts(session, command.name), command.path, "VACUUM");
    auto snapshot = target.table->snapshot();
    if (!snapshot->unsupported_writer_features().empty()) {
        throw unsupported_error("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE",
            {{"tableNameOrPath", target.shown_name}, {"deltaVersion", "Hanok"},
                {"unsupported", json_list(snapshot->unsupported_writer_features())}});
    }
    delta::check_allows_maintenance(*target.table, snapshot->protocol(), "VACUUM");
    delta::VacuumRequest request;
    if (command.retain_hours)
        request.retention_ms = static_cast<int64_t>(*command.retain_hours * 3600000.0);
    request.check_retention = session.config().get_bool(
        "spark.databricks.delta.retentionDurationCheck.enabled", true);
    request.lite = command.lite;
    if (command.inventory) request.inventory = read_inventory(session, command.inventory);
    auto plan = delta::plan_vacuum(*snapshot, request, session.platform().clock().now_ms());
    Rows rows({{"path", types::DataType::string()}});
    if (command.dry_run) {
        for (const auto& file : plan.files) rows.add({text(file)});
        return std::move(rows).plan();
    }
    std::string checked = request.check_retention ? "true" : "false";
    commit_marker(session, target, "VACUUM START",
        {{"retentionCheckEnabled", checked},
            {command.retain_hours ? "specifiedRetentionMillis" : "defaultRetentionMillis",
                std::to_string(plan.retention_ms)}},
        {{"numFilesToDelete", static_cast<int64_t>(plan.files.size())},
            {"sizeOfDataToDelete", plan.size_bytes}});
    int64_t deleted = delta::run_vacuum(target.table->store(), plan);
    delta::note_vacuum(*snapshot, plan);
    commit_marker(session, target, "VACUUM END", {{"status", "COMPLETED"}},
        {{"numDeletedFiles", deleted},
            {"numVacuumedDirectories", static_cast<int64_t>(plan.directories.size())}});
    rows.add({text(target.table->root())});
    return std::move(rows).plan();
}

}  // namespace hanok::commands
