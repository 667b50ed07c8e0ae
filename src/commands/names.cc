#include "commands/names.h"

#include <filesystem>
#include <map>

#include "base/error.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "session/time_travel.h"
#include "sql/parser.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::commands {

plan::RelationPtr named_table(const plan::Name& name) {
    auto table = std::make_shared<plan::NamedTable>();
    table->name = name;
    return table;
}

std::vector<std::string> name_parts(Session& session, const plan::TableName& name) {
    if (!name.identifier) return name.parts;
    auto [value, type] = session.analyzer()->fold(name.identifier);
    if (value.is_null() || !type->is_string()) {
        throw analysis_error("NOT_A_CONSTANT_STRING.WRONG_TYPE",
            {{"name", "IDENTIFIER"}, {"expr", "IDENTIFIER"}, {"dataType", type->sql()}});
    }
    return sql::parse_multipart_identifier(value.as_string());
}

std::optional<catalog::TableInfo> try_find_table(
    Session& session, const std::vector<std::string>& name) {
    if (name.empty() || name.size() > 3) return std::nullopt;
    auto key = session.table_key(name);
    return session.platform().catalog().find_table(key.catalog, key.schema, key.name);
}

Error table_not_found(Session&, const std::vector<std::string>& name) {
    return analysis_error("TABLE_OR_VIEW_NOT_FOUND", {{"relationName", quote_identifier(name)}});
}

catalog::TableInfo find_table(Session& session, const std::vector<std::string>& name) {
    auto info = try_find_table(session, name);
    if (!info) throw table_not_found(session, name);
    return *info;
}

std::string normal_path(const std::string& path) {
    std::string out = path;
    if (out.starts_with("file://")) out.erase(0, 7);
    if (out.starts_with("file:")) out.erase(0, 5);
    if (out.find("://") == std::string::npos)
        out = std::filesystem::absolute(out).lexically_normal().string();
    out = storage::without_dot_segments(out);
    while (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

DeltaTarget delta_target(Session& session, const std::vector<std::string>& name,
    const std::string& path, const std::string& operation) {
    std::string location = path;
    if (auto named = Session::path_table(name); named && named->first == "delta")
        location = named->second;
    if (location.empty() && name.size() == 1 && storage::is_absolute_path(name[0]))
        location = name[0];
    DeltaTarget target;
    if (!location.empty()) {
        location = normal_path(location);
        target.table = session.platform().delta_table(location);
        target.shown_name = "delta.`" + location + "`";
        if (!target.table->exists()) {
            throw analysis_error(
                "DELTA_MISSING_DELTA_TABLE", {{"tableName", quote_identifier(location)}});
        }
        return target;
    }
    target.info = find_table(session, name);
    target.qualifier = target.info->full_name();
    target.shown_name = quote_if_needed(target.qualifier);
    if (target.info->kind == catalog::TableKind::kView) {
        throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            {{"viewName", quote_identifier(target.qualifier)}, {"operation", operation}});
    }
    static const std::map<std::string, std::string> kOfRows{
        {"DELETE", "DELETE"}, {"UPDATE", "UPDATE TABLE"}, {"MERGE", "MERGE INTO TABLE"}};
    auto of_rows = kOfRows.find(operation);
    if (target.info->provider != "delta" && of_rows != kOfRows.end()) {
        throw analysis_error("UNSUPPORTED_FEATURE.TABLE_OPERATION",
            {{"tableName", quote_identifier(target.qualifier)}, {"operation", of_rows->second}});
    }
    if (target.info->provider != "delta") {
        throw analysis_error("DELTA_TABLE_ONLY_OPERATION",
            {{"operation", operation}, {"tableName", target.shown_name}});
    }
    target.table = session.platform().delta_table(target.info->location);
    return target;
}

catalog::SchemaInfo find_schema(Session& session, const session::Namespace& name) {
    auto& catalog = session.platform().catalog();
    if (!catalog.find_catalog(name.catalog)) {
        throw analysis_error(
            "CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(name.catalog)}});
    }
    auto schema = catalog.find_schema(name.catalog, name.schema);
    if (!schema)
        throw analysis_error(
            "SCHEMA_NOT_FOUND", {{"schemaName", quote_identifier({name.catalog, name.schema})}});
    return *schema;
}

std::string managed_location(Session& session, const session::TableKey& key) {
    return storage::join_path(find_schema(session, {key.catalog, key.schema}).location, key.name);
}

delta::SnapshotPtr snapshot_at(
    Session& session, const DeltaTarget& target, const plan::TimeTravel& when) {
    auto analyzer = session.analyzer();
    if (when.version) {
        auto [value, type] = analyzer->fold(
            std::make_shared<plan::Cast>(when.version, types::DataType::long_()));
        if (value.is_null()) throw analysis_error("INVALID_TIME_TRAVEL_SPEC", {});
        return target.table->snapshot_at_version(value.as_int());
    }
    int64_t timestamp = session::delta_timestamp(session, when.timestamp);
    return target.table->snapshot_at_timestamp(timestamp / 1000);
}

}  // namespace hanok::commands
