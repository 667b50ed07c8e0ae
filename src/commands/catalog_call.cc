// spark.catalog.*: Spark Connect's Catalog messages by name. Clients read the answers by column
// position.

#include <functional>

#include "base/error.h"
#include "commands/command.h"
#include "commands/names.h"
#include "commands/rows.h"
#include "commands/table_shape.h"
#include "delta/table.h"
#include "sql/parser.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

using types::DataType;
using types::Value;

class Call {
public:
    Call(Session& session, const plan::CatalogCall& call) : session_(session), call_(call) {}

    Output run();
    using Calls = std::map<std::string, std::function<Output()>>;
    Calls reading_calls();
    Calls cache_calls();
    Calls changing_calls();
    Output create_database();

private:
    bool has(const char* name) const {
        auto it = call_.args.find(name);
        return it != call_.args.end() && !it->second.empty();
    }
    std::string arg(const char* name) const {
        auto it = call_.args.find(name);
        return it == call_.args.end() ? "" : it->second;
    }
    bool bool_arg(const char* name) const { return arg(name) == "true"; }

    plan::Name name_arg(const char* name) const {
        return sql::parse_multipart_identifier(arg(name));
    }
    // table_name inside db_name when that is given.
    plan::Name table_arg() const {
        auto name = name_arg("table_name");
        if (has("db_name") && name.size() == 1) {
            auto ns = name_arg("db_name");
            ns.push_back(name[0]);
            return ns;
        }
        return name;
    }
    session::Namespace namespace_arg() const {
        return has("db_name") ? session_.namespace_key(name_arg("db_name")) : session_.current();
    }

    static Output one(const char* name, types::TypePtr type, Value value) {
        Rows rows({{name, std::move(type), false}});
        rows.add({std::move(value)});
        return std::move(rows).plan();
    }
    static Output yes_or_no(bool b) { return one("value", DataType::boolean(), flag(b)); }
    static Output words(const std::string& s) { return one("value", DataType::string(), text(s)); }
    // Calls without an answer still give an empty table.
    static Output nothing() { return std::move(Rows({})).plan(); }

    static std::vector<Rows::Column> database_columns() {
        auto s = DataType::string();
        return {{"name", s}, {"catalog", s}, {"description", s}, {"locationUri", s}};
    }
    static std::vector<Rows::Column> table_columns() {
        auto s = DataType::string();
        return {{"name", s}, {"catalog", s}, {"namespace", DataType::array(s)}, {"description", s},
            {"tableType", s}, {"isTemporary", DataType::boolean(), false}};
    }
    static std::vector<Rows::Column> function_columns() {
        auto s = DataType::string();
        return {{"name", s}, {"catalog", s}, {"namespace", DataType::array(s)}, {"description", s},
            {"className", s}, {"isTemporary", DataType::boolean(), false}};
    }
    static std::vector<Value> database_row(const catalog::SchemaInfo& s) {
        return {
            text(s.name), text(s.catalog), text(s.comment), text(storage::shown_path(s.location))};
    }
    static std::vector<Value> temp_row(const std::string& name) {
        return {text(name), null(), types::list_value({}), null(), text("TEMPORARY"), flag(true)};
    }
    std::vector<Value> table_row(const catalog::TableInfo& t) {
        static const char* const kinds[] = {"MANAGED", "EXTERNAL", "VIEW"};
        auto shape = table_shape(session_, t);
        return {text(t.name), text(t.catalog), types::list_value({text(t.schema)}),
            shape.comment ? text(*shape.comment) : null(), text(kinds[static_cast<int>(t.kind)]),
            flag(false)};
    }
    static std::vector<Value> builtin_row(const analyzer::FunctionDef& def) {
        return {text(def.name), null(), null(), text(def.usage),
            text("hanok.functions." + def.name), flag(true)};
    }

