#include "commands/alter_delta.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/column_values.h"
#include "commands/delta_predicate.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "commands/row_order.h"
#include "commands/table_properties.h"
#include "delta/row_tracking.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/table_features.h"
#include "delta/transaction.h"
#include "resolved/tree.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

using Kind = plan::AlterAction::Kind;

constexpr const char* kConstraintPrefix = "delta.constraints.";

ColumnChangeRules rules_of(const delta::Snapshot& snapshot) {
    ColumnChangeRules rules;
    rules.is_delta = true;
    rules.maps_columns = snapshot.column_mapping_mode() != delta::ColumnMappingMode::kNone;
    rules.allows_defaults = snapshot.protocol().has_feature("allowColumnDefaults");
    rules.widens_types = snapshot.bool_property("delta.enableTypeWidening", false);
    rules.partition_columns = snapshot.metadata().partition_columns;
    return rules;
}

// Does an expression over the table read this column?
bool reads_column(Session& session, const types::DataType& schema, const std::string& sql,
    const std::string& column) {
    auto attributes = table_attributes(schema, {});
    auto used = resolved::references(
        *session.analyzer()->analyze_expression(sql::parse_expression(sql), attributes));
    for (const auto& a : attributes) {
        if (types::names_equal(a.name, column) && used.contains(a.id)) return true;
    }
    return false;
}

std::string dotted(const plan::Name& path) {
    std::string out;
    for (const auto& part : path) out += (out.empty() ? "" : ".") + part;
    return out;
}

void check_clustering(const delta::Snapshot& snapshot, const plan::AlterAction& action) {
    if (action.kind != Kind::kDropColumns) return;
    for (const auto& column : action.columns) {
        for (const auto& name : clustering_names(snapshot)) {
            if (types::names_equal(name, dotted(column.path))) {
                throw analysis_error(
                    "DELTA_UNSUPPORTED_DROP_CLUSTERING_COLUMN", {{"columnList", name}});
            }
        }
    }
}

// Constraints and generated columns name columns by text: those may not change under them.
void check_dependents(
    Session& session, const delta::Snapshot& snapshot, const plan::AlterAction& action) {
    const auto& schema = *snapshot.schema();
    bool alters = action.kind == Kind::kRenameColumn || action.kind == Kind::kDropColumns;
    for (const auto& column : action.columns) {
        bool changes_type = action.kind == Kind::kAlterColumn && column.definition.type;
        if (!alters && !changes_type) continue;
        const std::string& name = column.path[0];
        std::string constraints;
        for (const auto& [constraint, sql] : check_constraints(snapshot.metadata())) {
            if (reads_column(session, schema, sql, name))
                constraints += (constraints.empty() ? "" : ", ") + constraint + " -> " + sql;
        }
        if (!constraints.empty()) {
            throw analysis_error("DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE",
                {{"columnName", name}, {"constraints", constraints}});
        }
        std::string generated;
        for (const auto& field : schema.fields()) {
            auto sql = generation_sql(field);
            if (sql && reads_column(session, schema, *sql, name))
                generated += (generated.empty() ? "" : ", ") + field.name + " -> " + *sql;
        }
        if (!generated.empty()) {
            throw analysis_error("DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE",
                {{"columnName", name}, {"generatedColumns", generated}});
        }
    }
}

std::string operation_name(Kind kind) {
    switch (kind) {
        case Kind::kAddColumns: return "ADD COLUMNS";
        case Kind::kAlterColumn: return "CHANGE COLUMN";
        case Kind::kRenameColumn: return "RENAME COLUMN";
        case Kind::kDropColumns: return "DROP COLUMNS";
        case Kind::kSetProperties: return "SET TBLPROPERTIES";
        case Kind::kUnsetProperties: return "UNSET TBLPROPERTIES";
        case Kind::kAddConstraint: return "ADD CONSTRAINT";
        case Kind::kDropConstraint: return "DROP CONSTRAINT";
        case Kind::kAddFeature: return "UPGRADE PROTOCOL";
        case Kind::kClusterBy: return "CLUSTER BY";
        default: return "REPLACE COLUMNS";
    }
}

