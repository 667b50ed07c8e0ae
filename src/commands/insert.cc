// INSERT INTO / OVERWRITE in all its forms.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/column_values.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/file_write.h"
#include "commands/python_source.h"
#include "commands/table_partitions.h"
#include "delta/partition_value.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "resolved/tree.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

using types::DataType;

struct Target {
    std::optional<DeltaTarget> delta;
    std::optional<catalog::TableInfo> files;
    types::TypePtr schema;
    std::vector<std::string> partition_columns;
    std::string shown_name;
};

Target find_target(Session& session, const plan::NamedTable& table) {
    auto name = name_parts(session, {table.name, table.identifier});
    auto info = Session::path_table(name) ? std::nullopt : std::optional(find_table(session, name));
    Target target;
    if (info && info->kind != catalog::TableKind::kView && info->provider != "delta") {
        target.files = info;
        target.schema = info->columns;
        target.partition_columns = info->partition_columns;
        target.shown_name = quote_identifier(info->full_name());
        return target;
    }
    target.delta = delta_target(session, name, "", "INSERT");
    auto snapshot = target.delta->table->snapshot();
    target.schema = snapshot->schema();
    target.partition_columns = snapshot->metadata().partition_columns;
    target.shown_name = quote_identifier(target.delta->qualifier);
    return target;
}

const types::StructField& field_of(const Target& target, const std::string& name) {
    int i = target.schema->field_index(name);
    if (i < 0) {
        std::string proposal;
        for (const auto& f : target.schema->fields())
            proposal += (proposal.empty() ? "" : ", ") + quote_identifier(f.name);
        throw analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
            {{"objectName", quote_identifier(name)}, {"proposal", proposal}});
    }
    return target.schema->fields()[static_cast<size_t>(i)];
}

struct StaticValue {
    std::string column;
    resolved::ExprPtr value;
};

std::vector<StaticValue> static_partitions(
    Session& session, const plan::Insert& insert, const Target& target) {
    std::vector<StaticValue> out;
    for (const auto& item : insert.partition) {
        bool is_partition = std::any_of(target.partition_columns.begin(),
            target.partition_columns.end(),
            [&](const auto& c) { return types::names_equal(c, item.column); });
        if (!is_partition) {
            throw analysis_error(
                "NON_PARTITION_COLUMN", {{"columnName", quote_identifier(item.column)}});
        }
        if (!item.value) continue;
        const auto& field = field_of(target, item.column);
        auto analyzer = session.analyzer();
        auto value = analyzer->analyze_expression(item.value, {});
        out.push_back(
            {field.name, analyzer->store_cast(value, field.type, field.name, target.shown_name)});
    }
    return out;
}

// Which table column each column of the query goes to, in the query's order; empty for BY NAME.
std::vector<std::string> columns_by_position(
    const plan::Insert& insert, const Target& target, const std::vector<StaticValue>& statics) {
    auto is_static = [&](const std::string& name) {
        return std::any_of(statics.begin(), statics.end(),
            [&](const auto& s) { return types::names_equal(s.column, name); });
    };
    std::vector<std::string> out;
    if (insert.by_name) return out;
    if (!insert.columns.empty()) {
        for (const auto& name : insert.columns) {
            const auto& field = field_of(target, name);
            if (std::find(out.begin(), out.end(), field.name) != out.end()) {
                throw analysis_error("COLUMN_ALREADY_EXISTS",
                    {{"columnName", quote_identifier(types::to_lower(name))}});
            }
            out.push_back(field.name);
        }
        return out;
    }
    // In the table's order, also the partition columns that are named without a value.
    for (const auto& f : target.schema->fields()) {
        if (!is_static(f.name)) out.push_back(f.name);
    }
    return out;
}

plan::RelationPtr query_with_defaults(
    const plan::Insert& insert, const Target& target, const std::vector<std::string>& columns) {
    std::vector<types::StructField> fields;
    for (const auto& name : columns) fields.push_back(field_of(target, name));
    return with_default_keywords(insert.query, fields);
}

// The query's columns under the names of the table's columns that they go to. Those that follow
// the table's keep their own names, as do all with BY NAME.
resolved::PlanPtr named_as_table(const plan::Insert& insert,
    const std::vector<std::string>& columns, const resolved::PlanPtr& query) {
    auto named = std::make_shared<resolved::Project>();
    named->child = query;
    for (size_t i = 0; i < query->output.size(); ++i) {
        auto attribute = query->output[i];
        attribute.id = analyzer::Analyzer::next_id();
        if (!insert.by_name && i < columns.size()) attribute.name = columns[i];
        named->columns.push_back(
            {attribute, std::make_shared<resolved::AttributeRef>(query->output[i])});
        named->output.push_back(attribute);
    }
    return named;
}