    Output list_tables(bool views_only);
    Output list_functions();
    Output get_function(bool only_whether);
    Output list_columns();
    Output get_table();
    Output table_exists();
    Output list_partitions();
    Output table_properties();
    Output list_databases();
    Output list_catalogs();
    Output create_table_call();
    Output set_current();
    plan::RelationPtr relation_arg() const {
        auto table = std::make_shared<plan::NamedTable>();
        table->name = table_arg();
        return table;
    }

    Session& session_;
    const plan::CatalogCall& call_;
};

Output Call::list_tables(bool views_only) {
    auto ns = namespace_arg();
    find_schema(session_, ns);
    Rows rows(table_columns());
    for (const auto& t : session_.platform().catalog().tables(ns.catalog, ns.schema)) {
        if (views_only && t.kind != catalog::TableKind::kView) continue;
        if (matches_pattern(t.name, arg("pattern"))) rows.add(table_row(t));
    }
    for (const auto& [name, view] : session_.temp_views()) {
        if (matches_pattern(name, arg("pattern"))) rows.add(temp_row(name));
    }
    return std::move(rows).plan();
}

Output Call::list_functions() {
    auto ns = namespace_arg();
    find_schema(session_, ns);
    Rows rows(function_columns());
    for (const auto* def : analyzer::FunctionRegistry::builtin().all()) {
        if (matches_pattern(def->name, arg("pattern"))) rows.add(builtin_row(*def));
    }
    for (const auto& [name, f] : session_.temp_functions()) {
        if (matches_pattern(name, arg("pattern")))
            rows.add({text(name), null(), null(), null(), text("hanok.SqlFunction"), flag(true)});
    }
    for (const auto& f : session_.platform().catalog().functions(ns.catalog, ns.schema)) {
        if (!matches_pattern(f.name, arg("pattern"))) continue;
        rows.add({text(f.name), text(f.catalog), types::list_value({text(f.schema)}),
            text(f.comment), text("hanok.SqlFunction"), flag(false)});
    }
    return std::move(rows).plan();
}

Output Call::get_function(bool only_whether) {
    auto name = name_arg("function_name");
    if (has("db_name") && name.size() == 1) {
        auto ns = name_arg("db_name");
        ns.push_back(name[0]);
        name = ns;
    }
    Rows rows(function_columns());
    const auto* def = name.size() == 1
                          ? analyzer::FunctionRegistry::builtin().find(types::to_lower(name[0]))
                          : nullptr;
    auto key = session_.table_key(name);
    auto info = session_.platform().catalog().find_function(key.catalog, key.schema, key.name);
    bool temporary = name.size() == 1 && (session_.find_temp_function(name[0]) ||
                                             session_.find_python_function(name[0]));
    if (only_whether) return yes_or_no(def || info || temporary);
    if (def) {
        rows.add(builtin_row(*def));
    } else if (temporary) {
        rows.add({text(name[0]), null(), null(), null(), text("hanok.SqlFunction"), flag(true)});
    } else if (info) {
        rows.add({text(info->name), text(info->catalog), types::list_value({text(info->schema)}),
            text(info->comment), text("hanok.SqlFunction"), flag(false)});
    } else {
        throw analysis_error("UNRESOLVED_ROUTINE",
            {{"routineName", quote_identifier(name)},
                {"searchPath", "[`system`.`builtin`, `system`.`session`, " +
                                   quote_identifier({key.catalog, key.schema}) + "]"}});
    }
    return std::move(rows).plan();
}

Output Call::list_columns() {
    auto name = table_arg();
    auto s = DataType::string();
    auto b = DataType::boolean();
    Rows rows({{"name", s}, {"description", s}, {"dataType", s}, {"nullable", b, false},
        {"isPartition", b, false}, {"isBucket", b, false}, {"isCluster", b, false}});
    std::vector<std::string> partitions;
    std::vector<std::string> buckets;
    if (auto info = try_find_table(session_, name)) {
        auto shape = table_shape(session_, *info);
        partitions = shape.partition_columns;
        if (shape.buckets) buckets = shape.buckets->columns;
    }
    auto among = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    auto schema = resolved::output_schema(*session_.analyze(relation_arg()));
    for (const auto& f : schema->fields()) {
        auto comment = f.comment();
        rows.add({text(f.name), comment ? text(*comment) : null(), text(f.type->simple_string()),
            flag(f.nullable), flag(among(partitions, f.name)), flag(among(buckets, f.name)),
            flag(false)});
    }
    return std::move(rows).plan();
}

