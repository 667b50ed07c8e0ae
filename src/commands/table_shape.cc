#include "commands/table_shape.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "commands/bucketing.h"
#include "commands/kept_statistics.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

bool is_secret(const std::string& key) {
    auto lower = types::to_lower(key);
    for (const char* word : {"secret", "password", "token", "accesskey", "access.key"}) {
        if (lower.find(word) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

std::string shown_property(const std::string& key, const std::string& value) {
    return is_secret(key) ? "*********(redacted)" : value;
}

TableShape table_shape(Session& session, const catalog::TableInfo& info) {
    TableShape shape{info, info.columns, info.partition_columns, info.properties, info.comment};
    shape.buckets = take_buckets(&shape.properties);
    hide_kept_statistics(&shape.properties);
    if (info.provider != "delta") return shape;
    auto snapshot = session.platform().delta_table(info.location)->snapshot();
    shape.schema = snapshot->schema();
    shape.partition_columns = snapshot->metadata().partition_columns;
    shape.properties = snapshot->metadata().configuration;
    shape.properties["delta.minReaderVersion"] = std::to_string(
        snapshot->protocol().min_reader_version);
    shape.properties["delta.minWriterVersion"] = std::to_string(
        snapshot->protocol().min_writer_version);
    if (snapshot->metadata().description) shape.comment = snapshot->metadata().description;
    return shape;
}

namespace {

std::string sql_text(const std::string& s) {
    std::string out = "'";
    for (char c : s) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string property_list(const std::string& clause, const catalog::Properties& properties) {
    if (properties.empty()) return "";
    std::string list;
    for (const auto& [key, value] : properties) {
        list += (list.empty() ? "\n  " : ",\n  ") + sql_text(key) + " = " +
                sql_text(shown_property(key, value));
    }
    return clause + " (" + list + ")\n";
}

// Columns of a catalog's own tables say their collation.
std::string column_type(const types::DataType& type) {
    bool collated = type.is_string() && type.is_default_collation();
    return type.sql() + (collated ? " COLLATE UTF8_BINARY" : "");
}

std::string default_of(const types::StructField& field) {
    if (field.metadata.empty()) return "";
    auto metadata = nlohmann::json::parse(field.metadata, nullptr, false);
    if (!metadata.is_object() || !metadata.contains("CURRENT_DEFAULT")) return "";
    return " DEFAULT " + metadata["CURRENT_DEFAULT"].get<std::string>();
}

std::string column_text(const types::StructField& field, bool names_collation) {
    auto type = names_collation ? column_type(*field.type) : field.type->sql();
    return quote_if_needed({field.name}) + " " + type + (field.nullable ? "" : " NOT NULL") +
           default_of(field);
}

std::string column_list(const TableShape& shape) {
    const auto& info = shape.info;
    bool is_view = info.kind == catalog::TableKind::kView;
    bool is_delta = info.provider == "delta";
    std::string columns;
    auto add = [&](const types::StructField& field) {
        columns += (columns.empty() ? "\n  " : ",\n  ") +
                   (is_view ? quote_if_needed({field.name}) : column_text(field, !is_delta));
        if (auto comment = field.comment()) columns += " COMMENT " + sql_text(*comment);
    };
    auto is_partition = [&](const types::StructField& field) {
        return std::find(shape.partition_columns.begin(), shape.partition_columns.end(),
                   field.name) != shape.partition_columns.end();
    };
    const auto schema = shape.schema;
    for (const auto& field : schema->fields()) {
        if (is_delta || !is_partition(field)) add(field);
    }
    for (const auto& field : schema->fields()) {
        if (!is_delta && is_partition(field)) add(field);
    }
    return columns;
}

std::string name_list(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + quote_if_needed({name});
    return out;
}

std::string view_text(const TableShape& shape) {
    const auto& info = shape.info;
    auto out = "CREATE VIEW " + quote_if_needed({info.schema, info.name}) + " (" +
               column_list(shape) + ")\n";
    auto collation = info.options.find("collation");
    if (collation != info.options.end()) out += "DEFAULT COLLATION " + collation->second + "\n";
    if (shape.comment) out += "COMMENT " + sql_text(*shape.comment) + "\n";
    out += property_list("TBLPROPERTIES", info.properties);
    return out + "WITH SCHEMA " + info.view_schema_mode + "\nAS " + info.view_text + "\n";
}

}  // namespace

std::string create_text(const TableShape& shape) {
    const auto& info = shape.info;
    if (info.kind == catalog::TableKind::kView) return view_text(shape);
    auto out = "CREATE TABLE " + quote_if_needed(info.full_name()) + " (" + column_list(shape) +
               ")\nUSING " + info.provider + "\n";
    auto options = info.options;
    options.erase("path");
    out += property_list("OPTIONS", options);
    if (!shape.partition_columns.empty())
        out += "PARTITIONED BY (" + name_list(shape.partition_columns) + ")\n";
    if (shape.buckets) {
        out += "CLUSTERED BY (" + name_list(shape.buckets->columns) + ")\n";
        if (!shape.buckets->sort_columns.empty())
            out += "SORTED BY (" + name_list(shape.buckets->sort_columns) + ")\n";
        out += "INTO " + std::to_string(shape.buckets->num_buckets) + " BUCKETS\n";
    }
    if (info.kind == catalog::TableKind::kExternal) {
        bool plain = info.provider != "delta" && info.location.starts_with("/");
        out += "LOCATION " + sql_text((plain ? "file:" : "") + info.location) + "\n";
    }
    if (shape.comment) out += "COMMENT " + sql_text(*shape.comment) + "\n";
    return out + property_list("TBLPROPERTIES", shape.properties);
}

}  // namespace hanok::commands
