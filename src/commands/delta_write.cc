#include "commands/delta_write.h"

#include <nlohmann/json.hpp>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "base/ids.h"
#include "commands/change_feed.h"
#include "commands/column_values.h"
#include "commands/delta_predicate.h"
#include "commands/metrics.h"
#include "commands/replace_rows.h"
#include "commands/row_checks.h"
#include "commands/row_level.h"
#include "commands/struct_fields.h"
#include "commands/table_properties.h"
#include "delta/column_mapping.h"
#include "delta/iceberg_compat.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/table.h"
#include "engine/engine.h"
#include "sql/parser.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

// Session keys that give new tables their properties.
constexpr std::string_view kPropertyDefaults = "spark.databricks.delta.properties.defaults.";

// Logical dotted path -> physical name and field id, at every depth; empty without column mapping.
std::map<std::string, std::pair<std::string, int>> mapped_names(
    const delta::Metadata& metadata, const types::TypePtr& schema) {
    if (delta::column_mapping_mode(metadata) == delta::ColumnMappingMode::kNone) return {};
    auto names = delta::physical_names(schema);
    // Columns of ours that no table has (the change type) carry no id.
    std::erase_if(names, [](const auto& entry) { return entry.second.second < 0; });
    return names;
}

// The value's column of a plan's output, by name; null when there is none.
const resolved::Attribute* find_column(const resolved::Plan& plan, const std::string& name) {
    for (const auto& a : plan.output) {
        if (types::names_equal(a.name, name)) return &a;
    }
    return nullptr;
}

// Delta casts what CAST can, also where Spark's own tables refuse (STRING to INT fails for the row,
// not the statement).
resolved::PlanPtr cast_for_delta(const resolved::PlanPtr& plan, const types::DataType& schema) {
    if (plan->output.size() != schema.fields().size()) return plan;
    auto project = std::make_shared<resolved::Project>();
    project->child = plan;
    bool changed = false;
    for (size_t i = 0; i < plan->output.size(); ++i) {
        const auto& to = schema.fields()[i].type;
        resolved::ExprPtr value = std::make_shared<resolved::AttributeRef>(plan->output[i]);
        if (!analyzer::can_store_assign(*value->type, *to) &&
            analyzer::can_cast(*value->type, *to, true)) {
            value = std::make_shared<resolved::Cast>(
                value, to, resolved::CastMode::kAnsi, value->nullable);
            changed = true;
        }
        resolved::Attribute a{analyzer::Analyzer::next_id(), plan->output[i].name, value->type,
            value->nullable, {}, ""};
        project->output.push_back(a);
        project->columns.push_back({a, value});
    }
    return changed ? resolved::PlanPtr(project) : plan;
}

// The query's rows as rows of the table: columns by name or position, cast to the table's types;
// what is left out comes from the table (defaults, generated and identity columns) or is NULL.
CompletedRows fit_rows(Session& session, const resolved::PlanPtr& query,
    const types::DataType& schema, bool by_name, const std::string& table_name) {
    resolved::PlanPtr given = query;
    types::Fields fields = schema.fields();
    if (by_name) {
        fields.clear();
        std::vector<std::string> names;
        resolved::Exprs values;
        for (const auto& field : schema.fields()) {
            const auto* column = find_column(*query, field.name);
            if (!column) continue;
            fields.push_back(field);
            names.push_back(field.name);
            values.push_back(fill_struct(ref(*column), field.type));
        }
        given = project(query, names, values);
    }
    auto given_schema = types::DataType::struct_(std::move(fields));
    given = session.analyzer()->coerce_for_insert(
        cast_for_delta(given, *given_schema), given_schema, false, table_name);
    return complete_rows(session, given, schema);
}

}  // namespace

std::string json_list(const std::vector<std::string>& items) {
    return nlohmann::json(items).dump();
}

