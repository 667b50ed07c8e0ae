#include "commands/file_write.h"

#include <set>

#include "base/error.h"
#include "commands/jdbc_write.h"
#include "engine/engine.h"
#include "engine/observed_scope.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

void check_format(const std::string& format) {
    static const std::set<std::string> known = {
        "parquet", "csv", "json", "text", "avro", "orc", "xml"};
    static const std::set<std::string> later = {"binaryfile", "iceberg"};
    if (later.contains(format)) throw unsupported_feature("writing " + format);
    if (!known.contains(format))
        throw analysis_error("DATA_SOURCE_NOT_FOUND", {{"provider", format}});
}

void check_column_names(const resolved::Plan& plan, bool case_sensitive) {
    std::set<std::string> seen;
    for (const auto& a : plan.output) {
        auto name = case_sensitive ? a.name : types::to_lower(a.name);
        if (seen.insert(name).second) continue;
        throw analysis_error("COLUMN_ALREADY_EXISTS", {{"columnName", quote_identifier(name)}});
    }
}

// The source that writes nothing: the rows are computed, as for any other.
void drop_rows(session::Session& session, const resolved::PlanPtr& plan, const FileWrite& write) {
    bool ignores = write.mode == plan::SaveMode::kIgnore;
    if (ignores || write.mode == plan::SaveMode::kErrorIfExists) {
        throw analysis_error("UNSUPPORTED_DATA_SOURCE_SAVE_MODE",
            {{"source", write.format},
                {"createMode", ignores ? "\"Ignore\"" : "\"ErrorIfExists\""}});
    }
    if (!write.partition_by.empty())
        throw Error(ErrorKind::kIllegalArgument, "UNSUPPORTED_FEATURE.HANOK",
            {{"feature", "partitionBy with the noop source"}});
    auto rows = session.execute(session.use_cache(plan));
    while (rows->next()) {}
    engine::ObservedScope::note(rows->observed());
}

}  // namespace

void check_table_provider(const std::string& provider, const std::string& table) {
    if (provider != "noop") return;
    throw Error(ErrorKind::kUnsupportedOperation,
        "CANNOT_CREATE_DATA_SOURCE_TABLE.EXTERNAL_METADATA_UNSUPPORTED",
        {{"tableName", table}, {"provider", provider}});
}

void write_files_to(
    session::Session& session, const resolved::PlanPtr& plan, const FileWrite& write) {
    if (write.format == "jdbc") return write_to_database(session, plan, write);
    if (write.format == "noop") return drop_rows(session, plan, write);
    check_format(write.format);
    if (write.folder.empty()) {
        throw Error(ErrorKind::kIllegalArgument, "UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY",
            {{"dataSourceType", write.format}});
    }
    auto store = storage::store_for(write.folder);
    auto old = store->list_recursive(write.folder);
    if (store->head(write.folder)) {
        if (write.mode == plan::SaveMode::kIgnore) return;
        if (write.mode == plan::SaveMode::kErrorIfExists) {
            throw analysis_error(
                "PATH_ALREADY_EXISTS", {{"outputPath", storage::shown_path(write.folder)}});
        }
    }
    for (const auto& name : write.partition_by) {
        bool found = false;
        for (const auto& a : plan->output) found = found || types::names_equal(a.name, name);
        if (!found) {
            throw analysis_error("PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA",
                {{"column", name}, {"schema", resolved::output_schema(*plan)->simple_string()}});
        }
    }
    if (!write.partition_by.empty() && write.partition_by.size() == plan->output.size())
        throw analysis_error("ALL_PARTITION_COLUMNS_NOT_ALLOWED");
    check_column_names(*plan, session.config().find("spark.sql.caseSensitive") == "true");
    engine::WriteSpec spec;
    spec.format = write.format;
    spec.folder = write.folder;
    spec.partition_columns = write.partition_by;
    spec.num_files = write.num_files;
    for (const auto& [name, value] : write.options) {
        std::string key = types::to_lower(name);
        if (key == "path") continue;
        if (key == "maxrecordsperfile") {
            spec.max_records_per_file = std::atoll(value.c_str());
        } else {
            spec.options[key] = value;
        }
    }
    store->make_directory(write.folder);
    session.platform().engine().write(session.use_cache(plan), spec, session.query_context());
    if (write.mode == plan::SaveMode::kOverwrite) {
        for (const auto& file : old) {
            if (!file.is_directory) store->remove(file.path);
        }
    }
    store->put(storage::join_path(write.folder, "_SUCCESS"), "");
    session.platform().data_changes().note(write.folder);
}

}  // namespace hanok::commands