const types::StructField* field_at(const types::DataType& schema, const plan::Name& path) {
    const types::DataType* type = &schema;
    const types::StructField* field = nullptr;
    for (const auto& name : path) {
        int i = type->is(types::TypeId::kStruct) ? type->field_index(name) : -1;
        if (i < 0) return nullptr;
        field = &type->fields()[static_cast<size_t>(i)];
        type = field->type.get();
    }
    return field;
}

// {"name": …, "type": …, "nullable": …, "metadata": {…}} of a column as it is now; a struct's type
// is "struct".
nlohmann::ordered_json column_json(const types::DataType& schema, const plan::Name& path) {
    const auto* field = field_at(schema, path);
    if (field == nullptr) return {{"name", dotted(path)}};
    auto type = nlohmann::ordered_json::parse(types::DataType::struct_({*field})->json())
                    .at("fields")[0]
                    .at("type");
    auto metadata = nlohmann::ordered_json::object();
    if (auto comment = field->comment()) metadata["comment"] = *comment;
    return {{"name", dotted(path)}, {"type", type.is_string() ? type : type.at("type")},
        {"nullable", field->nullable}, {"metadata", metadata}};
}

std::optional<std::string> position_text(const plan::AlterAction::Column& column) {
    if (column.first) return "FIRST";
    if (column.after.empty()) return std::nullopt;
    return "AFTER " + column.after;
}

std::map<std::string, std::string> added_columns(
    const plan::AlterAction& action, const types::DataType& schema) {
    auto columns = nlohmann::ordered_json::array();
    for (const auto& column : action.columns) {
        nlohmann::ordered_json entry{{"column", column_json(schema, column.path)}};
        if (auto position = position_text(column)) entry["position"] = *position;
        columns.push_back(std::move(entry));
    }
    return {{"columns", columns.dump()}};
}

std::map<std::string, std::string> changed_column(
    const plan::AlterAction::Column& column, const types::DataType& schema) {
    std::map<std::string, std::string> out{{"column", column_json(schema, column.path).dump()}};
    if (auto position = position_text(column)) out["position"] = *position;
    return out;
}

// `before` and `schema`: the properties and the columns before and after.
std::map<std::string, std::string> operation_parameters(const plan::AlterAction& action,
    const std::map<std::string, std::string>& before, const types::DataType& schema) {
    switch (action.kind) {
        case Kind::kRenameColumn: {
            auto renamed = action.columns.at(0).path;
            renamed.back() = action.new_name.back();
            return {{"oldColumnPath", dotted(action.columns.at(0).path)},
                {"newColumnPath", dotted(renamed)}};
        }
        case Kind::kAddColumns: return added_columns(action, schema);
        case Kind::kAlterColumn:
            if (action.columns.size() == 1) return changed_column(action.columns[0], schema);
            [[fallthrough]];
        case Kind::kDropColumns: {
            std::vector<std::string> names;
            for (const auto& column : action.columns) names.push_back(dotted(column.path));
            return {{"columns", json_list(names)}};
        }
        case Kind::kAddConstraint:
            return {{"name", action.constraint.name}, {"expr", action.constraint.expression}};
        case Kind::kDropConstraint: {
            auto found = before.find(kConstraintPrefix + types::to_lower(action.text));
            if (found == before.end()) return {{"name", action.text}, {"existed", "false"}};
            return {{"name", action.text}, {"expr", found->second}, {"existed", "true"}};
        }
        case Kind::kClusterBy: {
            std::string columns;
            for (const auto& name : action.cluster_by)
                columns += (columns.empty() ? "" : ",") + dotted(name);
            return {{"newClusteringColumns", columns}};
        }
        case Kind::kUnsetProperties:
            return {{"properties", json_list(action.keys)},
                {"ifExists", "true"}};  // Delta takes away what is not there
        default: {
            nlohmann::json properties(std::map<std::string, std::string>(
                action.properties.begin(), action.properties.end()));
            return {{"properties", properties.dump()}};
        }
    }
}

