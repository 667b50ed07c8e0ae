// Calls of spark.catalog that change something; catalog_listing.cc has those that only answer.

#include "commands/catalog_call.h"

#include "base/error.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

// Calls without an answer still give an empty table.
Output nothing() { return std::move(Rows({})).plan(); }

}  // namespace

// The DataFrame that the client gets stands for the same request: it asks again when it is used.
Output CatalogCalls::create_table_call() {
    bool is_first = !has("plan_id") ||
                    session_.is_first_request(
                        call_.method + " " + arg("plan_id") + " " + arg("table_name"));
    if (!is_first && try_find_table(session_, table_arg())) return session_.analyze(relation_arg());
    plan::CreateTable create;
    create.name = {name_arg("table_name"), nullptr};
    create.provider = arg("source");
    create.options = call_.options;
    if (has("path")) create.location = arg("path");
    if (has("description")) create.comment = arg("description");
    if (call_.schema) {
        for (const auto& f : call_.schema->fields()) {
            plan::ColumnDef c;
            c.name = f.name;
            c.type = f.type;
            c.nullable = f.nullable;
            if (auto comment = f.comment()) {
                c.comment = *comment;
                c.has_comment = true;
            }
            create.columns.push_back(std::move(c));
        }
    }
    create_table(session_, create);
    return session_.analyze(relation_arg());
}

Output CatalogCalls::set_current() {
    plan::Use use_command;
    use_command.is_catalog = call_.method == "SetCurrentCatalog";
    use_command.is_namespace = !use_command.is_catalog;
    use_command.name = name_arg(use_command.is_catalog ? "catalog_name" : "db_name");
    use(session_, use_command);
    return nothing();
}

Output CatalogCalls::cache_table_call() {
    session::StorageLevel level;
    if (has("replication")) {
        auto wanted = arg("storage_level");
        auto asks = [&](const char* word) { return wanted.find(word) != std::string::npos; };
        level = {asks("memory "), asks("disk "), asks("off_heap "), asks("deserialized "),
            std::atoi(arg("replication").c_str())};
    }
    session_.persist(session_.analyze(relation_arg()), level);
    return nothing();
}

Output CatalogCalls::truncate_table_call() {
    table_not_view("Catalog.truncateTable");
    plan::TruncateTable c;
    c.name = {table_arg(), nullptr};
    truncate_table(session_, c);
    return nothing();
}

Output CatalogCalls::analyze_table_call() {
    table_not_view("Catalog.analyzeTable");
    plan::AnalyzeTable c;
    c.name = {table_arg(), nullptr};
    c.no_scan = bool_arg("no_scan");
    analyze_table(session_, c);
    return nothing();
}

// Folders that came since are seen as they are.
Output CatalogCalls::recover_partitions() {
    auto info = table_not_view("recoverPartitions()");
    if (info.provider == "delta") {
        throw analysis_error(
            "NOT_SUPPORTED_COMMAND_FOR_V2_TABLE", {{"cmd", "ALTER TABLE ... RECOVER PARTITIONS"}});
    }
    if (info.partition_columns.empty()) {
        throw analysis_error("NOT_A_PARTITIONED_TABLE",
            {{"operation", "ALTER TABLE RECOVER PARTITIONS"},
                {"tableIdentWithDB", quote_identifier(info.full_name())}});
    }
    session_.platform().data_changes().note(info.location);
    return nothing();
}

CatalogCalls::Calls CatalogCalls::cache_calls() {
    return {
        {"IsCached", [this] { return is_cached(); }},
        {"CacheTable", [this] { return cache_table_call(); }},
        {"UncacheTable",
            [this] {
                session_.unpersist(session_.analyze(relation_arg()));
                return nothing();
            }},
        {"ClearCache",
            [this] {
                session_.clear_cache();
                return nothing();
            }},
        {"RefreshTable",
            [this] {
                plan::Refresh c;
                c.name = table_arg();
                refresh(session_, c);
                return nothing();
            }},
        {"RefreshByPath",
            [this] {
                plan::Refresh c;
                c.path = arg("path");
                refresh(session_, c);
                return nothing();
            }},
    };
}