delta::Metadata new_metadata(Session& session, const types::TypePtr& schema,
    const std::vector<std::string>& partition_by,
    const std::map<std::string, std::string>& configuration,
    const std::optional<std::string>& comment) {
    delta::Metadata metadata;
    metadata.id = base::new_uuid(base::SystemRandom::instance());
    metadata.schema_string = schema->json();
    for (const auto& name : partition_by) {
        int i = schema->field_index(name);
        metadata.partition_columns.push_back(
            i >= 0 ? schema->fields()[static_cast<size_t>(i)].name : name);
    }
    for (const auto& [key, value] : session.config().all_set()) {
        if (!key.starts_with(kPropertyDefaults)) continue;
        auto name = "delta." + key.substr(kPropertyDefaults.size());
        // As Delta, which looks for the defaults of what it knows.
        if (!is_known_property(name)) continue;
        for (auto& [known, checked] : checked_properties(session, {{name, value}}))
            metadata.configuration[known] = checked;
    }
    for (const auto& [key, value] : configuration) metadata.configuration[key] = value;
    metadata.description = comment;
    metadata.created_time_ms = session.platform().clock().now_ms();
    return metadata;
}

std::vector<delta::AddFile> write_data_files(Session& session, const resolved::PlanPtr& plan,
    const std::string& root, const delta::Metadata& metadata, const types::TypePtr& schema,
    const DeltaWriteOptions& options) {
    engine::WriteSpec spec;
    spec.folder = root;
    spec.delta = true;
    spec.partition_columns = metadata.partition_columns;
    spec.num_files = options.num_files;
    spec.max_records_per_file = options.max_records_per_file;
    spec.any_order = options.any_order;
    spec.expected_rows = options.expected_rows;
    if (!options.compression.empty()) spec.options["compression"] = options.compression;
    spec.physical_names = mapped_names(metadata, schema);
    for (const auto& column : delta::stats_columns(metadata, schema)) {
        std::string path;
        for (const auto& part : column.logical_path) path += (path.empty() ? "" : ".") + part;
        spec.stats_columns.push_back(path);
    }
    for (const auto& field : schema->fields()) {
        // The high-water mark of an identity column is read from the files' statistics.
        bool known = std::find(spec.stats_columns.begin(), spec.stats_columns.end(), field.name) !=
                     spec.stats_columns.end();
        if (identity_rule(field) && !known) spec.stats_columns.push_back(field.name);
    }
    spec.stats_count = static_cast<int>(spec.stats_columns.size());
    if (options.num_files.value_or(1) == 1)
        spec.options["maxbytesperfile"] = std::to_string(
            optimized_file_bytes(session, metadata, options));
    auto written = session.platform().engine().write(
        session.use_cache(plan), spec, session.query_context());
    int compat = delta::iceberg_compat_version(metadata);

    std::vector<delta::AddFile> files;
    int64_t now = session.platform().clock().now_ms();
    for (const auto& file : written) {
        if (file.num_rows == 0) {
            storage::store_for(root)->remove(storage::join_path(root, file.path));
            continue;
        }
        delta::AddFile add;
        add.path = storage::uri_encode_path(file.path);
        add.size_bytes = file.size_bytes;
        add.modification_time_ms = now;
        add.stats = file.stats_json;
        if (compat > 0) add.tags[delta::kIcebergCompatTag] = std::to_string(compat);
        for (size_t i = 0; i < metadata.partition_columns.size(); ++i) {
            const auto& logical = metadata.partition_columns[i];
            auto physical = spec.physical_names.find(logical);
            add.partition_values.emplace_back(
                physical == spec.physical_names.end() ? logical : physical->second.first,
                file.partition_values.at(i));
        }
        files.push_back(std::move(add));
    }
    return files;
}

void remove_data_files(
    Session&, const std::string& root, const std::vector<delta::AddFile>& files) {
    auto store = storage::store_for(root);
    for (const auto& file : files)
        store->remove(storage::join_path(root, storage::uri_decode(file.path)));
}

void add_write_metrics(delta::Transaction& transaction, const std::vector<delta::AddFile>& files,
    const std::string& rows_name) {
    int64_t bytes = 0;
    int64_t rows = 0;
    for (const auto& file : files) {
        bytes += file.size_bytes;
        rows += delta::stats_num_records(file.stats).value_or(0);
    }
    transaction.set_metric("numFiles", static_cast<int64_t>(files.size()));
    transaction.set_metric("numOutputBytes", bytes);
    transaction.set_metric(rows_name, rows);
}

