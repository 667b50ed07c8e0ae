// DROP TABLE and TRUNCATE TABLE.

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/drop_data.h"
#include "commands/metrics.h"
#include "commands/names.h"
#include "commands/table_partitions.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::commands {

void drop_data(Session& session, const catalog::TableInfo& table) {
    if (table.kind == catalog::TableKind::kView) return;
    if (table.provider == "delta") session.platform().forget_table(table.location);
    session.platform().data_changes().note(table.location);
    if (table.kind == catalog::TableKind::kManaged)
        storage::store_for(table.location)->remove_recursive(table.location);
}

Output drop_table(Session& session, const plan::DropTable& command) {
    auto name = name_parts(session, command.name);
    if (Session::path_table(name)) {
        throw analysis_error("DELTA_CANNOT_DROP_BY_PATH", {{"path", name[1]}});
    }
    // A temporary view hides the table of its name, and is what is dropped.
    if (name.size() == 1 && session.drop_temp_view(name[0])) return nullptr;
    auto info = try_find_table(session, name);
    if (!info) {
        if (command.if_exists) return nullptr;
        throw table_not_found(session, name);
    }
    bool is_view = info->kind == catalog::TableKind::kView;
    if (is_view && !session.config().get_bool("spark.sql.dropTableOnView.enabled", true)) {
        throw analysis_error("WRONG_COMMAND_FOR_OBJECT_TYPE",
            {{"operation", "DROP TABLE"}, {"requiredType", "EXTERNAL or MANAGED"},
                {"objectName", quote_identifier(info->full_name())}, {"foundType", "VIEW"},
                {"alternative", "DROP VIEW"}});
    }
    session.platform().catalog().drop_table(info->catalog, info->schema, info->name);
    drop_data(session, *info);
    return nullptr;
}

namespace {

void truncate_delta(Session& session, const DeltaTarget& target) {
    StatementTime time(session);
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    transaction->read_whole_table();
    auto files = snapshot->files();
    if (files.empty()) return;
    for (const auto* file : files) transaction->remove_file(*file);
    transaction->enforces("changeDataFeed");  // whole files tell their changes
    transaction->set_operation("TRUNCATE", {});
    transaction->set_metric("numRemovedFiles", static_cast<int64_t>(files.size()));
    sign(session, *transaction);
    time.add_metric(*transaction);
    transaction->commit_or_throw();
}

}  // namespace

Output truncate_table(Session& session, const plan::TruncateTable& command) {
    plan::Delete all;
    auto name = name_parts(session, command.name);
    all.table = named_table(name);
    for (const auto& [column, value] : command.partition) {
        auto equal = plan::call("<=>", {plan::attribute({column}), value});
        all.condition = all.condition ? plan::call("and", {all.condition, equal}) : equal;
    }
    auto info = try_find_table(session, name);
    if (info && info->kind != catalog::TableKind::kView && info->provider != "delta") {
        if (info->kind == catalog::TableKind::kExternal) {
            throw analysis_error("CANNOT_TRUNCATE_EXTERNAL_TABLE",
                {{"tableName", quote_identifier(info->full_name())}});
        }
        auto folder = info->location;
        if (!command.partition.empty()) {
            folder = require_partition(*info, partition_values(session, *info, command.partition));
        }
        auto store = storage::store_for(folder);
        for (const auto& file : store->list_recursive(folder)) {
            if (!file.is_directory) store->remove(file.path);
        }
        session.platform().data_changes().note(folder);
        return nullptr;
    }
    if (all.condition) {
        delete_rows(session, all);
    } else {
        truncate_delta(session, delta_target(session, name, "", "TRUNCATE TABLE"));
    }
    return nullptr;
}

}  // namespace hanok::commands