Output CatalogCalls::create_database() {
    plan::CreateNamespace c;
    c.name = {name_arg("db_name"), nullptr};
    c.if_not_exists = bool_arg("if_not_exists");
    for (const auto& [key, value] : call_.options) {
        if (key == "comment")
            c.comment = value;
        else if (key == "location")
            c.location = value;
        else
            c.properties.emplace_back(key, value);
    }
    create_namespace(session_, c);
    return nothing();
}

CatalogCalls::Calls CatalogCalls::changing_calls() {
    auto done = [](Output) { return nothing(); };
    auto table = [this] { return plan::TableName{table_arg(), nullptr}; };
    return {
        {"SetCurrentDatabase", [this] { return set_current(); }},
        {"SetCurrentCatalog", [this] { return set_current(); }},
        {"CreateTable", [this] { return create_table_call(); }},
        {"CreateExternalTable", [this] { return create_table_call(); }},
        {"DropTempView", [this] { return drop_temp_view(); }},
        {"DropGlobalTempView", [this] { return drop_temp_view(); }},
        {"RecoverPartitions", [this] { return recover_partitions(); }},
        {"DropTable",
            [=, this] {
                plan::DropTable c;
                c.name = table();
                c.if_exists = bool_arg("if_exists");
                return done(drop_table(session_, c));
            }},
        {"DropView",
            [=, this] {
                plan::DropView c;
                c.name = {name_arg(has("view_name") ? "view_name" : "table_name"), nullptr};
                c.if_exists = bool_arg("if_exists");
                return done(drop_view(session_, c));
            }},
        {"CreateDatabase", [this] { return create_database(); }},
        {"DropDatabase",
            [=, this] {
                plan::DropNamespace c;
                c.name = {name_arg("db_name"), nullptr};
                c.if_exists = bool_arg("if_exists");
                c.cascade = bool_arg("cascade");
                return done(drop_namespace(session_, c));
            }},
        {"TruncateTable", [this] { return truncate_table_call(); }},
        {"AnalyzeTable", [this] { return analyze_table_call(); }},
    };
}

plan::Name CatalogCalls::name_arg(const char* name) const {
    return sql::parse_multipart_identifier(arg(name));
}

plan::Name CatalogCalls::table_arg(const char* name) const {
    auto parts = name_arg(name);
    if (!has("db_name") || parts.size() != 1) return parts;
    auto ns = name_arg("db_name");
    ns.push_back(parts[0]);
    return ns;
}

session::Namespace CatalogCalls::namespace_arg() const {
    return has("db_name") ? session_.namespace_key(name_arg("db_name")) : session_.current();
}

void CatalogCalls::refuse_missing(const plan::Name& name) const {
    auto now = session_.current();
    throw analysis_error("TABLE_OR_VIEW_NOT_FOUND",
        {{"relationName", quote_identifier(name)},
            {"searchPath",
                "[`system`.`session`, " + quote_identifier({now.catalog, now.schema}) + "]"}});
}

catalog::TableInfo CatalogCalls::table_info() const {
    auto name = table_arg();
    auto info = try_find_table(session_, name);
    if (!info) refuse_missing(name);
    return *info;
}

catalog::TableInfo CatalogCalls::table_not_view(const std::string& operation) const {
    auto info = table_info();
    if (info.kind == catalog::TableKind::kView) {
        throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            {{"viewName", quote_identifier(info.full_name())}, {"operation", operation}});
    }
    return info;
}

plan::RelationPtr CatalogCalls::relation_arg() const { return named_table(table_arg()); }

Output CatalogCalls::run() {
    for (const auto& calls : {reading_calls(), cache_calls(), changing_calls()}) {
        auto it = calls.find(call_.method);
        if (it != calls.end()) return it->second();
    }
    throw unsupported_feature("spark.catalog." + call_.method);
}

Output catalog_call(Session& session, const plan::CatalogCall& call) {
    return CatalogCalls(session, call).run();
}

}  // namespace hanok::commands