namespace {

// Files an overwrite takes out of the table.
std::vector<const delta::AddFile*> files_to_replace(Session& session,
    delta::Transaction& transaction, const DeltaTarget& target, const DeltaWriteOptions& options,
    const std::vector<delta::AddFile>& fresh) {
    const auto& snapshot = *transaction.read_snapshot();
    if (options.replace_where) {
        auto where = replace_where_files(session, target, snapshot, options.replace_where);
        transaction.read_files(where.predicate);
        return where.files;
    }
    transaction.read_whole_table();
    if (!options.dynamic_partitions || snapshot.metadata().partition_columns.empty())
        return snapshot.files();
    std::vector<const delta::AddFile*> out;
    for (const auto* file : snapshot.files()) {
        for (const auto& add : fresh) {
            if (add.partition_values == file->partition_values) {
                out.push_back(file);
                break;
            }
        }
    }
    return out;
}

// Rows of the replaced files that replaceWhere does not speak of, in new files.
std::vector<delta::AddFile> kept_rows(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const DeltaWriteOptions& options) {
    if (!options.overwrite || !options.replace_where) return {};
    auto where = replace_where_files(session, target, *snapshot, options.replace_where);
    if (!where.keeps_rows || where.files.empty()) return {};
    RowLevelTarget rows{target, snapshot, target.qualifier};
    auto scan = scan_to_rewrite(rows, false, where.files);
    auto condition = analyze_condition(session, options.replace_where, scan->output);
    return write_data_files(session, filter(scan, negate(is_true(condition))), target.table->root(),
        snapshot->metadata(), snapshot->schema(), {});
}

// What replaceWhere does to rows in files that it rewrites. Other overwrites replace whole files,
// whose rows the change feed shows by itself.
std::vector<delta::CdcFile> replaced_changes(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const DeltaWriteOptions& options,
    const std::vector<delta::AddFile>& written) {
    bool is_needed = options.overwrite && options.replace_where && writes_change_feed(*snapshot);
    if (!is_needed) return {};
    auto where = replace_where_files(session, target, *snapshot, options.replace_where);
    if (!where.keeps_rows || where.files.empty()) return {};
    RowLevelTarget rows{target, snapshot, target.qualifier};
    auto old_rows = scan_target(rows, false, where.files);
    auto condition = is_true(analyze_condition(session, options.replace_where, old_rows->output));
    std::vector<const delta::AddFile*> fresh;
    for (const auto& file : written) fresh.push_back(&file);
    const auto& schema = *snapshot->schema();
    return write_changes(session, rows,
        {as_changes(filter(old_rows, condition), schema, "delete"),
            as_changes(scan_target(rows, false, fresh), schema, "insert")});
}

delta::Metadata evolve(const delta::Snapshot& snapshot, const types::TypePtr& data,
    const DeltaWriteOptions& options, types::TypePtr* schema) {
    delta::SchemaChangeOptions change;
    change.merge_schema = options.merge_schema;
    change.overwrite_schema = options.overwrite_schema;
    change.is_overwrite = options.overwrite;
    change.has_replace_where = options.replace_where != nullptr;
    change.is_dynamic_overwrite = options.overwrite && options.dynamic_partitions;
    delta::Metadata metadata = snapshot.metadata();
    *schema = delta::schema_after_write(
        metadata, snapshot.schema(), data, options.partition_by, change);
    if (!(**schema == *snapshot.schema())) metadata.schema_string = (*schema)->json();
    if (options.overwrite && options.overwrite_schema && !options.partition_by.empty()) {
        metadata.partition_columns = options.partition_by;
    }
    return metadata;
}

std::map<std::string, std::string> write_parameters(
    const DeltaWriteOptions& options, const delta::Metadata& metadata) {
    std::map<std::string, std::string> parameters = {
        {"mode", options.overwrite ? "Overwrite" : "Append"},
        {"partitionBy", json_list(options.partition_by)}};
    if (options.replace_where) parameters["predicate"] = options.replace_where_sql;
    bool is_dynamic = options.overwrite && !options.replace_where && !options.replaces_matches() &&
                      options.dynamic_partitions && !metadata.partition_columns.empty();
    if (is_dynamic) parameters["isDynamicPartitionOverwrite"] = "true";
    if (options.replace_on) parameters["replaceOn"] = json_list({options.replace_on_sql});
    if (!options.replace_using.empty())
        parameters["replaceUsing"] = json_list(options.replace_using);
    return parameters;
}

}  // namespace

