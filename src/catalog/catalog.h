#pragma once
// The metadata store: durable, transactional, one file (SQLite in WAL mode). Thread-safe.
// Names are case-insensitive and kept in lower case.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "catalog/securables.h"

namespace hanok::catalog {

inline constexpr const char* kDefaultCatalog = "spark_catalog";
inline constexpr const char* kDefaultSchema = "default";

class Catalog {
public:
    // Opens or creates the store. `warehouse` is the folder of managed tables. Throws Error.
    static std::unique_ptr<Catalog> open(
        const std::string& file, const std::string& warehouse, base::Clock& clock);
    virtual ~Catalog() = default;

    virtual std::vector<CatalogInfo> catalogs() = 0;
    virtual std::optional<CatalogInfo> find_catalog(const std::string& name) = 0;
    // CATALOG_ALREADY_EXISTS when it is there.
    virtual void create_catalog(CatalogInfo info) = 0;
    virtual void update_catalog(const CatalogInfo& info) = 0;
    // CATALOG_NOT_FOUND; CATALOG_NOT_EMPTY unless cascade (the caller removes data first).
    virtual void drop_catalog(const std::string& name, bool cascade) = 0;

    virtual std::vector<SchemaInfo> schemas(const std::string& catalog) = 0;
    virtual std::optional<SchemaInfo> find_schema(
        const std::string& catalog, const std::string& name) = 0;
    // SCHEMA_ALREADY_EXISTS; fills in the location when it is empty.
    virtual void create_schema(SchemaInfo info) = 0;
    virtual void update_schema(const SchemaInfo& info) = 0;
    // SCHEMA_NOT_FOUND; SCHEMA_NOT_EMPTY unless cascade.
    virtual void drop_schema(const std::string& catalog, const std::string& name, bool cascade) = 0;

    // Tables and views of a schema, by name.
    virtual std::vector<TableInfo> tables(
        const std::string& catalog, const std::string& schema) = 0;
    virtual std::optional<TableInfo> find_table(
        const std::string& catalog, const std::string& schema, const std::string& name) = 0;
    // TABLE_OR_VIEW_ALREADY_EXISTS; SCHEMA_NOT_FOUND.
    virtual void create_table(TableInfo info) = 0;
    virtual void update_table(const TableInfo& info) = 0;
    virtual void rename_table(
        const TableInfo& table, const std::string& new_schema, const std::string& new_name) = 0;
    virtual bool drop_table(
        const std::string& catalog, const std::string& schema, const std::string& name) = 0;

    virtual std::vector<FunctionInfo> functions(
        const std::string& catalog, const std::string& schema) = 0;
    virtual std::optional<FunctionInfo> find_function(
        const std::string& catalog, const std::string& schema, const std::string& name) = 0;
    virtual void put_function(const FunctionInfo& info) = 0;
    virtual bool drop_function(
        const std::string& catalog, const std::string& schema, const std::string& name) = 0;
};

}  // namespace hanok::catalog