void add_constraint(Session& session, const DeltaTarget& target, const delta::SnapshotPtr& snapshot,
    const plan::AlterAction& action, delta::Transaction& transaction, delta::Metadata& metadata) {
    const auto& constraint = action.constraint;
    if (constraint.kind != "CHECK") throw unsupported_feature(constraint.kind + " constraints");
    if (constraint.name.empty()) throw unsupported_feature("constraints without a name");
    std::string key = kConstraintPrefix + types::to_lower(constraint.name);
    auto known = metadata.configuration.find(key);
    if (known != metadata.configuration.end()) {
        throw analysis_error("DELTA_CONSTRAINT_ALREADY_EXISTS",
            {{"constraintName", constraint.name}, {"oldConstraint", known->second}});
    }
    RowLevelTarget rows{target, snapshot, target.qualifier};
    auto scan = scan_target(rows, false);
    auto condition = constraint_condition(
        session, constraint.name, constraint.expression, scan->output);
    transaction.read_whole_table();
    int64_t broken = aggregate_row(session, scan, {count_if(negate(is_true(condition)))})[0];
    if (broken > 0) {
        throw analysis_error("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION",
            {{"numRows", std::to_string(broken)}, {"tableName", target.shown_name},
                {"checkConstraint", constraint.expression}});
    }
    metadata.configuration[key] = constraint.expression;
}

void drop_constraint(
    const DeltaTarget& target, const plan::AlterAction& action, delta::Metadata& metadata) {
    std::string key = kConstraintPrefix + types::to_lower(action.text);
    if (metadata.configuration.erase(key) > 0 || action.if_exists) return;
    throw analysis_error("DELTA_CONSTRAINT_DOES_NOT_EXIST",
        {{"constraintName", action.text}, {"tableName", target.shown_name},
            {"config", "spark.databricks.delta.constraints.assumesDropIfExists.enabled"},
            {"confValue", "true"}});
}

void check_property_keys(const plan::AlterAction& action) {
    for (const auto& [key, value] : action.properties) {
        if (key.starts_with(kConstraintPrefix)) throw analysis_error("DELTA_ADD_CONSTRAINTS", {});
    }
}

std::map<std::string, std::string> given_properties(const plan::AlterAction& action) {
    return {action.properties.begin(), action.properties.end()};
}

plan::AlterAction with_checked_properties(Session& session, const plan::AlterAction& action) {
    auto out = action;
    auto checked = checked_properties(session, given_properties(action));
    out.properties = {checked.begin(), checked.end()};
    out.if_exists = true;  // Delta takes away what is not there
    return out;
}

bool syncs_identity(const plan::AlterAction& action) {
    return std::any_of(action.columns.begin(), action.columns.end(),
        [](const auto& column) { return column.syncs_identity; });
}