void move_identity_marks(delta::Transaction& transaction, const types::TypePtr& schema,
    const std::set<std::string>& numbered, const std::vector<delta::AddFile>& files) {
    if (numbered.empty() || files.empty()) return;
    auto metadata = transaction.metadata();
    metadata.schema_string = with_identity_marks(schema, numbered, files)->json();
    transaction.update_metadata(metadata);
}

int64_t write_to_delta(Session& session, const DeltaTarget& target, resolved::PlanPtr query,
    bool by_name, const DeltaWriteOptions& options) {
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    check_replace_options(options);
    if (is_applied(session, *transaction, options)) return snapshot->version();
    types::TypePtr schema = snapshot->schema();
    if (by_name && !options.names_are_tables) {
        auto metadata = evolve(*snapshot, resolved::output_schema(*query), options, &schema);
        if (!(metadata == snapshot->metadata())) transaction->update_metadata(metadata);
        schema = types::type_from_json(transaction->metadata().schema_string);
    }
    const std::string& root = target.table->root();
    auto rows = fit_rows(session, query, *schema, by_name, target.shown_name);
    auto checked = check_rows(session, rows.plan, *schema, transaction->metadata(), rows.computed);
    checked = check_replace_where(
        session, checked, options.replace_where, options.replace_where_sql);
    auto files = write_data_files(session, checked, root, transaction->metadata(), schema, options);
    std::vector<delta::CdcFile> changes;
    FileChanges replaced;
    try {
        changes = replaced_changes(session, target, snapshot, options, files);
        for (const auto& change : changes) transaction->add_cdc_file(change);
        replaced = replace_matching(session, target, snapshot, options, files);
        if (options.replaces_matches()) replaced.apply(*transaction, "num");
        int64_t copied = 0;
        for (auto& kept : kept_rows(session, target, snapshot, options)) {
            copied += delta::stats_num_records(kept.stats).value_or(0);
            files.push_back(std::move(kept));
        }
        move_identity_marks(*transaction, schema, rows.numbered, files);
        note_checked(*transaction);
        transaction->enforces("changeDataFeed");
        if (options.replaces_matches()) {
            transaction->read_whole_table();
        } else if (options.overwrite) {
            auto gone = files_to_replace(session, *transaction, target, options, files);
            for (const auto* file : gone) transaction->remove_file(*file);
            transaction->set_metric("numRemovedFiles", static_cast<int64_t>(gone.size()));
            transaction->set_metric("numRemovedBytes", bytes_of(gone));
            if (options.replace_where) {
                RowLevelTarget before{target, snapshot, target.qualifier};
                transaction->set_metric("numDeletedRows", rows_in(session, before, gone) - copied);
                transaction->set_metric("numCopiedRows", copied);
                transaction->set_metric(
                    "numAddedChangeFiles", static_cast<int64_t>(changes.size()));
            }
        }
        for (const auto& file : files) transaction->add_file(file);
        transaction->set_operation("WRITE", write_parameters(options, transaction->metadata()));
        add_write_metrics(*transaction, files, "numOutputRows");
        sign(session, *transaction, options);
        transaction->set_commit_when_empty();
        auto version = transaction->commit_or_throw().version;
        compact_after_write(session, target);
        return version;
    } catch (...) {
        if (!transaction->may_have_committed()) {
            remove_data_files(session, root, files);
            remove_changes(root, changes);
        }
        replaced.undo(session, *transaction, root);
        throw;
    }
}

}  // namespace hanok::commands