Output Call::get_table() {
    auto name = table_arg();
    Rows rows(table_columns());
    if (name.size() == 1 && session_.find_temp_view(name[0])) {
        rows.add(temp_row(types::to_lower(name[0])));
        return std::move(rows).plan();
    }
    if (name.size() == 2 && types::names_equal(name[0], "global_temp") &&
        session_.platform().global_views().contains(types::to_lower(name[1]))) {
        rows.add({text(types::to_lower(name[1])), null(), types::list_value({text("global_temp")}),
            null(), text("TEMPORARY"), flag(true)});
        return std::move(rows).plan();
    }
    rows.add(table_row(find_table(session_, name)));
    return std::move(rows).plan();
}

Output Call::table_exists() {
    auto name = table_arg();
    if (name.size() == 1 && session_.find_temp_view(name[0])) return yes_or_no(true);
    if (name.size() == 2 && types::names_equal(name[0], "global_temp")) {
        return yes_or_no(session_.platform().global_views().contains(types::to_lower(name[1])));
    }
    return yes_or_no(try_find_table(session_, name).has_value());
}

Output Call::list_partitions() {
    plan::Show command;
    command.what = plan::Show::What::kPartitions;
    command.name = {table_arg(), nullptr};
    auto plan = show(session_, command);
    const auto& values = plan->as<resolved::Values>();
    // Folders of a table of data files have their names already.
    auto known = try_find_table(session_, table_arg());
    if (known && known->provider != "delta") return plan;
    Rows rows({{"partition", DataType::string(), false}});
    for (const auto& row : values.rows) {
        std::string out;
        for (size_t i = 0; i < row.size(); ++i) {
            const auto& value = row[i]->as<resolved::Literal>().value;
            out += (i ? "/" : "") + values.output[i].name + "=" +
                   (value.is_null() ? "__HIVE_DEFAULT_PARTITION__" : value.as_string());
        }
        rows.add({text(out)});
    }
    return std::move(rows).plan();
}

Output Call::table_properties() {
    Rows rows({{"key", DataType::string(), false}, {"value", DataType::string(), false}});
    for (const auto& [key, value] :
        table_shape(session_, find_table(session_, table_arg())).properties) {
        rows.add({text(key), text(value)});
    }
    return std::move(rows).plan();
}

Output Call::list_databases() {
    Rows rows(database_columns());
    for (const auto& s : session_.platform().catalog().schemas(session_.current().catalog)) {
        if (matches_pattern(s.name, arg("pattern"))) rows.add(database_row(s));
    }
    return std::move(rows).plan();
}

Output Call::list_catalogs() {
    Rows rows({{"name", DataType::string()}, {"description", DataType::string()}});
    for (const auto& c : session_.platform().catalog().catalogs()) {
        if (matches_pattern(c.name, arg("pattern")))
            rows.add({text(c.name), c.comment.empty() ? null() : text(c.comment)});
    }
    return std::move(rows).plan();
}

Output Call::create_table_call() {
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
            create.columns.push_back(std::move(c));
        }
    }
    create_table(session_, create);
    return session_.analyze(relation_arg());
}

Output Call::set_current() {
    plan::Use use_command;
    use_command.is_catalog = call_.method == "SetCurrentCatalog";
    use_command.is_namespace = !use_command.is_catalog;
    use_command.name = name_arg(use_command.is_catalog ? "catalog_name" : "db_name");
    use(session_, use_command);
    return nothing();
}

