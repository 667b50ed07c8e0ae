#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/bucketing.h"
#include "commands/column_values.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/file_write.h"
#include "commands/python_source.h"
#include "commands/table_shape.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "session/python_source.h"
#include "storage/object_store.h"
#include "types/char_type.h"

namespace hanok::commands {

namespace {

std::string statement_name(const plan::CreateTable& create) {
    return create.replace ? "REPLACE TABLE" : "CREATE TABLE";
}

bool asks_for_feature(const plan::CreateTable& create, const std::string& feature) {
    return std::any_of(create.properties.begin(), create.properties.end(), [&](const auto& p) {
        return types::names_equal(p.first, "delta.feature." + feature) &&
               (types::names_equal(p.second, "supported") ||
                   types::names_equal(p.second, "enabled"));
    });
}

types::TypePtr schema_of(const plan::CreateTable& create, bool is_delta) {
    types::Fields fields;
    bool allows_defaults = !is_delta || asks_for_feature(create, "allowColumnDefaults");
    auto add = [&](const plan::ColumnDef& c) {
        if (!is_delta && (!c.generation_sql.empty() || c.identity))
            throw unsupported_feature("generated and identity columns outside Delta tables");
        auto metadata = field_metadata_of(c, allows_defaults, statement_name(create));
        fields.push_back({c.name, c.type, c.nullable, metadata});
    };
    for (const auto& c : create.columns) add(c);
    for (const auto& p : create.partitioning) {
        if (p.column) add(*p.column);
    }
    return types::DataType::struct_(std::move(fields));
}

std::vector<std::string> partition_columns(const plan::CreateTable& create) {
    std::vector<std::string> out;
    for (const auto& p : create.partitioning) {
        if (p.transform != "identity")
            throw unsupported_feature("the partition transform " + p.transform);
        if (p.column) {
            out.push_back(p.column->name);
        } else if (p.args.size() == 1 && p.args[0]->kind == plan::ExprKind::kAttribute) {
            out.push_back(p.args[0]->as<plan::Attribute>().parts.back());
        } else {
            throw unsupported_feature("partition expressions");
        }
    }
    return out;
}

types::TypePtr query_schema(const resolved::Plan& query) {
    types::Fields fields;
    for (const auto& a : query.output) {
        fields.push_back(types::with_char_type(
            {a.name, types::DataType::as_nullable(types::DataType::replace_char_varchar(a.type)),
                true, a.metadata}));
    }
    return types::DataType::struct_(std::move(fields));
}

std::map<std::string, std::string> delta_properties(const plan::CreateTable& create) {
    std::map<std::string, std::string> out(create.properties.begin(), create.properties.end());
    size_t unnamed = 0;
    for (const auto& constraint : create.constraints) {
        if (constraint.kind != "CHECK") throw unsupported_feature(constraint.kind + " constraints");
        std::string name = constraint.name.empty() ? "chk_" + std::to_string(++unnamed)
                                                   : types::to_lower(constraint.name);
        if (!out.emplace("delta.constraints." + name, constraint.expression).second) {
            throw analysis_error("DELTA_CONSTRAINT_ALREADY_EXISTS",
                {{"constraintName", name}, {"oldConstraint", out["delta.constraints." + name]}});
        }
    }
    for (const auto& [name, value] : create.options) {
        if (types::to_lower(name) != "path") out["option." + name] = value;
    }
    return out;
}

std::string wanted_location(const plan::CreateTable& create) {
    if (create.location) return normal_path(*create.location);
    for (const auto& [name, value] : create.options) {
        if (types::names_equal(name, "path")) return normal_path(value);
    }
    return "";
}

std::string operation_name(const plan::CreateTable& create) {
    std::string verb = create.replace      ? "REPLACE TABLE"
                       : create.or_replace ? "CREATE OR REPLACE TABLE"
                                           : "CREATE TABLE";
    return verb + (create.query ? " AS SELECT" : "");
}

void check_columns(const types::DataType& schema) {
    std::map<std::string, int> seen;
    for (const auto& f : schema.fields()) {
        if (seen[types::to_lower(f.name)]++ > 0) {
            throw analysis_error("COLUMN_ALREADY_EXISTS",
                {{"columnName", quote_identifier(types::to_lower(f.name))}});
        }
    }
}

// A table over an existing log: its columns come from there; given ones must agree.
void adopt_existing(const delta::Snapshot& snapshot, const plan::CreateTable& create,
    const types::DataType& given, const std::vector<std::string>& partitions,
    const std::string& location) {
    if (!given.fields().empty() &&
        !types::DataType::as_nullable(std::make_shared<types::DataType>(given))
             ->same_type(*types::DataType::as_nullable(snapshot.schema()))) {
        throw analysis_error("DELTA_CREATE_TABLE_SCHEME_MISMATCH",
            {{"path", location}, {"specifiedSchema", given.ddl()},
                {"existingSchema", snapshot.schema()->ddl()}, {"schemaDifferences", ""}});
    }
    if (!partitions.empty() && partitions != snapshot.metadata().partition_columns) {
        throw analysis_error("DELTA_CREATE_TABLE_WITH_DIFFERENT_PARTITIONING",
            {{"path", location}, {"specifiedColumns", json_list(partitions)},
                {"existingColumns", json_list(snapshot.metadata().partition_columns)}});
    }
    for (const auto& [name, value] : create.properties) {
        auto it = snapshot.metadata().configuration.find(name);
        if (it == snapshot.metadata().configuration.end() || it->second != value) {
            throw analysis_error("DELTA_CREATE_TABLE_WITH_DIFFERENT_PROPERTY",
                {{"path", location}, {"specifiedProperties", name + "=" + value},
                    {"existingProperties", ""}});
        }
    }
}

void create_delta(
    Session& session, const plan::CreateTable& create, catalog::TableInfo& info, bool exists) {
    if (create.buckets)
        throw analysis_error("DELTA_OPERATION_NOT_ALLOWED", {{"operation", "Bucketing"}});
    types::TypePtr schema = schema_of(create, true);
    auto partitions = partition_columns(create);
    resolved::PlanPtr query = create.query ? session.analyze(create.query) : nullptr;
    if (query) {
        if (!schema->fields().empty())
            throw analysis_error("DELTA_CREATE_TABLE_AS_SELECT_SCHEMA", {});
        schema = query_schema(*query);
    }
    check_columns(*schema);
    auto table = session.platform().delta_table(info.location);
    bool has_log = table->exists();
    if (has_log && !query && !create.or_replace && !create.replace) {
        adopt_existing(*table->snapshot(), create, *schema, partitions, info.location);
        return;
    }
    if (has_log && query && !create.or_replace && !create.replace &&
        info.kind == catalog::TableKind::kExternal && !table->snapshot()->files().empty()) {
        throw analysis_error("DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION",
            {{"tableId", info.name}, {"tableLocation", info.location}});
    }
    if (schema->fields().empty() && info.kind == catalog::TableKind::kExternal && !has_log) {
        throw analysis_error("DELTA_CREATE_EXTERNAL_TABLE_WITHOUT_SCHEMA",
            {{"path", info.location}, {"tableName", info.name}});
    }
    DeltaCreate made;
    made.location = info.location;
    made.shown_name = quote_if_needed(info.full_name());
    made.schema = schema;
    made.partition_by = partitions;
    made.properties = delta_properties(create);
    made.comment = create.comment;
    made.cluster_by = create.cluster_by;
    made.query = query;
    made.replace = exists || has_log;
    made.operation = operation_name(create);
    made.is_managed = info.kind == catalog::TableKind::kManaged;
    create_delta_table(session, made);
}

// A table that reads and writes through a Python class: nothing is stored but its definition. Rows
// of a query go to the class's writer.
void create_over_python(
    Session& session, const plan::CreateTable& create, catalog::TableInfo& info) {
    if (!info.partition_columns.empty())
        throw unsupported_feature("partitioned tables of Python data sources");
    if (create.location) info.options["path"] = *create.location;
    if (create.query) {
        auto query = session.analyze(create.query);
        info.columns = query_schema(*query);
        plan::Options options(info.options.begin(), info.options.end());
        write_to_python_source(session, info.provider, "", options, plan::SaveMode::kAppend, query);
        return;
    }
    if (info.columns->fields().empty()) {
        auto source = std::make_shared<plan::DataSource>();
        source->format = info.provider;
        for (const auto& [name, value] : info.options) source->options.emplace_back(name, value);
        info.columns = resolved::output_schema(*session.analyze(source));
    }
    check_columns(*info.columns);
}

void keep_buckets(const plan::CreateTable& create, catalog::TableInfo& info) {
    if (!create.buckets) return;
    check_buckets(
        *create.buckets, *info.columns, info.partition_columns, quote_identifier(info.full_name()));
    put_buckets(*create.buckets, &info.properties);
}

void create_files(Session& session, const plan::CreateTable& create, catalog::TableInfo& info) {
    if (!create.constraints.empty()) throw unsupported_feature("constraints outside Delta tables");
    if (!create.cluster_by.empty()) throw unsupported_feature("CLUSTER BY outside Delta tables");
    info.columns = schema_of(create, false);
    info.partition_columns = partition_columns(create);
    for (const auto& [name, value] : create.options) info.options[name] = value;
    if (session::find_python_source(session, info.provider)) {
        create_over_python(session, create, info);
        return;
    }
    check_table_provider(info.provider, quote_identifier(info.full_name()));
    if (create.query) {
        auto query = session.analyze(create.query);
        info.columns = query_schema(*query);
        keep_buckets(create, info);
        FileWrite files{info.provider, info.location, create.options, info.partition_columns,
            plan::SaveMode::kOverwrite, {}};
        write_files_to(session, query, files);
        return;
    }
    if (info.columns->fields().empty()) {
        plan::DataSource source;
        source.format = info.provider;
        source.paths = {info.location};
        source.options = create.options;
        auto relation = std::make_shared<plan::DataSource>(source);
        try {
            info.columns = resolved::output_schema(*session.analyze(relation));
        } catch (const Error& e) {
            if (e.condition() != "PATH_NOT_FOUND") throw;
            throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", info.provider}});
        }
    }
    check_columns(*info.columns);
    keep_buckets(create, info);
    if (info.provider == "jdbc") return;  // its rows lie elsewhere
    storage::store_for(info.location)->make_directory(info.location);
}

std::string provider_of(Session& session, const plan::CreateTable& create) {
    std::string provider = types::to_lower(create.provider);
    auto& config = session.config();
    if (provider.empty() && config.all_set().contains("spark.sql.sources.default"))
        provider = config.get("spark.sql.sources.default");
    if (provider.empty()) provider = "delta";
    static const std::vector<std::string> known = {
        "delta", "parquet", "csv", "json", "text", "orc", "avro", "xml", "binaryfile", "jdbc"};
    bool is_known = std::find(known.begin(), known.end(), provider) != known.end();
    if (!is_known && !session::find_python_source(session, provider)) {
        if (provider == "hive") throw unsupported_feature(provider + " tables");
        throw analysis_error("DATA_SOURCE_NOT_FOUND", {{"provider", provider}});
    }
    return provider;
}

}  // namespace

Output create_table(Session& session, const plan::CreateTable& create) {
    auto name = name_parts(session, create.name);
    if (auto path = Session::path_table(name); path && path->first == "delta") {
        plan::CreateTable by_path = create;
        catalog::TableInfo info;
        info.name = path->second;
        info.location = normal_path(path->second);
        info.kind = catalog::TableKind::kExternal;
        bool exists = session.platform().delta_table(info.location)->exists();
        if (exists && create.if_not_exists) return nullptr;
        create_delta(session, create, info, exists && (create.or_replace || create.replace));
        return nullptr;
    }
    auto key = session.table_key(name);
    find_schema(session, {key.catalog, key.schema});
    auto& catalog = session.platform().catalog();
    auto existing = catalog.find_table(key.catalog, key.schema, key.name);
    if (existing && create.if_not_exists) return nullptr;
    if (existing && !create.or_replace && !create.replace) {
        throw analysis_error(
            "TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(key.parts())}});
    }
    if (!existing && create.replace) throw table_not_found(session, name);
    catalog::TableInfo info;
    info.catalog = key.catalog;
    info.schema = key.schema;
    info.name = key.name;
    info.provider = provider_of(session, create);
    info.owner = session.user();
    info.comment = create.comment;
    info.location = wanted_location(create);
    info.kind = info.location.empty() ? catalog::TableKind::kManaged
                                      : catalog::TableKind::kExternal;
    if (create.external && info.location.empty()) {
        throw analysis_error("CREATE_TABLE_EXTERNAL_WITHOUT_LOCATION",
            {{"tableName", quote_identifier(key.parts())}});
    }
    if (info.location.empty()) info.location = managed_location(session, key);
    for (const auto& [property, value] : create.properties) info.properties[property] = value;
    if (existing) {
        info.id = existing->id;
        if (!create.location && existing->provider == "delta") {
            info.location = existing->location;
            info.kind = existing->kind;
        }
    }
    if (info.provider == "delta") {
        create_delta(session, create, info, existing.has_value());
    } else {
        create_files(session, create, info);
    }
    if (existing) {
        info.created_ms = existing->created_ms;
        catalog.update_table(info);
    } else {
        catalog.create_table(info);
    }
    return nullptr;
}

namespace {

plan::ColumnDef column_like(const types::StructField& f) {
    plan::ColumnDef c;
    c.name = f.name;
    c.type = f.type;
    c.nullable = f.nullable;
    c.has_comment = f.comment().has_value();
    c.comment = f.comment().value_or("");
    c.generation_sql = generation_sql(f).value_or("");
    return c;
}

}  // namespace

// Columns, partitions, buckets and options of the source; a view gives its columns alone.
Output create_table_like(Session& session, const plan::CreateTableLike& like) {
    auto name = name_parts(session, like.source);
    plan::CreateTable create;
    create.name = like.name;
    create.if_not_exists = like.if_not_exists;
    create.provider = like.provider;
    create.location = like.location;
    create.properties = like.properties;
    bool is_temporary = name.size() == 1 && session.find_temp_view(name[0]);
    if (is_temporary) {
        auto schema = resolved::output_schema(*session.analyze(named_table(name)));
        for (const auto& f : schema->fields()) create.columns.push_back(column_like(f));
        return create_table(session, create);
    }
    TableShape shape;
    if (Session::path_table(name)) {
        auto target = delta_target(session, name, "", "CREATE TABLE LIKE");
        auto snapshot = target.table->snapshot();
        shape.info.provider = "delta";
        shape.schema = snapshot->schema();
        shape.partition_columns = snapshot->metadata().partition_columns;
    } else {
        shape = table_shape(session, find_table(session, name));
    }
    for (const auto& f : shape.schema->fields()) create.columns.push_back(column_like(f));
    for (const auto& column : shape.partition_columns)
        create.partitioning.push_back({"identity", {plan::attribute({column})}, std::nullopt});
    if (shape.info.kind == catalog::TableKind::kView) return create_table(session, create);
    bool same_format = like.provider.empty() ||
                       types::names_equal(like.provider, shape.info.provider);
    if (create.provider.empty()) create.provider = shape.info.provider;
    if (same_format && shape.info.provider != "delta") {
        create.buckets = shape.buckets;
        for (const auto& [key, value] : shape.info.options) {
            if (!types::names_equal(key, "path")) create.options.emplace_back(key, value);
        }
        for (const auto& property : shape.properties)
            create.properties.insert(create.properties.begin(), property);
    }
    return create_table(session, create);
}

}  // namespace hanok::commands
