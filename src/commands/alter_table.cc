#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/command.h"
#include "commands/names.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

using Kind = plan::AlterAction::Kind;
using types::DataType;

types::StructField new_field(const plan::AlterAction::Column& column) {
    const auto& d = column.definition;
    if (d.default_value || !d.generation_sql.empty() || d.identity)
        throw unsupported_feature("DEFAULT, GENERATED and IDENTITY columns");
    std::string metadata = d.has_comment ? nlohmann::json({{"comment", d.comment}}).dump() : "";
    return {column.path.back(), d.type, d.nullable, metadata};
}

Error column_not_found(const plan::Name& path, const DataType& schema) {
    std::string proposal;
    for (const auto& f : schema.fields())
        proposal += (proposal.empty() ? "" : ", ") + quote_identifier(f.name);
    return analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
        {{"objectName", quote_identifier(path)}, {"proposal", proposal}});
}

void place(types::Fields& fields, types::StructField field, bool first, const std::string& after,
    const DataType& schema) {
    auto at = first ? fields.begin() : fields.end();
    if (!after.empty()) {
        at = std::find_if(fields.begin(), fields.end(),
            [&](const auto& f) { return types::names_equal(f.name, after); });
        if (at == fields.end()) throw column_not_found({after}, schema);
        ++at;
    }
    fields.insert(at, std::move(field));
}

// Applies `change` to the fields of the struct that holds path.back().
template <class Change>
types::TypePtr change_at(
    const types::TypePtr& type, const plan::Name& path, size_t depth, const Change& change) {
    if (!type->is(types::TypeId::kStruct)) throw column_not_found(path, *DataType::struct_({}));
    auto fields = type->fields();
    if (depth + 1 == path.size()) {
        change(fields, *type);
    } else {
        int i = type->field_index(path[depth]);
        if (i < 0) throw column_not_found(path, *type);
        auto& field = fields[static_cast<size_t>(i)];
        field.type = change_at(field.type, path, depth + 1, change);
    }
    return DataType::struct_(std::move(fields));
}

types::TypePtr add_columns(types::TypePtr schema, const plan::AlterAction& action) {
    for (const auto& column : action.columns) {
        schema = change_at(
            schema, column.path, 0, [&](types::Fields& fields, const DataType& type) {
                if (type.field_index(column.path.back()) >= 0) {
                    throw analysis_error("FIELD_ALREADY_EXISTS",
                        {{"op", "add"}, {"fieldNames", quote_identifier(column.path)},
                            {"struct", "\"" + type.sql() + "\""}});
                }
                auto field = new_field(column);
                if (!field.nullable) {
                    throw analysis_error("DELTA_OPERATION_NOT_ALLOWED",
                        {{"operation", "ALTER TABLE ADD COLUMNS with NOT NULL"}});
                }
                place(fields, std::move(field), column.first, column.after, type);
            });
    }
    return schema;
}

types::TypePtr alter_column(types::TypePtr schema, const plan::AlterAction::Column& column) {
    return change_at(schema, column.path, 0, [&](types::Fields& fields, const DataType& type) {
        int i = type.field_index(column.path.back());
        if (i < 0) throw column_not_found(column.path, type);
        types::StructField field = fields[static_cast<size_t>(i)];
        if (column.definition.type && !column.definition.type->same_type(*field.type)) {
            throw analysis_error("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP",
                {{"fieldPath", quote_identifier(column.path)}, {"oldField", field.type->sql()},
                    {"newField", column.definition.type->sql()}});
        }
        if (column.nullable) {
            if (!*column.nullable && field.nullable) {
                throw analysis_error("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP",
                    {{"fieldPath", quote_identifier(column.path)}, {"oldField", "nullable"},
                        {"newField", "NOT NULL"}});
            }
            field.nullable = *column.nullable;
        }
        if (column.definition.has_comment) {
            auto j = field.metadata.empty() ? nlohmann::ordered_json::object()
                                            : nlohmann::ordered_json::parse(field.metadata);
            j["comment"] = column.definition.comment;
            field.metadata = j.dump();
        }
        if (column.definition.default_value || column.drop_default)
            throw unsupported_feature("column defaults");
        if (!column.first && column.after.empty()) {
            fields[static_cast<size_t>(i)] = field;
            return;
        }
        fields.erase(fields.begin() + i);
        place(fields, std::move(field), column.first, column.after, type);
    });
}

std::string operation_name(Kind kind) {
    switch (kind) {
        case Kind::kAddColumns: return "ADD COLUMNS";
        case Kind::kAlterColumn: return "CHANGE COLUMN";
        case Kind::kSetProperties: return "SET TBLPROPERTIES";
        case Kind::kUnsetProperties: return "UNSET TBLPROPERTIES";
        default: return "REPLACE COLUMNS";
    }
}

void change_properties(
    std::map<std::string, std::string>& properties, const plan::AlterAction& action) {
    for (const auto& [key, value] : action.properties) properties[key] = value;
    for (const auto& key : action.keys) {
        if (properties.erase(key) == 0 && !action.if_exists) {
            throw analysis_error(
                "UNSET_NONEXISTENT_PROPERTIES", {{"properties", key}, {"table", ""}});
        }
    }
}

types::TypePtr changed_schema(const types::TypePtr& schema, const plan::AlterAction& action) {
    switch (action.kind) {
        case Kind::kAddColumns: return add_columns(schema, action);
        case Kind::kAlterColumn: {
            auto out = schema;
            for (const auto& column : action.columns) out = alter_column(out, column);
            return out;
        }
        case Kind::kSetProperties:
        case Kind::kUnsetProperties: return schema;
        case Kind::kRenameColumn:
        case Kind::kDropColumns:
            throw unsupported_feature("renaming and dropping columns (column mapping)");
        case Kind::kReplaceColumns: throw unsupported_feature("REPLACE COLUMNS");
        case Kind::kAddConstraint:
        case Kind::kDropConstraint: throw unsupported_feature("CHECK constraints");
        case Kind::kClusterBy: throw unsupported_feature("CLUSTER BY");
        case Kind::kAddFeature:
        case Kind::kDropFeature: throw unsupported_feature("changing table features");
        default:
            throw analysis_error(
                "DELTA_OPERATION_NOT_ALLOWED", {{"operation", "ALTER TABLE … PARTITION"}});
    }
}

void alter_delta(Session& session, const DeltaTarget& target, const plan::AlterAction& action) {
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    auto metadata = snapshot->metadata();
    auto schema = changed_schema(snapshot->schema(), action);
    metadata.schema_string = schema->json();
    if (action.kind == Kind::kSetProperties || action.kind == Kind::kUnsetProperties)
        change_properties(metadata.configuration, action);
    delta::check_table_schema(schema, metadata.partition_columns,
        snapshot->column_mapping_mode() != delta::ColumnMappingMode::kNone);
    transaction->update_metadata(metadata);
    nlohmann::json properties(
        std::map<std::string, std::string>(action.properties.begin(), action.properties.end()));
    transaction->set_operation(operation_name(action.kind), {{"properties", properties.dump()}});
    transaction->set_user(session.user(), session.user());
    transaction->commit_or_throw();
}

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
        info.columns = changed_schema(info.columns, action);
    }
    session.platform().catalog().update_table(info);
    return nullptr;
}

}  // namespace hanok::commands
