// VACUUM: deletes files that no kept version needs.

#include "delta/vacuum.h"

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/rows.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

void commit_marker(Session& session, const DeltaTarget& target, const std::string& operation,
    const std::map<std::string, std::string>& parameters,
    const std::map<std::string, int64_t>& metrics) {
    auto transaction = delta::Transaction::start(target.table, target.table->snapshot());
    transaction->set_operation(operation, parameters);
    for (const auto& [name, value] : metrics) transaction->set_metric(name, value);
    transaction->set_user(session.user(), session.user());
    transaction->set_isolation(delta::IsolationLevel::kSnapshotIsolation);
    transaction->set_commit_when_empty();
    transaction->commit_or_throw();
}

}  // namespace

Output vacuum(Session& session, const plan::Vacuum& command) {
    if (command.lite) throw unsupported_feature("VACUUM … LITE");
    if (command.inventory) throw unsupported_feature("VACUUM … USING INVENTORY");
    auto target = delta_target(session, name_parts(session, command.name), command.path, "VACUUM");
    auto snapshot = target.table->snapshot();
    if (!snapshot->unsupported_writer_features().empty()) {
        throw unsupported_error("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE",
            {{"tableNameOrPath", target.shown_name}, {"deltaVersion", "Hanok"},
                {"unsupported", json_list(snapshot->unsupported_writer_features())}});
    }
    delta::VacuumRequest request;
    if (command.retain_hours)
        request.retention_ms = static_cast<int64_t>(*command.retain_hours * 3600000.0);
    request.check_retention = session.config().get_bool(
        "spark.databricks.delta.retentionDurationCheck.enabled", true);
    auto plan = delta::plan_vacuum(*snapshot, request, session.platform().clock().now_ms());
    Rows rows({{"path", types::DataType::string()}});
    if (command.dry_run) {
        for (const auto& file : plan.files) rows.add({text(file)});
        return std::move(rows).plan();
    }
    std::string checked = request.check_retention ? "true" : "false";
    commit_marker(session, target, "VACUUM START",
        {{"retentionCheckEnabled", checked},
            {"specifiedRetentionMillis", std::to_string(plan.retention_ms)}},
        {{"numFilesToDelete", static_cast<int64_t>(plan.files.size())},
            {"sizeOfDataToDelete", plan.size_bytes}});
    int64_t deleted = delta::run_vacuum(target.table->store(), plan);
    commit_marker(session, target, "VACUUM END", {{"status", "COMPLETED"}},
        {{"numDeletedFiles", deleted},
            {"numVacuumedDirectories", static_cast<int64_t>(plan.directories.size())}});
    rows.add({text(target.table->root())});
    return std::move(rows).plan();
}

}  // namespace hanok::commands
