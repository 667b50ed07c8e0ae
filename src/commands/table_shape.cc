#include "commands/table_shape.h"

#include "delta/snapshot.h"
#include "delta/table.h"

namespace hanok::commands {

TableShape table_shape(Session& session, const catalog::TableInfo& info) {
    TableShape shape{info, info.columns, info.partition_columns, info.properties, info.comment};
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

std::string quoted(const std::string& s) {
    std::string out = "'";
    for (char c : s) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

}  // namespace

std::string create_text(const TableShape& shape) {
    const auto& info = shape.info;
    std::string name = quote_if_needed(info.full_name());
    std::string columns;
    for (const auto& f : shape.schema->fields()) {
        columns += (columns.empty() ? "\n  " : ",\n  ") + quote_if_needed({f.name});
        if (info.kind != catalog::TableKind::kView)
            columns += " " + f.type->sql() + (f.nullable ? "" : " NOT NULL");
        if (auto comment = f.comment()) columns += " COMMENT " + quoted(*comment);
    }
    std::string out;
    if (info.kind == catalog::TableKind::kView) {
        out = "CREATE VIEW " + name + " (" + columns + ")\n";
        if (shape.comment) out += "COMMENT " + quoted(*shape.comment) + "\n";
        out += "WITH SCHEMA " + info.view_schema_mode + "\nAS " + info.view_text + "\n";
        return out;
    }
    out = "CREATE TABLE " + name + " (" + columns + ")\nUSING " + info.provider + "\n";
    if (!shape.partition_columns.empty()) {
        std::string list;
        for (const auto& c : shape.partition_columns)
            list += (list.empty() ? "" : ", ") + quote_if_needed({c});
        out += "PARTITIONED BY (" + list + ")\n";
    }
    if (info.kind == catalog::TableKind::kExternal)
        out += "LOCATION " + quoted(info.location) + "\n";
    if (shape.comment) out += "COMMENT " + quoted(*shape.comment) + "\n";
    if (!shape.properties.empty()) {
        std::string list;
        for (const auto& [key, value] : shape.properties)
            list += (list.empty() ? "\n  " : ",\n  ") + quoted(key) + " = " + quoted(value);
        out += "TBLPROPERTIES (" + list + ")\n";
    }
    return out;
}

}  // namespace hanok::commands
