#include "base/error.h"
#include "commands/alter_delta.h"
#include "commands/command.h"
#include "commands/names.h"
#include "commands/table_partitions.h"

namespace hanok::commands {

namespace {

using Kind = plan::AlterAction::Kind;

void rename_table(Session& session, const catalog::TableInfo& info, const plan::Name& new_name) {
    auto key = session.table_key(
        new_name.size() == 1 ? plan::Name{info.catalog, info.schema, new_name[0]} : new_name);
    if (key.catalog != info.catalog)
        throw analysis_error(
            "UNSUPPORTED_FEATURE.HANOK", {{"feature", "renaming a table into another catalog"}});
    find_schema(session, {key.catalog, key.schema});
    session.platform().catalog().rename_table(info, key.schema, key.name);
}

// Tables of data files keep their columns as the files have them.
void check_file_table(const catalog::TableInfo& info, const plan::AlterAction& action) {
    auto refuse = [&](const std::string& operation) {
        throw analysis_error("UNSUPPORTED_FEATURE.TABLE_OPERATION",
            {{"tableName", quote_identifier(info.full_name())}, {"operation", operation}});
    };
    if (action.kind == Kind::kRenameColumn) refuse("RENAME COLUMN");
    if (action.kind == Kind::kDropColumns) refuse("DROP COLUMN");
    if (action.kind != Kind::kAlterColumn) return;
    for (const auto& column : action.columns) {
        if (column.first || !column.after.empty()) refuse("ALTER COLUMN ... FIRST | AFTER");
        int at = info.columns->field_index(column.path.back());
        const auto& wanted = column.definition.type;
        if (at < 0 || column.path.size() > 1 || !wanted) continue;
        const auto& field = info.columns->fields()[static_cast<size_t>(at)];
        if (field.type->same_type(*wanted)) continue;
        throw analysis_error(
            "NOT_SUPPORTED_CHANGE_COLUMN", {{"table", quote_identifier(info.full_name())},
                                               {"originName", quote_identifier(field.name)},
                                               {"originType", "\"" + field.type->sql() + "\""},
                                               {"newName", quote_identifier(field.name)},
                                               {"newType", "\"" + wanted->sql() + "\""}});
    }
}

// UNSET TBLPROPERTIES (comment) takes the table's comment away.
plan::AlterAction without_comment(catalog::TableInfo& info, plan::AlterAction action) {
    bool unsets = action.kind == Kind::kUnsetProperties;
    if (unsets && std::erase(action.keys, "comment") != 0) info.comment.reset();
    return action;
}

bool changes_partitions(Kind kind) {
    return kind == Kind::kAddPartition || kind == Kind::kDropPartition ||
           kind == Kind::kRecoverPartitions;
}

// Only views of the catalog have what can be altered.
void refuse_temporary(Session& session, const std::vector<std::string>& name, bool is_view) {
    bool is_global = name.size() == 2 && types::names_equal(name[0], "global_temp") &&
                     session.platform().global_views().contains(types::to_lower(name[1]));
    bool is_temporary = is_global || (name.size() == 1 && session.find_temp_view(name[0]));
    if (!is_temporary || is_view) return;
    throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
        {{"viewName", quote_identifier(name)}, {"operation", "ALTER TABLE"}});
}

}  // namespace

Output alter_table(Session& session, const plan::AlterTable& command) {
    auto name = name_parts(session, command.name);
    const auto& action = command.action;
    if (Session::path_table(name)) {
        alter_delta(session, delta_target(session, name, "", "ALTER TABLE"), action);
        return nullptr;
    }
    bool moves_partition = action.kind == Kind::kRenameTable && action.partitions.size() == 2;
    if (action.kind != Kind::kRenameTable) refuse_temporary(session, name, command.is_view);
    auto info = find_table(session, name);
    bool is_view = info.kind == catalog::TableKind::kView;
    if (is_view != command.is_view && (command.is_view || action.kind != Kind::kRenameTable)) {
        throw analysis_error(command.is_view ? "EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE"
                                             : "EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW",
            {{command.is_view ? "tableName" : "viewName", quote_identifier(info.full_name())},
                {"operation", "ALTER"}});
    }
    if (moves_partition && !is_view && info.provider != "delta") {
        rename_partition(session, info, action.partitions[0], action.partitions[1]);
        return nullptr;
    }
    if (moves_partition) throw unsupported_feature("ALTER TABLE PARTITION RENAME of Delta tables");
    if (action.kind == Kind::kRenameTable) {
        rename_table(session, info, action.new_name);
        return nullptr;
    }
    if (action.kind == Kind::kSetLocation && !action.partitions.empty())
        throw unsupported_feature("partitions outside of their table's location");
    if (action.kind == Kind::kSetLocation) {
        info.location = normal_path(action.text);
        info.kind = catalog::TableKind::kExternal;
        session.platform().catalog().update_table(info);
        return nullptr;
    }
    if (info.provider == "delta") {
        alter_delta(session, delta_target(session, name, "", "ALTER TABLE"), action);
        return nullptr;
    }
    if (!is_view && changes_partitions(action.kind)) {
        alter_partitions(session, info, action);
        return nullptr;
    }
    if (action.kind == Kind::kSetProperties || action.kind == Kind::kUnsetProperties) {
        change_properties(info.properties, without_comment(info, action));
    } else if (is_view) {
        throw unsupported_feature("this change of a view");
    } else {
        check_file_table(info, action);
        ColumnChangeRules rules;
        rules.partition_columns = info.partition_columns;
        info.columns = changed_schema(info.columns, action, rules);
    }
    session.platform().catalog().update_table(info);
    return nullptr;
}

}  // namespace hanok::commands