Call::Calls Call::reading_calls() {
    return {
        {"CurrentDatabase", [this] { return words(session_.current().schema); }},
        {"CurrentCatalog", [this] { return words(session_.current().catalog); }},
        {"ListDatabases", [this] { return list_databases(); }},
        {"ListCatalogs", [this] { return list_catalogs(); }},
        {"ListTables", [this] { return list_tables(false); }},
        {"ListViews", [this] { return list_tables(true); }},
        {"ListFunctions", [this] { return list_functions(); }},
        {"ListColumns", [this] { return list_columns(); }},
        // DeltaTable.isDeltaTable(path)
        {"IsDeltaTable",
            [this] {
                return yes_or_no(
                    session_.platform().delta_table(normal_path(arg("path")))->exists());
            }},
        {"ListPartitions", [this] { return list_partitions(); }},
        {"GetTable", [this] { return get_table(); }},
        {"GetFunction", [this] { return get_function(false); }},
        {"FunctionExists", [this] { return get_function(true); }},
        {"TableExists", [this] { return table_exists(); }},
        {"GetTableProperties", [this] { return table_properties(); }},
        {"GetDatabase",
            [this] {
                Rows rows(database_columns());
                rows.add(database_row(find_schema(session_, namespace_arg())));
                return std::move(rows).plan();
            }},
        {"DatabaseExists",
            [this] {
                auto ns = namespace_arg();
                return yes_or_no(
                    session_.platform().catalog().find_schema(ns.catalog, ns.schema).has_value());
            }},
        {"GetCreateTableString",
            [this] {
                return words(create_text(table_shape(session_, find_table(session_, table_arg()))));
            }},
    };
}

Call::Calls Call::cache_calls() {
    return {
        {"IsCached",
            [this] {
                return yes_or_no(
                    session_.find_persisted(session_.analyze(relation_arg())).has_value());
            }},
        {"CacheTable",
            [this] {
                session_.persist(session_.analyze(relation_arg()), true, true, true);
                return nothing();
            }},
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
        {"RefreshByPath", [this] { return nothing(); }},
    };
}

Output Call::create_database() {
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

Call::Calls Call::changing_calls() {
    auto done = [](Output) { return nothing(); };
    auto table = [this] { return plan::TableName{table_arg(), nullptr}; };
    return {
        {"SetCurrentDatabase", [this] { return set_current(); }},
        {"SetCurrentCatalog", [this] { return set_current(); }},
        {"CreateTable", [this] { return create_table_call(); }},
        {"CreateExternalTable", [this] { return create_table_call(); }},
        {"DropTempView", [this] { return yes_or_no(session_.drop_temp_view(arg("view_name"))); }},
        {"DropGlobalTempView",
            [this] {
                return yes_or_no(
                    session_.platform().drop_global_view(types::to_lower(arg("view_name"))));
            }},
        {"RecoverPartitions",
            [=, this]() -> Output {
                find_table(session_, table_arg());
                throw analysis_error("NOT_A_PARTITIONED_TABLE",
                    {{"operation", "recoverPartitions"}, {"tableIdentWithDB", arg("table_name")}});
            }},
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
        {"TruncateTable",
            [=, this] {
                plan::TruncateTable c;
                c.name = table();
                return done(truncate_table(session_, c));
            }},
        {"AnalyzeTable",
            [=, this] {
                plan::AnalyzeTable c;
                c.name = table();
                c.no_scan = bool_arg("no_scan");
                return done(analyze_table(session_, c));
            }},
    };
}

Output Call::run() {
    for (const auto& calls : {reading_calls(), cache_calls(), changing_calls()}) {
        auto it = calls.find(call_.method);
        if (it != calls.end()) return it->second();
    }
    throw unsupported_feature("spark.catalog." + call_.method);
}

}  // namespace

Output catalog_call(Session& session, const plan::CatalogCall& call) {
    return Call(session, call).run();
}

}  // namespace hanok::commands
