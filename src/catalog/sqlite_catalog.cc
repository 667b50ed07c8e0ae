// Catalog over SOCI and SQLite.

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/ids.h"
#include "catalog/catalog.h"

namespace hanok::catalog {

namespace {

using Json = nlohmann::json;
using soci::into;
using soci::use;
using types::to_lower;

constexpr const char* kSchema[] = {
    "CREATE TABLE IF NOT EXISTS catalogs (name TEXT PRIMARY KEY, comment TEXT, location TEXT, "
    "properties TEXT, "
    "created_ms INTEGER)",
    "CREATE TABLE IF NOT EXISTS schemas (catalog TEXT, name TEXT, comment TEXT, location TEXT, "
    "properties TEXT, "
    "created_ms INTEGER, PRIMARY KEY (catalog, name))",
    "CREATE TABLE IF NOT EXISTS tables (catalog TEXT, schema_name TEXT, name TEXT, definition "
    "TEXT, "
    "PRIMARY KEY (catalog, schema_name, name))",
    "CREATE TABLE IF NOT EXISTS functions (catalog TEXT, schema_name TEXT, name TEXT, statement "
    "TEXT, comment TEXT, "
    "created_ms INTEGER, PRIMARY KEY (catalog, schema_name, name))",
};

const char* kind_name(TableKind kind) {
    static const char* const names[] = {"MANAGED", "EXTERNAL", "VIEW"};
    return names[static_cast<int>(kind)];
}

std::string definition_of(const TableInfo& t) {
    Json j = {{"id", t.id}, {"kind", kind_name(t.kind)}, {"provider", t.provider},
        {"location", t.location}, {"properties", t.properties}, {"options", t.options},
        {"partition_columns", t.partition_columns}, {"view_text", t.view_text},
        {"view_namespace", t.view_namespace}, {"view_schema_mode", t.view_schema_mode},
        {"created_ms", t.created_ms}, {"owner", t.owner}};
    if (t.comment) j["comment"] = *t.comment;
    if (t.columns) j["columns"] = t.columns->json();
    return j.dump();
}

TableInfo table_of(
    std::string catalog, std::string schema, std::string name, const std::string& definition) {
    Json j = Json::parse(definition);
    TableInfo t;
    t.catalog = std::move(catalog);
    t.schema = std::move(schema);
    t.name = std::move(name);
    t.id = j["id"];
    auto kind = j["kind"].get<std::string>();
    t.kind = kind == "VIEW"       ? TableKind::kView
             : kind == "EXTERNAL" ? TableKind::kExternal
                                  : TableKind::kManaged;
    t.provider = j["provider"];
    t.location = j["location"];
    t.properties = j["properties"].get<Properties>();
    t.options = j["options"].get<Properties>();
    t.partition_columns = j["partition_columns"].get<std::vector<std::string>>();
    t.view_text = j["view_text"];
    t.view_namespace = j["view_namespace"].get<std::vector<std::string>>();
    t.view_schema_mode = j["view_schema_mode"];
    t.created_ms = j["created_ms"];
    t.owner = j["owner"];
    if (j.contains("comment")) t.comment = j["comment"].get<std::string>();
    if (j.contains("columns")) t.columns = types::type_from_json(j["columns"].get<std::string>());
    return t;
}

class SqliteCatalog final : public Catalog {
public:
    SqliteCatalog(const std::string& file, std::string warehouse, base::Clock& clock)
        : warehouse_(std::move(warehouse)),
          clock_(clock),
          db_(soci::sqlite3, "dbname=\"" + file + "\" timeout=10") {
        db_ << "PRAGMA journal_mode=WAL";
        db_ << "PRAGMA synchronous=FULL";
        for (const char* statement : kSchema) db_ << statement;
        if (!find_catalog(kDefaultCatalog)) create_catalog({.name = kDefaultCatalog});
        if (!find_schema(kDefaultCatalog, kDefaultSchema)) {
            create_schema({.catalog = kDefaultCatalog,
                .name = kDefaultSchema,
                .comment = "default database",
                .location = warehouse_});
        }
    }

    std::vector<CatalogInfo> catalogs() override {
        std::lock_guard lock(mutex_);
        return select_catalogs("");
    }

    std::optional<CatalogInfo> find_catalog(const std::string& name) override {
        std::lock_guard lock(mutex_);
        auto found = select_catalogs(to_lower(name));
        if (found.empty()) return std::nullopt;
        return found.front();
    }