// Whether the query of an INSERT without column list has columns that the Delta table lacks;
// `columns` are those that it fills by position.
bool has_new_columns(const plan::Insert& insert, const Target& target,
    const std::vector<std::string>& columns, const resolved::Plan& query) {
    if (!target.delta || !insert.columns.empty()) return false;
    if (!insert.by_name) return query.output.size() > columns.size();
    return std::any_of(query.output.begin(), query.output.end(),
        [&](const auto& a) { return target.schema->field_index(a.name) < 0; });
}

// DELTA_METADATA_MISMATCH, which tells how to add the columns.
void refuse_new_columns(const plan::Insert& insert, const Target& target,
    const std::vector<std::string>& columns, const resolved::PlanPtr& query) {
    auto named = named_as_table(insert, columns, query);
    const auto& metadata = target.delta->table->snapshot()->metadata();
    delta::schema_after_write(metadata, target.schema, resolved::output_schema(*named), {}, {});
}

// The same with the columns of BY NAME; throws where the numbers of columns differ.
std::vector<std::string> query_columns(const plan::Insert& insert, const Target& target,
    std::vector<std::string> out, const resolved::Plan& query) {
    if (insert.by_name) {
        for (const auto& a : query.output) out.push_back(field_of(target, a.name).name);
    }
    if (out.size() != query.output.size()) {
        std::string table_columns;
        std::string data_columns;
        for (const auto& c : out)
            table_columns += (table_columns.empty() ? "" : ", ") + quote_identifier(c);
        for (const auto& a : query.output)
            data_columns += (data_columns.empty() ? "" : ", ") + quote_identifier(a.name);
        if (target.delta && insert.columns.empty()) {
            throw analysis_error("DELTA_INSERT_COLUMN_ARITY_MISMATCH",
                {{"tableName", target.delta->shown_name}, {"columnName", "not enough data columns"},
                    {"numColumns", std::to_string(target.schema->fields().size())},
                    {"insertColumns",
                        std::to_string(
                            query.output.size() + target.schema->fields().size() - out.size())}});
        }
        throw analysis_error(out.size() > query.output.size()
                                 ? "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
                                 : "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
            {{"tableName", target.shown_name}, {"tableColumns", table_columns},
                {"dataColumns", data_columns}});
    }
    return out;
}

// The query's rows as the table's columns, in order. A Delta table fills absent columns itself.
resolved::PlanPtr to_table_columns(Session& session, const resolved::PlanPtr& query,
    const Target& target, const std::vector<std::string>& columns,
    const std::vector<StaticValue>& statics) {
    auto project = std::make_shared<resolved::Project>();
    project->child = query;
    for (const auto& field : target.schema->fields()) {
        resolved::ExprPtr expr;
        for (size_t i = 0; i < columns.size(); ++i) {
            if (columns[i] == field.name)
                expr = std::make_shared<resolved::AttributeRef>(query->output[i]);
        }
        for (const auto& s : statics) {
            if (s.column == field.name) expr = s.value;
        }
        if (!expr && target.delta) continue;
        if (!expr) {
            auto analyzer = session.analyzer();
            expr = analyzer->store_cast(analyzer->analyze_expression(default_expression(field), {}),
                field.type, field.name, target.shown_name);
        }
        resolved::Attribute attribute{
            analyzer::Analyzer::next_id(), field.name, expr->type, expr->nullable, {}, ""};
        project->output.push_back(attribute);
        project->columns.push_back({attribute, expr});
    }
    return project;
}

bool replaces_matches(const plan::Insert& insert) {
    return insert.replace_on || !insert.replace_using.empty();
}

// PARTITION (a = 1, …) of an overwrite as a condition.
plan::ExprPtr partition_condition(Session& session, const plan::Insert& insert, std::string* sql) {
    plan::ExprPtr out;
    for (const auto& item : insert.partition) {
        if (!item.value) continue;
        auto equal = plan::call("<=>", {plan::attribute({item.column}), item.value});
        auto value = session.analyzer()->analyze_expression(item.value, {});
        std::string shown = analyzer::expression_sql(*value);
        if (value->type->is_string()) shown = "'" + shown + "'";
        std::string one = "(" + item.column + " <=> " + shown + ")";
        *sql = out ? "(" + *sql + " AND " + one + ")" : one;
        out = out ? plan::call("and", {out, equal}) : equal;
    }
    return out;
}

// INSERT WITH SCHEMA EVOLUTION: columns that the table does not have are added to it. Without BY
// NAME those that follow the table's are the new ones.
Output insert_evolving(Session& session, const plan::Insert& insert, const Target& target,
    const std::vector<std::string>& columns, const resolved::PlanPtr& query) {
    if (!target.delta) throw unsupported_feature("WITH SCHEMA EVOLUTION outside Delta tables");
    bool other_forms = !insert.columns.empty() || !insert.partition.empty() ||
                       insert.replace_where || replaces_matches(insert);
    if (other_forms)
        throw unsupported_feature(
            "WITH SCHEMA EVOLUTION beside a column list, PARTITION or REPLACE");
    auto named = named_as_table(insert, columns, query);
    auto options = delta_write_options(session, insert.options);
    options.overwrite = insert.overwrite;
    options.merge_schema = true;
    write_to_delta(session, *target.delta, named, true, options);
    return nullptr;
}

