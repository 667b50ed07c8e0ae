// Calls of spark.catalog that answer what is there.

#include <set>

#include "analyzer/analyzer.h"
#include "analyzer/search_path.h"
#include "base/error.h"
#include "commands/catalog_call.h"
#include "commands/table_shape.h"
#include "delta/table.h"
#include "storage/path.h"

namespace hanok::commands {

using types::DataType;
using types::Value;

namespace {

Output one(const char* name, types::TypePtr type, Value value) {
    Rows rows({{name, std::move(type), false}});
    rows.add({std::move(value)});
    return std::move(rows).plan();
}
Output yes_or_no(bool b) { return one("value", DataType::boolean(), flag(b)); }
Output words(const std::string& s) { return one("value", DataType::string(), text(s)); }

std::vector<Rows::Column> database_columns() {
    auto s = DataType::string();
    return {{"name", s}, {"catalog", s}, {"description", s}, {"locationUri", s}};
}

std::vector<Rows::Column> table_columns() {
    auto s = DataType::string();
    return {{"name", s}, {"catalog", s}, {"namespace", DataType::array(s)}, {"description", s},
        {"tableType", s}, {"isTemporary", DataType::boolean(), false}};
}

std::vector<Rows::Column> function_columns() {
    auto s = DataType::string();
    return {{"name", s}, {"catalog", s}, {"namespace", DataType::array(s)}, {"description", s},
        {"className", s}, {"isTemporary", DataType::boolean(), false}};
}

std::vector<Value> database_row(const catalog::SchemaInfo& s) {
    return {text(s.name), text(s.catalog), text(s.comment), text(storage::shown_path(s.location))};
}

std::vector<Value> temporary_row(const std::string& name, std::vector<Value> in) {
    return {text(name), null(), types::list_value(std::move(in)), null(), text("TEMPORARY"),
        flag(true)};
}

std::vector<Value> table_row(Session& session, const catalog::TableInfo& t) {
    static const char* const kinds[] = {"MANAGED", "EXTERNAL", "VIEW"};
    auto shape = table_shape(session, t);
    return {text(t.name), text(t.catalog), types::list_value({text(t.schema)}),
        shape.comment ? text(*shape.comment) : null(), text(kinds[static_cast<int>(t.kind)]),
        flag(false)};
}

std::vector<Value> builtin_row(const analyzer::FunctionDef& def) {
    return {text(def.name), null(), null(), text(def.usage), text("hanok.functions." + def.name),
        flag(true)};
}

std::vector<Value> function_row(const catalog::FunctionInfo& f) {
    return {text(f.name), text(f.catalog), types::list_value({text(f.schema)}), text(f.comment),
        text("hanok.SqlFunction"), flag(false)};
}

std::vector<Value> temporary_function_row(const std::string& name) {
    return {text(name), null(), null(), null(), text("hanok.SqlFunction"), flag(true)};
}

bool is_global_temp(const plan::Name& name) {
    return name.size() == 2 && types::names_equal(name[0], "global_temp");
}

// A built-in function by its name, or as system.builtin.name.
const analyzer::FunctionDef* find_builtin(const plan::Name& name) {
    bool qualified = name.size() == 3 && types::names_equal(name[0], "system") &&
                     types::names_equal(name[1], "builtin");
    if (name.size() != 1 && !qualified) return nullptr;
    return analyzer::FunctionRegistry::builtin().find(types::to_lower(name.back()));
}

}  // namespace

Output CatalogCalls::list_tables(bool views_only) {
    auto ns = namespace_arg();
    Rows rows(table_columns());
    auto pattern = arg("pattern");
    if (ns.schema == "global_temp") {
        for (const auto& [name, view] : session_.platform().global_views()) {
            if (matches_pattern(name, pattern))
                rows.add(temporary_row(name, {text("global_temp")}));
        }
    } else {
        find_schema(session_, ns);
        for (const auto& t : session_.platform().catalog().tables(ns.catalog, ns.schema)) {
            if (views_only && t.kind != catalog::TableKind::kView) continue;
            if (matches_pattern(t.name, pattern)) rows.add(table_row(session_, t));
        }
    }
    for (const auto& [name, view] : session_.temp_views()) {
        if (matches_pattern(name, pattern)) rows.add(temporary_row(name, {}));
    }
    return std::move(rows).plan();
}

Output CatalogCalls::list_functions() {
    auto ns = namespace_arg();
    find_schema(session_, ns);
    Rows rows(function_columns());
    for (const auto* def : analyzer::FunctionRegistry::builtin().all()) {
        if (matches_pattern(def->name, arg("pattern"))) rows.add(builtin_row(*def));
    }
    std::set<std::string> temporary;
    for (const auto& [name, f] : session_.temp_functions()) temporary.insert(name);
    for (const auto& name : session_.python_function_names()) temporary.insert(name);
    for (const auto& name : temporary) {
        if (matches_pattern(name, arg("pattern"))) rows.add(temporary_function_row(name));
    }
    for (const auto& f : session_.platform().catalog().functions(ns.catalog, ns.schema)) {
        if (matches_pattern(f.name, arg("pattern"))) rows.add(function_row(f));
    }
    return std::move(rows).plan();
}

Output CatalogCalls::get_function(bool only_whether) {
    auto name = table_arg("function_name");
    Rows rows(function_columns());
    const auto* def = find_builtin(name);
    if (def && only_whether) return yes_or_no(true);
    auto key = session_.table_key(def ? plan::Name{name.back()} : name);
    auto info = session_.platform().catalog().find_function(key.catalog, key.schema, key.name);
    bool temporary = name.size() == 1 && (session_.find_temp_function(name[0]) ||
                                             session_.find_python_function(name[0]));
    if (only_whether) return yes_or_no(info || temporary);
    if (def) {
        rows.add(builtin_row(*def));
    } else if (temporary) {
        rows.add(temporary_function_row(name[0]));
    } else if (info) {
        rows.add(function_row(*info));
    } else {
        auto now = session_.current();
        throw analysis_error("UNRESOLVED_ROUTINE",
            {{"routineName", quote_identifier(name)},
                {"searchPath", analyzer::shown_search_path(now.catalog, now.schema)}});
    }
    return std::move(rows).plan();
}

Output CatalogCalls::list_columns() {
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

Output CatalogCalls::get_table() {
    auto name = table_arg();
    Rows rows(table_columns());
    if (name.size() == 1 && session_.find_temp_view(name[0])) {
        rows.add(temporary_row(types::to_lower(name[0]), {}));
    } else if (is_global_temp(name) &&
               session_.platform().global_views().contains(types::to_lower(name[1]))) {
        rows.add(temporary_row(types::to_lower(name[1]), {text("global_temp")}));
    } else {
        rows.add(table_row(session_, table_info()));
    }
    return std::move(rows).plan();
}

Output CatalogCalls::table_exists() {
    auto name = table_arg();
    if (name.size() == 1 && session_.find_temp_view(name[0])) return yes_or_no(true);
    if (is_global_temp(name)) {
        return yes_or_no(session_.platform().global_views().contains(types::to_lower(name[1])));
    }
    return yes_or_no(try_find_table(session_, name).has_value());
}

Output CatalogCalls::list_partitions() {
    auto info = table_not_view("Catalog.listPartitions");
    plan::Show command;
    command.what = plan::Show::What::kPartitions;
    command.name = {table_arg(), nullptr};
    auto plan = show(session_, command);
    const auto& values = plan->as<resolved::Values>();
    // Folders of a table of data files have their names already.
    if (info.provider != "delta") return plan;
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

Output CatalogCalls::table_properties() {
    Rows rows({{"key", DataType::string(), false}, {"value", DataType::string(), false}});
    for (const auto& [key, value] : table_shape(session_, table_info()).properties) {
        rows.add({text(key), text(value)});
    }
    return std::move(rows).plan();
}

Output CatalogCalls::list_databases() {
    Rows rows(database_columns());
    for (const auto& s : session_.platform().catalog().schemas(session_.current().catalog)) {
        if (matches_pattern(s.name, arg("pattern"))) rows.add(database_row(s));
    }
    return std::move(rows).plan();
}

Output CatalogCalls::list_catalogs() {
    Rows rows({{"name", DataType::string()}, {"description", DataType::string()}});
    for (const auto& c : session_.platform().catalog().catalogs()) {
        if (matches_pattern(c.name, arg("pattern")))
            rows.add({text(c.name), c.comment.empty() ? null() : text(c.comment)});
    }
    return std::move(rows).plan();
}

Output CatalogCalls::get_database() {
    auto name = name_arg("db_name");
    if (name.size() > 2) {
        name.insert(name.begin(), session_.current().catalog);
        throw analysis_error("SCHEMA_NOT_FOUND", {{"schemaName", quote_identifier(name)}});
    }
    Rows rows(database_columns());
    rows.add(database_row(find_schema(session_, namespace_arg())));
    return std::move(rows).plan();
}

Output CatalogCalls::database_exists() {
    if (name_arg("db_name").size() > 2) return yes_or_no(false);
    auto ns = namespace_arg();
    return yes_or_no(session_.platform().catalog().find_schema(ns.catalog, ns.schema).has_value());
}

Output CatalogCalls::create_table_string() {
    auto info = table_info();
    if (bool_arg("as_serde") && info.kind != catalog::TableKind::kView) {
        throw analysis_error("UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE",
            {{"tableName", quote_identifier(info.full_name())}});
    }
    return words(create_text(table_shape(session_, info)));
}

Output CatalogCalls::is_cached() {
    return yes_or_no(session_.find_persisted(session_.analyze(relation_arg())).has_value());
}

Output CatalogCalls::drop_temp_view() {
    auto name = arg("view_name");
    if (call_.method == "DropTempView") return yes_or_no(session_.drop_temp_view(name));
    return yes_or_no(session_.platform().drop_global_view(types::to_lower(name)));
}

CatalogCalls::Calls CatalogCalls::reading_calls() {
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
        {"GetDatabase", [this] { return get_database(); }},
        {"DatabaseExists", [this] { return database_exists(); }},
        {"GetCreateTableString", [this] { return create_table_string(); }},
    };
}

}  // namespace hanok::commands
