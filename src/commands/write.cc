// DataFrame writes: df.write.save / saveAsTable / insertInto and df.writeTo.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/bucketing.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/file_write.h"
#include "commands/python_source.h"
#include "delta/table.h"
#include "session/python_source.h"
#include "sql/parser.h"
#include "storage/object_store.h"
#include "types/char_type.h"

namespace hanok::commands {

namespace {

std::string find_option(const plan::Options& options, const std::string& key) {
    for (const auto& [name, value] : options) {
        if (types::names_equal(name, key)) return value;
    }
    return "";
}

// The last repartition or coalesce of the query decides how many files it becomes.
std::optional<int32_t> wanted_files(const resolved::PlanPtr& plan) {
    if (plan->kind == resolved::PlanKind::kRepartition)
        return plan->as<resolved::Repartition>().num_partitions;
    if (plan->kind == resolved::PlanKind::kProject)
        return wanted_files(plan->as<resolved::Project>().child);
    if (plan->kind == resolved::PlanKind::kFilter)
        return wanted_files(plan->as<resolved::Filter>().child);
    return std::nullopt;
}

DeltaWriteOptions delta_options(
    Session& session, const plan::Write& w, const resolved::PlanPtr& query) {
    auto options = delta_write_options(session, w.options);
    options.partition_by = w.partition_by;
    options.num_files = wanted_files(query);
    for (const auto& a : query->output)
        options.source_columns.push_back({a.name, source_qualifier(w.query, a), a.name});
    return options;
}

// Properties for a new table: options that start with "delta.".
std::map<std::string, std::string> table_properties(const plan::Write& w) {
    std::map<std::string, std::string> out(w.table_properties.begin(), w.table_properties.end());
    for (const auto& [name, value] : w.options) {
        if (types::to_lower(name).starts_with("delta.")) out[name] = value;
    }
    return out;
}

types::TypePtr nullable_schema(const resolved::Plan& plan) {
    types::Fields fields;
    for (const auto& a : plan.output) {
        fields.push_back(types::with_char_type(
            {a.name, types::DataType::as_nullable(types::DataType::replace_char_varchar(a.type)),
                true, a.metadata}));
    }
    return types::DataType::struct_(std::move(fields));
}

std::vector<std::string> identity_columns(const plan::Exprs& transforms) {
    std::vector<std::string> out;
    for (const auto& e : transforms) {
        if (e->kind != plan::ExprKind::kAttribute)
            throw unsupported_feature("partition transforms of Delta tables");
        out.push_back(e->as<plan::Attribute>().parts.back());
    }
    return out;
}

DeltaCreate new_table(Session& session, const plan::Write& w, const resolved::PlanPtr& query,
    const std::string& location) {
    DeltaCreate create;
    create.location = location;
    create.shown_name = "delta.`" + location + "`";
    create.schema = nullable_schema(*query);
    create.partition_by = w.partition_by.empty() ? identity_columns(w.partition_exprs)
                                                 : w.partition_by;
    for (const auto& column : w.cluster_by)
        create.cluster_by.push_back(sql::parse_multipart_identifier(column));
    create.properties = table_properties(w);
    create.query = query;
    create.options = delta_options(session, w, query);
    return create;
}

void check_delta_writer(const plan::Write& w) {
    if (w.buckets) throw analysis_error("DELTA_OPERATION_NOT_ALLOWED", {{"operation", "bucketBy"}});
    if (!w.sort_by.empty()) throw analysis_error("SORT_BY_WITHOUT_BUCKETING", {});
}

void save_delta(Session& session, const plan::Write& w, const resolved::PlanPtr& query) {
    check_delta_writer(w);
    if (w.path.empty())
        throw Error(ErrorKind::kIllegalArgument, "DELTA_MISSING_PATH", {{"path", "path"}});
    std::string location = normal_path(w.path);
    auto table = session.platform().delta_table(location);
    if (!table->exists()) {
        if (w.mode != plan::SaveMode::kOverwrite && w.mode != plan::SaveMode::kAppend) {
            auto store = storage::store_for(location);
            if (store->head(location) && !store->list(location).empty() &&
                w.mode == plan::SaveMode::kErrorIfExists) {
                throw analysis_error("DELTA_PATH_EXISTS", {{"path", location}});
            }
        }
        auto create = new_table(session, w, query, location);
        create.operation = "WRITE";
        create_delta_table(session, create);
        return;
    }
    if (w.mode == plan::SaveMode::kErrorIfExists)
        throw analysis_error("DELTA_PATH_EXISTS", {{"path", location}});
    if (w.mode == plan::SaveMode::kIgnore) return;
    auto options = delta_options(session, w, query);
    options.overwrite = w.mode == plan::SaveMode::kOverwrite;
    DeltaTarget target{table, std::nullopt, "delta.`" + location + "`", {}};
    write_to_delta(session, target, query, true, options);
}

void save(Session& session, const plan::Write& w) {
    auto query = session.analyze(w.query);
    std::string format =
        w.source.empty() ? session.config().find("spark.sql.sources.default").value_or("parquet")
                         : w.source;
    format = types::to_lower(format);
    plan::Write with_path = w;
    if (with_path.path.empty()) with_path.path = find_option(w.options, "path");
    if (format == "delta") return save_delta(session, with_path, query);
    if (session::find_python_source(session, format)) {
        if (!w.partition_by.empty() || w.buckets || !w.sort_by.empty())
            throw unsupported_feature("partitioned writes to Python data sources");
        write_to_python_source(session, w.source, w.path, w.options, w.mode, query);
        return;
    }
    FileWrite files;
    files.format = format;
    files.folder = with_path.path.empty() ? "" : normal_path(with_path.path);
    files.options = w.options;
    files.partition_by = w.partition_by;
    files.mode = w.mode;
    files.num_files = wanted_files(query);
    if (w.buckets)
        throw analysis_error("UNSUPPORTED_FEATURE.HANOK", {{"feature", "bucketBy with save()"}});
    if (!w.sort_by.empty()) throw analysis_error("SORT_BY_WITHOUT_BUCKETING", {});
    write_files_to(session, query, files);
}

// Registers a table after its log was made; the log goes when that fails.
void register_table(Session& session, const session::TableKey& key, const std::string& location,
    bool managed, const std::string& provider, const resolved::Plan& query, const plan::Write& w) {
    catalog::TableInfo info;
    info.catalog = key.catalog;
    info.schema = key.schema;
    info.name = key.name;
    info.kind = managed ? catalog::TableKind::kManaged : catalog::TableKind::kExternal;
    info.provider = provider;
    info.location = location;
    info.owner = session.user();
    info.properties = table_properties(w);
    if (provider != "delta") {
        info.columns = nullable_schema(query);
        info.partition_columns = w.partition_by;
        for (const auto& [name, value] : w.options) info.options[name] = value;
        if (w.buckets) {
            check_buckets(*w.buckets, *info.columns, info.partition_columns,
                quote_identifier(info.full_name()));
            put_buckets(*w.buckets, &info.properties);
        }
    }
    session.platform().catalog().create_table(info);
}

void create_by_write(Session& session, const plan::Write& w, const resolved::PlanPtr& query,
    const session::TableKey& key) {
    std::string provider =
        w.source.empty() ? session.config().find("spark.sql.sources.default").value_or("parquet")
                         : w.source;
    if (w.source.empty() && session.config().all_set().count("spark.sql.sources.default") == 0)
        provider = "delta";
    provider = types::to_lower(provider);
    check_table_provider(provider, quote_identifier(key.parts()));
    bool is_python = session::find_python_source(session, provider) != nullptr;
    if (is_python && (!w.partition_by.empty() || w.buckets || !w.sort_by.empty()))
        throw unsupported_feature("partitioned tables of Python data sources");
    std::string path = find_option(w.options, "path");
    bool managed = path.empty();
    std::string location = managed ? managed_location(session, key) : normal_path(path);
    find_schema(session, {key.catalog, key.schema});
    if (provider == "delta") {
        check_delta_writer(w);
        auto create = new_table(session, w, query, location);
        create.shown_name = quote_if_needed(key.parts());
        create.is_managed = managed;
        create.operation = "CREATE TABLE AS SELECT";
        if (!managed && session.platform().delta_table(location)->exists()) {
            DeltaTarget target{session.platform().delta_table(location), std::nullopt,
                create.shown_name, key.parts()};
            create.options.overwrite = w.mode == plan::SaveMode::kOverwrite;
            write_to_delta(session, target, query, true, create.options);
        } else {
            create.replace = managed;  // what a dropped table left behind
            create_delta_table(session, create);
        }
    } else if (is_python) {
        write_to_python_source(session, provider, "", w.options, plan::SaveMode::kAppend, query);
    } else {
        FileWrite files{provider, location, w.options, w.partition_by, plan::SaveMode::kOverwrite,
            wanted_files(query)};
        write_files_to(session, query, files);
    }
    register_table(session, key, location, managed, provider, *query, w);
}

void replace_by_write(Session& session, const plan::Write& w, const resolved::PlanPtr& query,
    const catalog::TableInfo& info) {
    auto create = new_table(session, w, query, info.location);
    create.shown_name = quote_if_needed(info.full_name());
    create.is_managed = info.kind == catalog::TableKind::kManaged;
    create.operation = "CREATE OR REPLACE TABLE AS SELECT";
    create.replace = true;
    create_delta_table(session, create);
}

void check_provider(const plan::Write& w, const catalog::TableInfo& info) {
    if (info.kind == catalog::TableKind::kView) {
        throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            {{"viewName", quote_identifier(info.full_name())}, {"operation", "write"}});
    }
    if (!w.source.empty() && types::to_lower(w.source) != info.provider) {
        throw analysis_error(
            "TABLE_PROVIDER_MISMATCH", {{"tableName", quote_identifier(info.full_name())},
                                           {"provider", info.provider}, {"given", w.source}});
    }
}

void write_into(Session& session, const plan::Write& w, const resolved::PlanPtr& query,
    const catalog::TableInfo& info, bool by_name, bool overwrite) {
    check_provider(w, info);
    if (info.provider != "delta") {
        FileWrite files{info.provider, info.location, w.options, info.partition_columns,
            overwrite ? plan::SaveMode::kOverwrite : plan::SaveMode::kAppend, wanted_files(query)};
        for (const auto& [name, value] : info.options) files.options.emplace_back(name, value);
        auto coerced = session.analyzer()->coerce_for_insert(
            query, info.columns, by_name, quote_identifier(info.full_name()));
        if (write_to_python_source(session, info.provider, "", files.options, files.mode, coerced))
            return;
        write_files_to(session, coerced, files);
        return;
    }
    DeltaTarget target{session.platform().delta_table(info.location), info,
        quote_if_needed(info.full_name()), info.full_name()};
    auto options = delta_options(session, w, query);
    options.overwrite = overwrite;
    if (w.write_kind == plan::WriteKind::kOverwrite && w.overwrite_condition) {
        options.replace_where = w.overwrite_condition;
        options.replace_where_sql = "overwrite condition";
    }
    if (w.write_kind == plan::WriteKind::kOverwritePartitions) options.dynamic_partitions = true;
    write_to_delta(session, target, query, by_name, options);
}

void save_as_table(Session& session, const plan::Write& w, const resolved::PlanPtr& query,
    const session::TableKey& key, const std::optional<catalog::TableInfo>& info) {
    if (!info) return create_by_write(session, w, query, key);
    switch (w.mode) {
        case plan::SaveMode::kIgnore: return;
        case plan::SaveMode::kErrorIfExists:
            throw analysis_error(
                "TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(key.parts())}});
        case plan::SaveMode::kAppend: return write_into(session, w, query, *info, true, false);
        case plan::SaveMode::kOverwrite: break;
    }
    // Overwriting by saveAsTable replaces the table's definition.
    if (info->provider == "delta" && (w.source.empty() || types::to_lower(w.source) == "delta")) {
        bool replaces_rows = false;
        for (const char* option : {"replaceWhere", "replaceUsing", "replaceOn"})
            replaces_rows = replaces_rows || !find_option(w.options, option).empty();
        if (!replaces_rows) return replace_by_write(session, w, query, *info);
        return write_into(session, w, query, *info, true, true);
    }
    if (info->kind == catalog::TableKind::kManaged)
        storage::store_for(info->location)->remove_recursive(info->location);
    session.platform().catalog().drop_table(info->catalog, info->schema, info->name);
    create_by_write(session, w, query, key);
}

}  // namespace

Output write(Session& session, const plan::Write& w) {
    if (w.write_kind == plan::WriteKind::kSave) {
        save(session, w);
        return nullptr;
    }
    auto query = session.analyze(w.query);
    auto path = Session::path_table(w.table);
    if (path && path->first == "delta") {
        plan::Write to_path = w;
        to_path.path = path->second;
        bool overwrites = w.write_kind != plan::WriteKind::kAppend &&
                          w.write_kind != plan::WriteKind::kInsertInto;
        if (w.write_kind != plan::WriteKind::kSaveAsTable) {
            to_path.mode = overwrites ? plan::SaveMode::kOverwrite : plan::SaveMode::kAppend;
        }
        save_delta(session, to_path, query);
        return nullptr;
    }
    auto key = session.table_key(w.table);
    auto info = try_find_table(session, w.table);
    auto exists = [&] {
        return analysis_error(
            "TABLE_OR_VIEW_ALREADY_EXISTS", {{"relationName", quote_identifier(key.parts())}});
    };
    switch (w.write_kind) {
        case plan::WriteKind::kSaveAsTable: save_as_table(session, w, query, key, info); break;
        case plan::WriteKind::kCreate:
            if (info) throw exists();
            create_by_write(session, w, query, key);
            break;
        case plan::WriteKind::kCreateOrReplace:
            if (info && info->provider == "delta") {
                replace_by_write(session, w, query, *info);
            } else {
                create_by_write(session, w, query, key);
            }
            break;
        default: {
            if (!info) throw table_not_found(session, w.table);
            if (w.write_kind == plan::WriteKind::kReplace) {
                replace_by_write(session, w, query, *info);
                break;
            }
            bool by_name = w.write_kind != plan::WriteKind::kInsertInto;
            bool overwrite = w.write_kind == plan::WriteKind::kOverwrite ||
                             w.write_kind == plan::WriteKind::kOverwritePartitions ||
                             (w.write_kind == plan::WriteKind::kInsertInto &&
                                 w.mode == plan::SaveMode::kOverwrite);
            write_into(session, w, query, *info, by_name, overwrite);
        }
    }
    return nullptr;
}

}  // namespace hanok::commands
