// DESCRIBE TABLE, DESCRIBE NAMESPACE, DESCRIBE QUERY and EXPLAIN.

#include <nlohmann/json.hpp>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/explain.h"
#include "commands/kept_statistics.h"
#include "commands/names.h"
#include "commands/rows.h"
#include "commands/table_partitions.h"
#include "commands/table_shape.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/universal_format.h"
#include "iceberg/publish.h"
#include "resolved/printer.h"
#include "sql/plan_text.h"
#include "storage/path.h"
#include "types/datetime_text.h"

namespace hanok::commands {

namespace {

using types::DataType;

Rows column_rows() {
    return Rows({{"col_name", DataType::string(), false}, {"data_type", DataType::string(), false},
        {"comment", DataType::string(), true}});
}

void add(
    Rows& rows, const std::string& name, const std::string& type, const std::string& comment = "") {
    rows.add({text(name), text(type), text(comment)});
}

void add_columns(Rows& rows, const DataType& schema) {
    for (const auto& f : schema.fields()) {
        auto comment = f.comment();
        rows.add({text(f.name), text(f.type->simple_string()), comment ? text(*comment) : null()});
    }
}

void add_partitions(Rows& rows, const TableShape& shape) {
    if (shape.partition_columns.empty()) return;
    add(rows, "# Partition Information", "");
    add(rows, "# col_name", "data_type", "comment");
    for (const auto& name : shape.partition_columns) {
        int i = shape.schema->field_index(name);
        if (i < 0) continue;
        const auto& field = shape.schema->fields()[static_cast<size_t>(i)];
        auto comment = field.comment();
        rows.add(
            {text(name), text(field.type->simple_string()), comment ? text(*comment) : null()});
    }
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + quote_identifier(name);
    return out;
}

void add_details(Session& session, Rows& rows, const TableShape& shape) {
    const auto& info = shape.info;
    static const char* const kinds[] = {"MANAGED", "EXTERNAL", "VIEW"};
    add(rows, "", "");
    add(rows, "# Detailed Table Information", "");
    add(rows, "Catalog", info.catalog);
    add(rows, "Database", info.schema);
    add(rows, "Table", info.name);
    add(rows, "Owner", info.owner);
    add(rows, "Created Time",
        types::timestamp_to_string(
            info.created_ms * 1000, session.config().get("spark.sql.session.timeZone")));
    add(rows, "Type", kinds[static_cast<int>(info.kind)]);
    if (shape.comment) add(rows, "Comment", *shape.comment);
    if (info.kind == catalog::TableKind::kView) {
        add(rows, "View Text", info.view_text);
        add(rows, "View Schema Mode", info.view_schema_mode);
        return;
    }
    add(rows, "Provider", info.provider);
    if (shape.buckets) {
        add(rows, "Num Buckets", std::to_string(shape.buckets->num_buckets));
        add(rows, "Bucket Columns", "[" + quoted_list(shape.buckets->columns) + "]");
        add(rows, "Sort Columns", "[" + quoted_list(shape.buckets->sort_columns) + "]");
    }
    add(rows, "Location", storage::shown_path(info.location));
    if (!shape.properties.empty()) {
        std::string list;
        for (const auto& [key, value] : shape.properties)
            list += (list.empty() ? "" : ",") + key + "=" + value;
        add(rows, "Table Properties", "[" + list + "]");
    }
    if (auto size = kept_statistics(session, info).table) add(rows, "Statistics", size->text());
}

// What readers of Iceberg see of a Delta table (UniForm).
void add_uniform(Session& session, Rows& rows, const TableShape& shape) {
    if (!types::names_equal(shape.info.provider, "delta")) return;
    auto snapshot = session.platform().delta_table(shape.info.location)->snapshot();
    if (!delta::wants_iceberg(snapshot->metadata())) return;
    auto published = iceberg::published(*snapshot);
    add(rows, "", "");
    add(rows, "# Delta Uniform Iceberg", "");
    if (!published) {
        add(rows, "Metadata Location", "not yet published");
        return;
    }
    add(rows, "Metadata Location", storage::shown_path(published->metadata_location));
    add(rows, "Converted Delta Version", std::to_string(published->delta_version));
    add(rows, "Converted Delta Timestamp",
        types::timestamp_to_string(published->delta_timestamp_ms * 1000,
            session.config().get("spark.sql.session.timeZone")));
}

// What DESCRIBE EXTENDED says of a column whose table was analyzed.
void add_statistics(Rows& rows, const std::optional<ColumnStatistics>& known) {
    auto add = [&](const char* name, const std::optional<std::string>& value) {
        rows.add({text(name), text(value.value_or("NULL"))});
    };
    auto number_text = [](const std::optional<int64_t>& n) {
        return n ? std::optional(std::to_string(*n)) : std::nullopt;
    };
    auto column = known.value_or(ColumnStatistics{});
    add("min", column.min);
    add("max", column.max);
    add("num_nulls", known ? number_text(column.nulls) : std::nullopt);
    add("distinct_count", known ? number_text(column.distinct) : std::nullopt);
    add("avg_col_len", number_text(column.average_length));
    add("max_col_len", number_text(column.longest));
    add("histogram", std::nullopt);
}

Output describe_column(
    const DataType& schema, const plan::Name& path, const KeptStatistics* statistics) {
    Rows rows(
        {{"info_name", DataType::string(), false}, {"info_value", DataType::string(), false}});
    int i = schema.field_index(path.back());
    if (path.size() != 1 || i < 0) {
        throw analysis_error(
            "COLUMN_NOT_FOUND", {{"colName", quote_identifier(path)},
                                    {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
    }
    const auto& field = schema.fields()[static_cast<size_t>(i)];
    rows.add({text("col_name"), text(field.name)});
    rows.add({text("data_type"), text(field.type->simple_string())});
    rows.add({text("comment"), text(field.comment().value_or("NULL"))});
    if (statistics) {
        auto known = statistics->columns.find(field.name);
        bool is_known = known != statistics->columns.end();
        add_statistics(rows, is_known ? std::optional(known->second) : std::nullopt);
    }
    return std::move(rows).plan();
}

void add_partition_details(Session& session, Rows& rows, const catalog::TableInfo& info,
    const PartitionValues& partition) {
    add(rows, "", "");
    add(rows, "# Detailed Partition Information", "");
    add(rows, "Database", info.schema);
    add(rows, "Table", info.name);
    add(rows, "Partition Values", shown_partition(info, partition));
    add(rows, "Location", storage::shown_path(require_partition(info, partition)));
    auto statistics = kept_statistics(session, info);
    auto size = statistics.partitions.find(partition_folder(info, partition));
    if (size != statistics.partitions.end()) add(rows, "Partition Statistics", size->second.text());
}

// Views have no partitions; those of Delta tables are no objects of their own.
void refuse_partition(
    const std::vector<std::string>& name, const std::optional<catalog::TableInfo>& info) {
    bool is_view = info && info->kind == catalog::TableKind::kView;
    if (!info || is_view) {
        throw analysis_error("FORBIDDEN_OPERATION",
            {{"statement", "DESC PARTITION"}, {"objectType", is_view ? "VIEW" : "TEMPORARY VIEW"},
                {"objectName", quote_identifier(name)}});
    }
    if (info->provider == "delta")
        throw unsupported_feature("DESCRIBE … PARTITION of Delta tables");
}

Output as_json(const TableShape& shape, const std::optional<PartitionValues>& partition) {
    auto columns = nlohmann::ordered_json::array();
    for (const auto& f : shape.schema->fields()) {
        nlohmann::ordered_json type = {{"name", f.type->simple_string()}};
        nlohmann::ordered_json column = {
            {"name", f.name}, {"type", type}, {"nullable", f.nullable}};
        if (auto comment = f.comment()) column["comment"] = *comment;
        columns.push_back(std::move(column));
    }
    const auto& info = shape.info;
    static const char* const kinds[] = {"MANAGED", "EXTERNAL", "VIEW"};
    nlohmann::ordered_json j = {{"table_name", info.name}, {"catalog_name", info.catalog},
        {"namespace", nlohmann::ordered_json::array({info.schema})}, {"schema_name", info.schema},
        {"columns", columns}, {"type", kinds[static_cast<int>(info.kind)]},
        {"provider", info.provider}, {"location", storage::shown_path(info.location)},
        {"table_properties", shape.properties}, {"partition_columns", shape.partition_columns}};
    if (shape.buckets) {
        j["num_buckets"] = shape.buckets->num_buckets;
        j["bucket_columns"] = shape.buckets->columns;
        j["sort_columns"] = shape.buckets->sort_columns;
    }
    for (size_t i = 0; partition && i < partition->size(); ++i) {
        const auto& value = (*partition)[i];
        j["partition_values"][shape.partition_columns[i]] = value ? nlohmann::ordered_json(*value)
                                                                  : nlohmann::ordered_json(nullptr);
    }
    Rows rows({{"json_metadata", DataType::string(), false}});
    rows.add({text(j.dump())});
    return std::move(rows).plan();
}

}  // namespace

Output describe_table(Session& session, const plan::DescribeTable& command) {
    auto name = name_parts(session, command.name);
    bool is_temporary = name.size() == 1 && session.find_temp_view(name[0]);
    auto info = is_temporary || Session::path_table(name) ? std::nullopt
                                                          : try_find_table(session, name);
    TableShape shape;
    if (info) {
        shape = table_shape(session, *info);
    } else {
        shape.schema = resolved::output_schema(*session.analyze(named_table(name)));
    }
    std::optional<PartitionValues> partition;
    if (!command.partition.empty()) {
        refuse_partition(name, info);
        partition = partition_values(session, *info, partition_names(command.partition));
        require_partition(*info, *partition);
    }
    if (!command.column.empty()) {
        KeptStatistics statistics;
        if (info && command.extended) statistics = kept_statistics(session, *info);
        // Spark has none of Delta tables; those that are kept are shown.
        bool is_delta = info && info->provider == "delta";
        bool is_shown = command.extended && (!is_delta || !statistics.columns.empty());
        return describe_column(*shape.schema, command.column, is_shown ? &statistics : nullptr);
    }
    if (command.as_json) {
        if (!command.extended || !info) throw analysis_error("DESCRIBE_JSON_NOT_EXTENDED", {});
        return as_json(shape, partition);
    }
    auto rows = column_rows();
    add_columns(rows, *shape.schema);
    add_partitions(rows, shape);
    if (command.extended && partition) {
        add_partition_details(session, rows, *info, *partition);
    } else if (command.extended && info) {
        add_details(session, rows, shape);
        add_uniform(session, rows, shape);
    }
    return std::move(rows).plan();
}

Output describe_namespace(Session& session, const plan::DescribeNamespace& command) {
    auto schema = find_schema(session, session.namespace_key(name_parts(session, command.name)));
    Rows rows({{"info_name", DataType::string(), false}, {"info_value", DataType::string(), true}});
    rows.add({text("Catalog Name"), text(schema.catalog)});
    rows.add({text("Namespace Name"), text(schema.name)});
    rows.add({text("Comment"), text(schema.comment)});
    rows.add({text("Location"), text(storage::shown_path(schema.location))});
    rows.add({text("Owner"), text("")});
    if (command.extended) {
        std::string list;
        for (const auto& [key, value] : schema.properties)
            list += (list.empty() ? "" : ", ") + ("(" + key + "," + value + ")");
        rows.add({text("Properties"), text(list.empty() ? "" : "(" + list + ")")});
    }
    return std::move(rows).plan();
}

Output describe_query(Session& session, const plan::DescribeQuery& command) {
    auto rows = column_rows();
    add_columns(rows, *resolved::output_schema(*session.analyze(command.query)));
    return std::move(rows).plan();
}

Output explain(Session& session, const plan::Explain& command) {
    Rows rows({{"plan", DataType::string(), false}});
    if (command.command) {
        rows.add({text("== Physical Plan ==\nCommand\n")});
        return std::move(rows).plan();
    }
    rows.add({text(explain_query(session, command.query, command.mode))});
    return std::move(rows).plan();
}

}  // namespace hanok::commands
