// ALTER TABLE … COLUMN: a schema and one change of it.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/alter_delta.h"
#include "commands/column_values.h"
#include "delta/column_mapping.h"
#include "delta/schema_evolution.h"

namespace hanok::commands {

namespace {

using Kind = plan::AlterAction::Kind;
using types::DataType;
using types::StructField;

types::StructField new_field(
    const plan::AlterAction::Column& column, const ColumnChangeRules& rules) {
    const auto& d = column.definition;
    if (d.default_value && rules.is_delta) {
        throw analysis_error(
            rules.allows_defaults
                ? "WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED"
                : "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED",
            {{"commandType", "ALTER TABLE"}});
    }
    return {column.path.back(), d.type, d.nullable, field_metadata_of(d, true, "ALTER TABLE")};
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

types::TypePtr add_columns(
    types::TypePtr schema, const plan::AlterAction& action, const ColumnChangeRules& rules) {
    for (const auto& column : action.columns) {
        schema = change_at(
            schema, column.path, 0, [&](types::Fields& fields, const DataType& type) {
                if (type.field_index(column.path.back()) >= 0) {
                    throw analysis_error("FIELD_ALREADY_EXISTS",
                        {{"op", "add"}, {"fieldNames", quote_identifier(column.path)},
                            {"struct", "\"" + type.sql() + "\""}});
                }
                auto field = new_field(column, rules);
                if (!field.nullable) {
                    throw analysis_error("DELTA_OPERATION_NOT_ALLOWED",
                        {{"operation", "ALTER TABLE ADD COLUMNS with NOT NULL"}});
                }
                place(fields, std::move(field), column.first, column.after, type);
            });
    }
    return schema;
}

Error cannot_change(const plan::Name& path, const std::string& from, const std::string& to) {
    return analysis_error("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP",
        {{"fieldPath", quote_identifier(path)}, {"oldField", from}, {"newField", to}});
}

nlohmann::ordered_json metadata_json(const StructField& field) {
    return field.metadata.empty() ? nlohmann::ordered_json::object()
                                  : nlohmann::ordered_json::parse(field.metadata);
}

void change_type(
    StructField& field, const plan::AlterAction::Column& column, const ColumnChangeRules& rules) {
    const auto& type = column.definition.type;
    if (!type || type->same_type(*field.type)) return;
    if (!rules.widens_types || !delta::is_widening(*field.type, *type))
        throw cannot_change(column.path, field.type->sql(), type->sql());
    auto json = metadata_json(field);
    json["delta.typeChanges"].push_back({{"fromType", nlohmann::json::parse(field.type->json())},
        {"toType", nlohmann::json::parse(type->json())}});
    field.metadata = json.dump();
    field.type = type;
}

void change_default(
    StructField& field, const plan::AlterAction::Column& column, const ColumnChangeRules& rules) {
    const auto& d = column.definition;
    if (!d.default_value && !column.drop_default) return;
    if (!rules.allows_defaults) {
        throw analysis_error("WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED",
            {{"commandType", "ALTER TABLE"}});
    }
    auto json = metadata_json(field);
    json.erase("CURRENT_DEFAULT");
    if (d.default_value) json["CURRENT_DEFAULT"] = d.default_sql;
    field.metadata = json.empty() ? "" : json.dump();
}

types::TypePtr alter_column(types::TypePtr schema, const plan::AlterAction::Column& column,
    const ColumnChangeRules& rules) {
    return change_at(schema, column.path, 0, [&](types::Fields& fields, const DataType& type) {
        int i = type.field_index(column.path.back());
        if (i < 0) throw column_not_found(column.path, type);
        StructField field = fields[static_cast<size_t>(i)];
        change_type(field, column, rules);
        if (column.nullable) {
            if (!*column.nullable && field.nullable)
                throw cannot_change(column.path, "nullable", "NOT NULL");
            field.nullable = *column.nullable;
        }
        if (column.definition.has_comment) {
            auto json = metadata_json(field);
            json["comment"] = column.definition.comment;
            field.metadata = json.dump();
        }
        change_default(field, column, rules);
        if (!column.first && column.after.empty()) {
            fields[static_cast<size_t>(i)] = field;
            return;
        }
        fields.erase(fields.begin() + i);
        place(fields, std::move(field), column.first, column.after, type);
    });
}

types::TypePtr rename_column(
    const types::TypePtr& schema, const plan::AlterAction& action, const ColumnChangeRules& rules) {
    if (!rules.maps_columns) throw analysis_error("DELTA_UNSUPPORTED_RENAME_COLUMN", {});
    const auto& path = action.columns.at(0).path;
    return change_at(schema, path, 0, [&](types::Fields& fields, const DataType& type) {
        int i = type.field_index(path.back());
        if (i < 0) throw column_not_found(path, type);
        int other = type.field_index(action.new_name.back());
        if (other >= 0 && other != i) {
            throw analysis_error("FIELD_ALREADY_EXISTS",
                {{"op", "rename"}, {"fieldNames", quote_identifier(action.new_name)},
                    {"struct", "\"" + type.sql() + "\""}});
        }
        fields[static_cast<size_t>(i)].name = action.new_name.back();
    });
}

types::TypePtr drop_columns(
    types::TypePtr schema, const plan::AlterAction& action, const ColumnChangeRules& rules) {
    if (!rules.maps_columns) throw analysis_error("DELTA_UNSUPPORTED_DROP_COLUMN", {});
    for (const auto& column : action.columns) {
        const auto& path = column.path;
        for (const auto& partition : rules.partition_columns) {
            if (path.size() == 1 && types::names_equal(partition, path[0])) {
                throw analysis_error(
                    "DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN", {{"columnList", partition}});
            }
        }
        schema = change_at(schema, path, 0, [&](types::Fields& fields, const DataType& type) {
            int i = type.field_index(path.back());
            if (i < 0 && action.if_exists) return;
            if (i < 0) throw column_not_found(path, type);
            if (fields.size() == 1) {
                throw analysis_error("DELTA_DROP_COLUMN_ON_SINGLE_FIELD_SCHEMA", {});
            }
            fields.erase(fields.begin() + i);
        });
    }
    return schema;
}

}  // namespace

types::TypePtr changed_schema(
    const types::TypePtr& schema, const plan::AlterAction& action, const ColumnChangeRules& rules) {
    switch (action.kind) {
        case Kind::kAddColumns: return add_columns(schema, action, rules);
        case Kind::kAlterColumn: {
            auto out = schema;
            for (const auto& column : action.columns) out = alter_column(out, column, rules);
            return out;
        }
        case Kind::kRenameColumn: return rename_column(schema, action, rules);
        case Kind::kDropColumns: return drop_columns(schema, action, rules);
        case Kind::kReplaceColumns: return replaced_columns(schema, action, rules);
        case Kind::kAddConstraint:
        case Kind::kDropConstraint: throw unsupported_feature("constraints outside Delta tables");
        case Kind::kClusterBy: throw unsupported_feature("CLUSTER BY");
        case Kind::kAddFeature:
        case Kind::kDropFeature: throw unsupported_feature("features outside Delta tables");
        default:
            throw analysis_error(
                "DELTA_OPERATION_NOT_ALLOWED", {{"operation", "ALTER TABLE … PARTITION"}});
    }
}

}  // namespace hanok::commands