// Identity columns go on from the furthest value that rows have.
void sync_identity(Session& session, const DeltaTarget& target, const delta::SnapshotPtr& snapshot,
    const plan::AlterAction& action, delta::Transaction& transaction, delta::Metadata& metadata) {
    auto fields = snapshot->schema()->fields();
    auto scan = scan_target(RowLevelTarget{target, snapshot, target.qualifier}, false);
    transaction.read_whole_table();
    for (const auto& column : action.columns) {
        int i = snapshot->schema()->field_index(column.path[0]);
        if (i < 0) {
            throw analysis_error("DELTA_COLUMN_NOT_FOUND_IN_SCHEMA",
                {{"columnName", quote_identifier(column.path)},
                    {"tableSchema", snapshot->schema()->ddl()}});
        }
        auto& field = fields[static_cast<size_t>(i)];
        auto rule = identity_rule(field);
        if (!column.syncs_identity || column.path.size() > 1 || !rule)
            throw analysis_error("DELTA_IDENTITY_COLUMNS_ALTER_NON_IDENTITY_COLUMN", {});
        auto value = resolved::ref(scan->output[static_cast<size_t>(i)]);
        auto furthest = std::make_shared<resolved::Aggregate>(
            rule->step > 0 ? "max" : "min", resolved::Exprs{value}, types::DataType::long_(), true);
        auto known = make_call("isnotnull", {value}, types::DataType::boolean(), false);
        auto found = aggregate_row(session, scan, {count_if(known), furthest});
        if (found[0] > 0) field = with_synced_mark(field, found[1]);
    }
    metadata.schema_string = types::DataType::struct_(std::move(fields))->json();
}

// Changes what is not the schema; true when the action was one of those.
bool change_metadata(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const plan::AlterAction& action,
    delta::Transaction& transaction, delta::Metadata& metadata) {
    switch (action.kind) {
        case Kind::kSetProperties:
        case Kind::kUnsetProperties:
            check_property_keys(action);
            change_properties(metadata.configuration, with_checked_properties(session, action));
            check_retention(metadata.configuration, given_properties(action));
            return true;
        case Kind::kAddConstraint:
            add_constraint(session, target, snapshot, action, transaction, metadata);
            return true;
        case Kind::kDropConstraint: drop_constraint(target, action, metadata); return true;
        case Kind::kAlterColumn:
            if (!syncs_identity(action)) return false;
            sync_identity(session, target, snapshot, action, transaction, metadata);
            return true;
        case Kind::kClusterBy: {
            metadata.configuration["delta.feature.clustering"] = "supported";
            return true;
        }
        case Kind::kAddFeature:
            metadata.configuration["delta.feature." + action.text] = "supported";
            return true;
        default: return false;
    }
}

bool turns_on_row_tracking(const plan::AlterAction& action) {
    return std::any_of(action.properties.begin(), action.properties.end(), [](const auto& p) {
        return p.first == "delta.enableRowTracking" && types::names_equal(p.second, "true");
    });
}

}  // namespace

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

void alter_delta(Session& session, const DeltaTarget& target, const plan::AlterAction& action) {
    if (action.kind == Kind::kDropFeature) return drop_feature(session, target, action);
    if (turns_on_row_tracking(action)) {
        auto wanted = target.table->snapshot()->metadata();
        change_properties(wanted.configuration, action);
        delta::check_row_tracking_properties(wanted);
        backfill_row_ids(session, target);
    }
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    auto metadata = snapshot->metadata();
    if (!change_metadata(session, target, snapshot, action, *transaction, metadata)) {
        check_dependents(session, *snapshot, action);
        check_clustering(*snapshot, action);
        auto schema = changed_schema(snapshot->schema(), action, rules_of(*snapshot));
        check_column_rules(session, *schema, {});
        metadata.schema_string = schema->json();
        if (action.kind == Kind::kRenameColumn && action.columns.at(0).path.size() == 1) {
            for (auto& name : metadata.partition_columns) {
                if (types::names_equal(name, action.columns[0].path[0]))
                    name = action.new_name.back();
            }
        }
    }
    transaction->update_metadata(metadata);
    if (action.kind == Kind::kClusterBy) {
        transaction->set_domain(
            clustering_domain(*snapshot->schema(), metadata.partition_columns, action.cluster_by));
    }
    transaction->set_operation(
        syncs_identity(action) ? "SYNC IDENTITY" : operation_name(action.kind),
        operation_parameters(action, snapshot->metadata().configuration,
            *types::type_from_json(transaction->metadata().schema_string)));
    sign(session, *transaction);
    transaction->commit_or_throw();
}

}  // namespace hanok::commands