    void create_catalog(CatalogInfo info) override {
        info.name = to_lower(info.name);
        if (find_catalog(info.name)) {
            throw analysis_error(
                "CATALOG_ALREADY_EXISTS", {{"catalogName", quote_identifier(info.name)}});
        }
        info.created_ms = clock_.now_ms();
        {
            std::lock_guard lock(mutex_);
            std::string properties = Json(info.properties).dump();
            auto created = as_ll(info.created_ms);
            db_ << "INSERT INTO catalogs VALUES (:n, :c, :l, :p, :t)", use(info.name),
                use(info.comment), use(info.location), use(properties), use(created);
        }
        if (info.name != kDefaultCatalog)
            create_schema({.catalog = info.name, .name = kDefaultSchema});
    }

    void update_catalog(const CatalogInfo& info) override {
        std::lock_guard lock(mutex_);
        std::string properties = Json(info.properties).dump();
        db_ << "UPDATE catalogs SET comment = :c, location = :l, properties = :p WHERE name = :n",
            use(info.comment), use(info.location), use(properties), use(info.name);
    }

    void drop_catalog(const std::string& given, bool cascade) override {
        std::string name = to_lower(given);
        if (!find_catalog(name))
            throw analysis_error("CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(given)}});
        if (name == kDefaultCatalog) {
            throw analysis_error(
                "UNSUPPORTED_FEATURE.HANOK", {{"feature", "dropping the default catalog"}});
        }
        if (!cascade) {
            for (const auto& schema : schemas(name)) {
                if (schema.name != kDefaultSchema || !tables(name, schema.name).empty()) {
                    throw analysis_error("SCHEMA_NOT_EMPTY",
                        {{"schemaName", quote_identifier({name, schema.name})}});
                }
            }
        }
        std::lock_guard lock(mutex_);
        soci::transaction transaction(db_);
        for (const char* table : {"tables", "functions", "schemas"}) {
            db_ << "DELETE FROM " << table << " WHERE catalog = :n", use(name);
        }
        db_ << "DELETE FROM catalogs WHERE name = :n", use(name);
        transaction.commit();
    }

    std::vector<SchemaInfo> schemas(const std::string& catalog) override {
        std::lock_guard lock(mutex_);
        return select_schemas(to_lower(catalog), "");
    }

    std::optional<SchemaInfo> find_schema(
        const std::string& catalog, const std::string& name) override {
        std::lock_guard lock(mutex_);
        auto found = select_schemas(to_lower(catalog), to_lower(name));
        if (found.empty()) return std::nullopt;
        return found.front();
    }

    void create_schema(SchemaInfo info) override {
        info.catalog = to_lower(info.catalog);
        info.name = to_lower(info.name);
        auto catalog = find_catalog(info.catalog);
        if (!catalog)
            throw analysis_error(
                "CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(info.catalog)}});
        if (find_schema(info.catalog, info.name)) {
            throw analysis_error("SCHEMA_ALREADY_EXISTS",
                {{"schemaName", quote_identifier({info.catalog, info.name})}});
        }
        if (info.location.empty()) info.location = default_location(*catalog, info.name);
        info.created_ms = clock_.now_ms();
        std::lock_guard lock(mutex_);
        std::string properties = Json(info.properties).dump();
        auto created = as_ll(info.created_ms);
        db_ << "INSERT INTO schemas VALUES (:a, :n, :c, :l, :p, :t)", use(info.catalog),
            use(info.name), use(info.comment), use(info.location), use(properties), use(created);
    }

    void update_schema(const SchemaInfo& info) override {
        std::lock_guard lock(mutex_);
        std::string properties = Json(info.properties).dump();
        db_ << "UPDATE schemas SET comment = :c, location = :l, properties = :p WHERE catalog = :a "
               "AND name = :n",
            use(info.comment), use(info.location), use(properties), use(info.catalog),
            use(info.name);
    }

    void drop_schema(
        const std::string& given_catalog, const std::string& given, bool cascade) override {
        std::string catalog = to_lower(given_catalog);
        std::string name = to_lower(given);
        if (!find_schema(catalog, name)) {
            throw analysis_error(
                "SCHEMA_NOT_FOUND", {{"schemaName", quote_identifier({catalog, name})}});
        }
        if (!cascade && !(tables(catalog, name).empty() && functions(catalog, name).empty())) {
            throw analysis_error(
                "SCHEMA_NOT_EMPTY", {{"schemaName", quote_identifier({catalog, name})}});
        }
        std::lock_guard lock(mutex_);
        soci::transaction transaction(db_);
        for (const char* table : {"tables", "functions"}) {
            db_ << "DELETE FROM " << table << " WHERE catalog = :a AND schema_name = :n",
                use(catalog), use(name);
        }
        db_ << "DELETE FROM schemas WHERE catalog = :a AND name = :n", use(catalog), use(name);
        transaction.commit();
    }

    std::vector<TableInfo> tables(const std::string& catalog, const std::string& schema) override {
        std::lock_guard lock(mutex_);
        return select_tables(to_lower(catalog), to_lower(schema), "");
    }

    std::optional<TableInfo> find_table(
        const std::string& catalog, const std::string& schema, const std::string& name) override {
        std::lock_guard lock(mutex_);
        auto found = select_tables(to_lower(catalog), to_lower(schema), to_lower(name));
        if (found.empty()) return std::nullopt;
        return found.front();
    }

    void create_table(TableInfo info) override {
        normalise(info);
        if (!find_schema(info.catalog, info.schema)) {
            throw analysis_error("SCHEMA_NOT_FOUND",
                {{"schemaName", quote_identifier({info.catalog, info.schema})}});
        }
        if (find_table(info.catalog, info.schema, info.name)) {
            throw analysis_error("TABLE_OR_VIEW_ALREADY_EXISTS",
                {{"relationName", quote_identifier(info.full_name())}});
        }
        if (info.id.empty()) info.id = base::new_uuid(base::SystemRandom::instance());
        if (info.created_ms == 0) info.created_ms = clock_.now_ms();
        insert(info);
    }

    void update_table(const TableInfo& given) override {
        TableInfo info = given;
        normalise(info);
        insert(info);
    }

    void rename_table(const TableInfo& table, const std::string& new_schema,
        const std::string& new_name) override {
        TableInfo renamed = table;
        renamed.schema = new_schema;
        renamed.name = new_name;
        create_table(renamed);
        drop_table(table.catalog, table.schema, table.name);
    }

    bool drop_table(
        const std::string& catalog, const std::string& schema, const std::string& name) override {
        if (!find_table(catalog, schema, name)) return false;
        // What `use` names must outlive the statement, which runs at the end of it all.
        auto in_catalog = to_lower(catalog), in_schema = to_lower(schema), lower = to_lower(name);
        std::lock_guard lock(mutex_);
        db_ << "DELETE FROM tables WHERE catalog = :a AND schema_name = :s AND name = :n",
            use(in_catalog), use(in_schema), use(lower);
        return true;
    }

    std::vector<FunctionInfo> functions(
        const std::string& catalog, const std::string& schema) override {
        std::lock_guard lock(mutex_);
        return select_functions(to_lower(catalog), to_lower(schema), "");
    }

    std::optional<FunctionInfo> find_function(
        const std::string& catalog, const std::string& schema, const std::string& name) override {
        std::lock_guard lock(mutex_);
        auto found = select_functions(to_lower(catalog), to_lower(schema), to_lower(name));
        if (found.empty()) return std::nullopt;
        return found.front();
    }

    void put_function(const FunctionInfo& info) override {
        if (!find_schema(info.catalog, info.schema)) {
            throw analysis_error("SCHEMA_NOT_FOUND",
                {{"schemaName", quote_identifier({info.catalog, info.schema})}});
        }
        auto in_catalog = to_lower(info.catalog), in_schema = to_lower(info.schema);
        auto name = to_lower(info.name);
        auto now = as_ll(clock_.now_ms());
        std::lock_guard lock(mutex_);
        db_ << "INSERT OR REPLACE INTO functions VALUES (:a, :s, :n, :t, :c, :m)", use(in_catalog),
            use(in_schema), use(name), use(info.statement), use(info.comment), use(now);
    }

    bool drop_function(
        const std::string& catalog, const std::string& schema, const std::string& name) override {
        if (!find_function(catalog, schema, name)) return false;
        auto in_catalog = to_lower(catalog), in_schema = to_lower(schema), lower = to_lower(name);
        std::lock_guard lock(mutex_);
        db_ << "DELETE FROM functions WHERE catalog = :a AND schema_name = :s AND name = :n",
            use(in_catalog), use(in_schema), use(lower);
        return true;
    }

private:
    static long long as_ll(int64_t x) { return static_cast<long long>(x); }

    static void normalise(TableInfo& info) {
        info.catalog = to_lower(info.catalog);
        info.schema = to_lower(info.schema);
        info.name = to_lower(info.name);
    }

    std::string default_location(const CatalogInfo& catalog, const std::string& schema) const {
        if (!catalog.location.empty()) return catalog.location + "/" + schema;
        if (catalog.name == kDefaultCatalog) return warehouse_ + "/" + schema + ".db";
        return warehouse_ + "/" + catalog.name + "/" + schema;
    }

    void insert(const TableInfo& info) {
        std::lock_guard lock(mutex_);
        std::string definition = definition_of(info);
        db_ << "INSERT OR REPLACE INTO tables VALUES (:a, :s, :n, :d)", use(info.catalog),
            use(info.schema), use(info.name), use(definition);
    }

    std::vector<CatalogInfo> select_catalogs(const std::string& name) {
        std::vector<CatalogInfo> out;
        soci::rowset<soci::row> rows =
            (db_.prepare << "SELECT name, comment, location, properties, created_ms FROM catalogs "
                            "WHERE :n = '' OR name = :m ORDER BY name",
                use(name), use(name));
        for (const auto& r : rows) {
            out.push_back({r.get<std::string>(0), r.get<std::string>(1), r.get<std::string>(2),
                Json::parse(r.get<std::string>(3)).get<Properties>(), integer(r, 4)});
        }
        return out;
    }

    std::vector<SchemaInfo> select_schemas(const std::string& catalog, const std::string& name) {
        std::vector<SchemaInfo> out;
        soci::rowset<soci::row> rows =
            (db_.prepare << "SELECT catalog, name, comment, location, properties, created_ms FROM "
                            "schemas "
                            "WHERE catalog = :a AND (:n = '' OR name = :m) ORDER BY name",
                use(catalog), use(name), use(name));
        for (const auto& r : rows) {
            out.push_back({r.get<std::string>(0), r.get<std::string>(1), r.get<std::string>(2),
                r.get<std::string>(3), Json::parse(r.get<std::string>(4)).get<Properties>(),
                integer(r, 5)});
        }
        return out;
    }

    std::vector<TableInfo> select_tables(
        const std::string& catalog, const std::string& schema, const std::string& name) {
        std::vector<TableInfo> out;
        soci::rowset<soci::row> rows = (db_.prepare << "SELECT name, definition FROM tables WHERE "
                                                       "catalog = :a AND schema_name = :s "
                                                       "AND (:n = '' OR name = :m) ORDER BY name",
            use(catalog), use(schema), use(name), use(name));
        for (const auto& r : rows) {
            out.push_back(table_of(catalog, schema, r.get<std::string>(0), r.get<std::string>(1)));
        }
        return out;
    }

    std::vector<FunctionInfo> select_functions(
        const std::string& catalog, const std::string& schema, const std::string& name) {
        std::vector<FunctionInfo> out;
        soci::rowset<soci::row> rows =
            (db_.prepare << "SELECT name, statement, comment, created_ms FROM functions WHERE "
                            "catalog = :a "
                            "AND schema_name = :s AND (:n = '' OR name = :m) ORDER BY name",
                use(catalog), use(schema), use(name), use(name));
        for (const auto& r : rows) {
            out.push_back({catalog, schema, r.get<std::string>(0), r.get<std::string>(1),
                r.get<std::string>(2), integer(r, 3)});
        }
        return out;
    }

    static int64_t integer(const soci::row& r, std::size_t i) {
        if (r.get_properties(i).get_data_type() == soci::dt_integer) return r.get<int>(i);
        return r.get<long long>(i);
    }

    const std::string warehouse_;
    base::Clock& clock_;
    std::mutex mutex_;
    soci::session db_;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Catalog> Catalog::open(
    const std::string& file, const std::string& warehouse, base::Clock& clock) {
    try {
        return std::make_unique<SqliteCatalog>(file, warehouse, clock);
    } catch (const soci::soci_error& e) {
        throw runtime_error("INTERNAL_ERROR",
            {{"message", "the catalog " + file + " cannot be opened: " + e.what()}});
    }
}

}  // namespace hanok::catalog
