// SHOW …

#include <algorithm>
#include <set>

#include "base/error.h"
#include "commands/command.h"
#include "commands/names.h"
#include "commands/rows.h"
#include "commands/table_partitions.h"
#include "commands/table_shape.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

using types::DataType;

Rows::Column string_column(const char* name) { return {name, DataType::string(), false}; }

Output show_catalogs(Session& session, const plan::Show& command) {
    Rows rows({string_column("catalog")});
    for (const auto& c : session.platform().catalog().catalogs()) {
        if (matches_pattern(c.name, command.pattern)) rows.add({text(c.name)});
    }
    return std::move(rows).plan();
}

Output show_namespaces(Session& session, const plan::Show& command) {
    std::string catalog = command.namespace_name.empty()
                              ? session.current().catalog
                              : types::to_lower(command.namespace_name[0]);
    if (!session.platform().catalog().find_catalog(catalog)) {
        throw analysis_error("CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(catalog)}});
    }
    Rows rows({string_column("namespace")});
    for (const auto& s : session.platform().catalog().schemas(catalog)) {
        if (matches_pattern(s.name, command.pattern)) rows.add({text(s.name)});
    }
    return std::move(rows).plan();
}

Output show_tables(Session& session, const plan::Show& command, bool views_only) {
    auto ns = session.namespace_key(command.namespace_name);
    bool is_global = ns.schema == "global_temp";
    if (!is_global) find_schema(session, ns);
    Rows rows({string_column("namespace"), string_column(views_only ? "viewName" : "tableName"),
        {"isTemporary", DataType::boolean(), false}});
    if (!is_global) {
        for (const auto& t : session.platform().catalog().tables(ns.catalog, ns.schema)) {
            if (views_only && t.kind != catalog::TableKind::kView) continue;
            if (matches_pattern(t.name, command.pattern))
                rows.add({text(ns.schema), text(t.name), flag(false)});
        }
    } else {
        for (const auto& [name, view] : session.platform().global_views()) {
            if (matches_pattern(name, command.pattern))
                rows.add({text("global_temp"), text(name), flag(true)});
        }
    }
    for (const auto& [name, view] : session.temp_views()) {
        if (matches_pattern(name, command.pattern)) rows.add({text(""), text(name), flag(true)});
    }
    return std::move(rows).plan();
}

// SHOW TABLE EXTENDED … PARTITION (…): the one partition of the one table of that name.
Output show_partition(
    Session& session, const plan::Show& command, const session::Namespace& space, Rows rows) {
    auto info = find_table(session, {space.catalog, space.schema, command.pattern});
    auto values = partition_values(session, info, partition_names(command.partition));
    auto location = require_partition(info, values);
    rows.add({text(info.schema), text(info.name), flag(false),
        text("Partition Values: " + shown_partition(info, values) +
             "\nLocation: " + storage::shown_path(location) + "\n\n")});
    return std::move(rows).plan();
}

Output show_table_extended(Session& session, const plan::Show& command) {
    auto ns = session.namespace_key(command.namespace_name);
    find_schema(session, ns);
    Rows rows({string_column("namespace"), string_column("tableName"),
        {"isTemporary", DataType::boolean(), false}, string_column("information")});
    if (!command.partition.empty()) return show_partition(session, command, ns, std::move(rows));
    for (const auto& t : session.platform().catalog().tables(ns.catalog, ns.schema)) {
        if (!matches_pattern(t.name, command.pattern)) continue;
        auto shape = table_shape(session, t);
        static const char* const kinds[] = {"MANAGED", "EXTERNAL", "VIEW"};
        std::string info = "Catalog: " + t.catalog + "\nDatabase: " + t.schema +
                           "\nTable: " + t.name + "\nType: " + kinds[static_cast<int>(t.kind)] +
                           "\nProvider: " + t.provider + "\nLocation: file:" + t.location +
                           "\nSchema: " + analyzer::schema_tree(*shape.schema) + "\n";
        rows.add({text(t.schema), text(t.name), flag(false), text(info)});
    }
    return std::move(rows).plan();
}

resolved::PlanPtr analyzed_table(Session& session, const plan::Name& name) {
    return session.analyze(named_table(name));
}

Output show_columns(Session& session, const plan::Show& command) {
    auto name = name_parts(session, command.name);
    if (name.size() == 1 && !command.namespace_name.empty())
        name.insert(name.begin(), command.namespace_name.begin(), command.namespace_name.end());
    if (name.size() > 1 && !command.namespace_name.empty() &&
        !types::names_equal(name[name.size() - 2], command.namespace_name.back())) {
        throw analysis_error("SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE",
            {{"namespaceA", quote_identifier(command.namespace_name)},
                {"namespaceB",
                    quote_identifier(std::vector<std::string>(name.begin(), name.end() - 1))}});
    }
    Rows rows({{"col_name", DataType::string(), true}});
    auto table = analyzed_table(session, name);
    for (const auto& a : table->output) rows.add({text(a.name)});
    return std::move(rows).plan();
}

Output show_functions(Session& session, const plan::Show& command) {
    std::set<std::string> names;
    std::string scope = types::to_upper(command.scope);
    if (scope.empty() || scope == "ALL" || scope == "SYSTEM") {
        for (const auto* def : analyzer::FunctionRegistry::builtin().all()) names.insert(def->name);
    }
    if (scope != "SYSTEM") {
        auto ns = session.namespace_key(command.namespace_name);
        for (const auto& [name, f] : session.temp_functions()) names.insert(name);
        for (const auto& f : session.platform().catalog().functions(ns.catalog, ns.schema)) {
            names.insert(f.catalog + "." + f.schema + "." + f.name);
        }
    }
    Rows rows({string_column("function")});
    for (const auto& name : names) {
        if (matches_pattern(name, command.pattern)) rows.add({text(name)});
    }
    return std::move(rows).plan();
}

// A table of data files: "day=1/hour=2" for every folder.
Output show_folders(
    Session& session, const catalog::TableInfo& table, const PartitionNames& wanted) {
    if (table.partition_columns.empty()) {
        throw analysis_error("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
            {{"name", quote_identifier(table.full_name())}});
    }
    auto only = wanted_partition_values(session, table, wanted);
    std::set<std::string> seen;
    for (const auto& values : partitions_of(table)) {
        bool fits = true;
        for (size_t i = 0; i < only.size(); ++i) fits = fits && (!only[i] || *only[i] == values[i]);
        if (fits) seen.insert(partition_folder(table, values));
    }
    Rows rows({string_column("partition")});
    for (const auto& folder : seen) rows.add({text(folder)});
    return std::move(rows).plan();
}

// One text a value: writers have several for timestamps.
std::optional<std::string> canonical(
    const std::optional<std::string>& text, const types::DataType& type) {
    return delta::format_partition_value(delta::parse_partition_value(text, type), type);
}

std::vector<std::optional<std::optional<std::string>>> wanted_of_delta(
    Session& session, const delta::Snapshot& snapshot, const PartitionNames& given) {
    catalog::TableInfo info;
    info.columns = snapshot.schema();
    for (const auto& column : snapshot.partition_columns())
        info.partition_columns.push_back(column.name);
    std::string others;
    for (const auto& [name, value] : given) {
        bool is_known = std::any_of(info.partition_columns.begin(), info.partition_columns.end(),
            [&](const std::string& c) { return types::names_equal(c, name); });
        if (!is_known) others += (others.empty() ? "" : ", ") + name;
    }
    if (!others.empty()) {
        throw analysis_error(
            "DELTA_SHOW_PARTITION_IN_NON_PARTITIONED_COLUMN", {{"badCols", "[" + others + "]"}});
    }
    auto out = wanted_partition_values(session, info, given);
    for (size_t i = 0; i < out.size(); ++i) {
        if (out[i]) *out[i] = canonical(*out[i], *snapshot.partition_columns()[i].type);
    }
    return out;
}

Output show_partitions(Session& session, const plan::Show& command) {
    auto name = name_parts(session, command.name);
    auto known = try_find_table(session, name);
    bool has_files = known && known->kind != catalog::TableKind::kView;
    if (has_files && known->provider != "delta")
        return show_folders(session, *known, partition_names(command.partition));
    auto target = delta_target(session, name, "", "SHOW PARTITIONS");
    auto snapshot = target.table->snapshot();
    const auto& columns = snapshot->partition_columns();
    if (columns.empty()) {
        throw analysis_error("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
            {{"name", quote_identifier(target.qualifier)}});
    }
    std::set<PartitionValues> seen;
    for (const auto* file : snapshot->files()) {
        PartitionValues row;
        for (const auto& c : columns) {
            const auto* value = delta::find_partition_value(
                file->partition_values, c.physical_name);
            row.push_back(value ? *value : std::nullopt);
        }
        seen.insert(std::move(row));
    }
    auto only = wanted_of_delta(session, *snapshot, partition_names(command.partition));
    std::vector<Rows::Column> schema;
    for (const auto& c : columns) schema.push_back({c.name, DataType::string(), true});
    Rows rows(std::move(schema));
    for (const auto& row : seen) {
        bool fits = true;
        for (size_t i = 0; i < columns.size(); ++i)
            fits = fits && (!only[i] || *only[i] == canonical(row[i], *columns[i].type));
        if (!fits) continue;
        std::vector<types::Value> values;
        for (const auto& v : row) values.push_back(v ? text(*v) : null());
        rows.add(std::move(values));
    }
    return std::move(rows).plan();
}

// A table of the catalog, or delta.`/path`.
catalog::TableInfo shown_table(Session& session, const plan::Show& command) {
    auto name = name_parts(session, command.name);
    auto path = Session::path_table(name);
    if (!path || path->first != "delta") return find_table(session, name);
    auto target = delta_target(session, name, "", "SHOW");
    catalog::TableInfo info;
    info.schema = "delta";
    info.name = target.table->root();
    info.kind = catalog::TableKind::kExternal;
    info.provider = "delta";
    info.location = info.name;
    return info;
}

Output show_properties(Session& session, const plan::Show& command) {
    auto info = shown_table(session, command);
    auto shape = table_shape(session, info);
    Rows rows({string_column("key"), string_column("value")});
    if (!command.key.empty()) {
        auto it = shape.properties.find(command.key);
        rows.add({text(command.key),
            text(it != shape.properties.end() ? shown_property(it->first, it->second)
                                              : "Table " + quote_if_needed(info.full_name()) +
                                                    " does not have property: " + command.key)});
        return std::move(rows).plan();
    }
    for (const auto& [key, value] : shape.properties)
        rows.add({text(key), text(shown_property(key, value))});
    return std::move(rows).plan();
}

Output show_create_table(Session& session, const plan::Show& command) {
    auto info = find_table(session, name_parts(session, command.name));
    Rows rows({string_column("createtab_stmt")});
    rows.add({text(create_text(table_shape(session, info)))});
    return std::move(rows).plan();
}

Output show_current_namespace(Session& session) {
    Rows rows({string_column("catalog"), string_column("namespace")});
    auto here = session.current();
    rows.add({text(here.catalog), text(here.schema)});
    return std::move(rows).plan();
}

}  // namespace

Output show(Session& session, const plan::Show& command) {
    using What = plan::Show::What;
    switch (command.what) {
        case What::kCatalogs: return show_catalogs(session, command);
        case What::kNamespaces: return show_namespaces(session, command);
        case What::kTables: return show_tables(session, command, false);
        case What::kTableExtended: return show_table_extended(session, command);
        case What::kViews: return show_tables(session, command, true);
        case What::kColumns: return show_columns(session, command);
        case What::kFunctions: return show_functions(session, command);
        case What::kPartitions: return show_partitions(session, command);
        case What::kTblProperties: return show_properties(session, command);
        case What::kCreateTable: return show_create_table(session, command);
        case What::kCurrentNamespace: return show_current_namespace(session);
    }
    return nullptr;
}

}  // namespace hanok::commands