// INSERT OVERWRITE … PARTITION replaces what lies below the folder of the given values: `files`
// then writes there, without the columns that the folder names.
resolved::PlanPtr narrow_to_partition(Session& session, const plan::Insert& insert,
    const catalog::TableInfo& table, const resolved::PlanPtr& rows, FileWrite& files) {
    auto given = wanted_partition_values(session, table, partition_names(insert.partition));
    size_t count = 0;
    while (count < given.size() && given[count]) ++count;
    bool behind = std::any_of(given.begin() + static_cast<std::ptrdiff_t>(count), given.end(),
        [](const auto& value) { return value.has_value(); });
    bool dynamic = types::names_equal(
        session.config().find("spark.sql.sources.partitionOverwriteMode").value_or("static"),
        "dynamic");
    if (behind || (dynamic && count < given.size())) {
        throw unsupported_feature(
            "INSERT OVERWRITE of partitions that are found while writing in " + table.provider +
            " tables");
    }
    auto project = std::make_shared<resolved::Project>();
    project->child = rows;
    for (const auto& a : rows->output) {
        bool in_folder = std::any_of(table.partition_columns.begin(),
            table.partition_columns.begin() + static_cast<std::ptrdiff_t>(count),
            [&](const std::string& c) { return types::names_equal(c, a.name); });
        if (in_folder) continue;
        project->output.push_back(a);
        project->columns.push_back({a, resolved::ref(a)});
    }
    for (size_t i = 0; i < count; ++i) {
        files.folder = storage::join_path(
            files.folder, delta::partition_folder(table.partition_columns[i], *given[i]));
    }
    files.partition_by.erase(files.partition_by.begin(),
        files.partition_by.begin() + static_cast<std::ptrdiff_t>(count));
    return project;
}

}  // namespace

Output insert(Session& session, const plan::Insert& insert) {
    if (insert.table->kind != plan::RelationKind::kNamedTable)
        throw unsupported_feature("INSERT into this relation");
    auto target = find_target(session, insert.table->as<plan::NamedTable>());
    auto statics = static_partitions(session, insert, target);
    auto columns = columns_by_position(insert, target, statics);
    auto query = session.analyze(query_with_defaults(insert, target, columns));
    bool evolves = insert.with_schema_evolution;
    if (!evolves && has_new_columns(insert, target, columns, *query)) {
        evolves = session.config().get_bool(
            "spark.databricks.delta.schema.autoMerge.enabled", false);
        if (!evolves) refuse_new_columns(insert, target, columns, query);
    }
    if (evolves) return insert_evolving(session, insert, target, columns, query);
    columns = query_columns(insert, target, std::move(columns), *query);
    auto rows = to_table_columns(session, query, target, columns, statics);
    if (target.files) {
        rows = session.analyzer()->coerce_for_insert(rows, target.schema, false, target.shown_name);
        FileWrite files{target.files->provider, target.files->location, insert.options,
            target.partition_columns,
            insert.overwrite ? plan::SaveMode::kOverwrite : plan::SaveMode::kAppend, std::nullopt};
        if (insert.overwrite && !insert.partition.empty())
            rows = narrow_to_partition(session, insert, *target.files, rows, files);
        for (const auto& [name, value] : target.files->options)
            files.options.emplace_back(name, value);
        if (!write_to_python_source(session, files.format, "", files.options, files.mode, rows))
            write_files_to(session, rows, files);
        return nullptr;
    }
    auto options = delta_write_options(session, insert.options);
    options.overwrite = insert.overwrite || insert.replace_where || replaces_matches(insert);
    if (replaces_matches(insert)) {
        options.replace_using = insert.replace_using;
        options.replace_on = insert.replace_on;
        options.replace_on_sql = insert.replace_where_sql;
        options.target_alias = insert.target_alias;
        for (size_t i = 0; i < columns.size(); ++i) {
            options.source_columns.push_back({query->output[i].name,
                source_qualifier(insert.query, query->output[i]), columns[i]});
        }
    } else if (insert.replace_where) {
        options.replace_where = insert.replace_where;
        options.replace_where_sql = insert.replace_where_sql;
    } else if (insert.overwrite && !insert.partition.empty() && !options.dynamic_partitions) {
        options.replace_where = partition_condition(session, insert, &options.replace_where_sql);
        // PARTITION (p) without values: static mode replaces the whole table.
    }
    options.names_are_tables = true;
    write_to_delta(session, *target.delta, rows, true, options);
    return nullptr;
}

}  // namespace hanok::commands
