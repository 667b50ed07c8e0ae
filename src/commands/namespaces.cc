// Catalogs and schemas: CREATE, ALTER, DROP, USE.

#include "base/error.h"
#include "commands/command.h"
#include "commands/drop_data.h"
#include "commands/names.h"

namespace hanok::commands {

namespace {

session::Namespace namespace_of(Session& session, const plan::TableName& name) {
    return session.namespace_key(name_parts(session, name));
}

}  // namespace

Output create_catalog(Session& session, const plan::CreateCatalog& command) {
    auto& catalog = session.platform().catalog();
    if (command.if_not_exists && catalog.find_catalog(command.name)) return nullptr;
    catalog::CatalogInfo info;
    info.name = command.name;
    info.comment = command.comment;
    info.location = command.location.empty() ? "" : normal_path(command.location);
    info.properties = {command.properties.begin(), command.properties.end()};
    catalog.create_catalog(info);
    return nullptr;
}

Output drop_catalog(Session& session, const plan::DropCatalog& command) {
    auto& catalog = session.platform().catalog();
    if (command.if_exists && !catalog.find_catalog(command.name)) return nullptr;
    std::vector<catalog::TableInfo> tables;
    for (const auto& schema : catalog.schemas(command.name)) {
        for (const auto& table : catalog.tables(command.name, schema.name)) tables.push_back(table);
    }
    catalog.drop_catalog(command.name, command.cascade);
    for (const auto& table : tables) drop_data(session, table);
    return nullptr;
}

Output create_namespace(Session& session, const plan::CreateNamespace& command) {
    auto name = namespace_of(session, command.name);
    auto& catalog = session.platform().catalog();
    if (command.if_not_exists && catalog.find_schema(name.catalog, name.schema)) return nullptr;
    catalog::SchemaInfo info;
    info.catalog = name.catalog;
    info.name = name.schema;
    info.comment = command.comment;
    info.location = command.location.empty() ? "" : normal_path(command.location);
    info.properties = {command.properties.begin(), command.properties.end()};
    catalog.create_schema(info);
    return nullptr;
}

Output alter_namespace(Session& session, const plan::AlterNamespace& command) {
    auto info = find_schema(session, namespace_of(session, command.name));
    for (const auto& [key, value] : command.set_properties) info.properties[key] = value;
    for (const auto& key : command.unset_properties) info.properties.erase(key);
    if (command.location) info.location = normal_path(*command.location);
    session.platform().catalog().update_schema(info);
    return nullptr;
}

Output drop_namespace(Session& session, const plan::DropNamespace& command) {
    auto name = namespace_of(session, command.name);
    auto& catalog = session.platform().catalog();
    if (!catalog.find_schema(name.catalog, name.schema)) {
        if (command.if_exists) return nullptr;
        throw analysis_error(
            "SCHEMA_NOT_FOUND", {{"schemaName", quote_identifier({name.catalog, name.schema})}});
    }
    if (name.catalog == catalog::kDefaultCatalog && name.schema == catalog::kDefaultSchema) {
        throw analysis_error("UNSUPPORTED_FEATURE.DROP_DATABASE",
            {{"database", quote_identifier({name.catalog, name.schema})}});
    }
    auto tables = catalog.tables(name.catalog, name.schema);
    catalog.drop_schema(name.catalog, name.schema, command.cascade);
    for (const auto& table : tables) drop_data(session, table);
    return nullptr;
}

Output use(Session& session, const plan::Use& command) {
    plan::TableName given{command.name, command.identifier};
    auto name = name_parts(session, given);
    auto& catalog = session.platform().catalog();
    auto lower = [](const std::string& s) { return types::to_lower(s); };
    if (command.is_catalog || (name.size() == 1 && !command.is_namespace &&
                                  !catalog.find_schema(session.current().catalog, name[0]) &&
                                  catalog.find_catalog(name[0]))) {
        if (!catalog.find_catalog(name[0])) {
            throw analysis_error("CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(name[0])}});
        }
        session.set_current({lower(name[0]), catalog::kDefaultSchema});
        return nullptr;
    }
    auto key = session.namespace_key(name);
    find_schema(session, key);
    session.set_current(key);
    return nullptr;
}

}  // namespace hanok::commands
