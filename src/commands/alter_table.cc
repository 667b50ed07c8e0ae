#include "base/error.h"
#include "commands/alter_delta.h"
#include "commands/command.h"
#include "commands/names.h"

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

}  // namespace

Output alter_table(Session& session, const plan::AlterTable& command) {
    auto name = name_parts(session, command.name);
    const auto& action = command.action;
    if (Session::path_table(name)) {
        alter_delta(session, delta_target(session, name, "", "ALTER TABLE"), action);
        return nullptr;
    }
    auto info = find_table(session, name);
    bool is_view = info.kind == catalog::TableKind::kView;
    if (is_view != command.is_view && (command.is_view || action.kind != Kind::kRenameTable)) {
        throw analysis_error(command.is_view ? "EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE"
                                             : "EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW",
            {{command.is_view ? "tableName" : "viewName", quote_identifier(info.full_name())},
                {"operation", "ALTER"}});
    }
    if (action.kind == Kind::kRenameTable) {
        rename_table(session, info, action.new_name);
        return nullptr;
    }
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
    if (action.kind == Kind::kSetProperties || action.kind == Kind::kUnsetProperties) {
        change_properties(info.properties, action);
    } else if (is_view) {
        throw unsupported_feature("this change of a view");
    } else {
        ColumnChangeRules rules;
        rules.partition_columns = info.partition_columns;
        info.columns = changed_schema(info.columns, action, rules);
    }
    session.platform().catalog().update_table(info);
    return nullptr;
}

}  // namespace hanok::commands
