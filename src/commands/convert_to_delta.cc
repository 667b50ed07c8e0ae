// CONVERT TO DELTA: a log over the Parquet files of a folder, which stay where they are.

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_predicate.h"
#include "commands/delta_write.h"
#include "commands/file_statistics.h"
#include "commands/rows.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/scan_sources.h"
#include "session/data_files.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

using types::DataType;

struct Source {
    std::string folder;
    std::string shown_name;
    std::optional<catalog::TableInfo> info;
    types::TypePtr columns;     // null: as the files say
    types::TypePtr partitions;  // struct, maybe empty
    bool is_delta = false;
};

types::TypePtr partitions_of(const catalog::TableInfo& info, const types::TypePtr& given) {
    types::Fields fields;
    for (const auto& name : info.partition_columns) {
        int i = info.columns->field_index(name);
        if (i >= 0) fields.push_back(info.columns->fields()[static_cast<size_t>(i)]);
    }
    auto known = DataType::struct_(std::move(fields));
    if (given && !given->same_type(*known)) {
        throw analysis_error("DELTA_UNEXPECTED_PARTITION_SCHEMA_FROM_USER",
            {{"catalogPartitionSchema", known->ddl()}, {"userPartitionSchema", given->ddl()}});
    }
    return known;
}

Source find_source(Session& session, const plan::ConvertToDelta& command) {
    auto name = name_parts(session, command.name);
    Source source;
    source.partitions = command.partition_schema ? command.partition_schema : DataType::struct_({});
    if (auto path = Session::path_table(name)) {
        source.folder = normal_path(path->second);
        source.shown_name = path->first + ".`" + source.folder + "`";
        if (path->first != "parquet" && path->first != "delta") {
            throw analysis_error("DELTA_CONVERT_NON_PARQUET_TABLE",
                {{"sourceName", path->first}, {"tableId", source.shown_name}});
        }
        source.is_delta = session.platform().delta_table(source.folder)->exists();
        return source;
    }
    source.info = find_table(session, name);
    source.shown_name = quote_if_needed(source.info->full_name());
    if (source.info->kind == catalog::TableKind::kView) {
        throw analysis_error("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            {{"viewName", quote_identifier(source.info->full_name())},
                {"operation", "CONVERT TO DELTA"}});
    }
    source.folder = source.info->location;
    source.is_delta = source.info->provider == "delta";
    if (source.is_delta) return source;
    if (source.info->provider != "parquet") {
        throw analysis_error("DELTA_CONVERT_NON_PARQUET_TABLE",
            {{"sourceName", source.info->provider}, {"tableId", source.shown_name}});
    }
    source.columns = source.info->columns;
    source.partitions = partitions_of(*source.info, command.partition_schema);
    return source;
}

std::string names_of(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

// Every file below the folder, with the values that its folders give.
std::shared_ptr<const engine::FileScanSource> find_files(Session& session, const Source& source) {
    auto store = storage::store_for(source.folder);
    if (!store->head(source.folder))
        throw analysis_error("DELTA_PATH_DOES_NOT_EXIST", {{"path", source.folder}});
    session::DataFilesRequest request;
    request.format = "parquet";
    request.paths = {source.folder};
    request.options = {{"recursiveFileLookup", "true"}, {"mergeSchema", "true"}};
    request.schema = source.columns;
    request.description = source.shown_name;
    request.allow_missing = true;
    try {
        auto found = session::scan_data_files(session, request);
        auto files = std::static_pointer_cast<const engine::FileScanSource>(found);
        if (!files->files.empty()) return files;
    } catch (const Error& error) {
        if (error.condition() != "UNABLE_TO_INFER_SCHEMA") throw;
    }
    throw runtime_error("DELTA_EMPTY_DIRECTORY", {{"directory", source.folder}});
}

// The folders must name the partition columns that were asked for, in that order.
void check_folders(const engine::FileScanSource& files, const types::Fields& expected) {
    std::vector<std::string> names;
    for (const auto& field : expected) names.push_back(field.name);
    const auto& parsed = files.partition_columns;
    if (parsed.size() != names.size()) {
        throw analysis_error("DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME",
            {{"expectedColsSize", std::to_string(names.size())}, {"expectedCols", names_of(names)},
                {"parsedColsSize", std::to_string(parsed.size())}, {"parsedCols", names_of(parsed)},
                {"path", files.files[0].path}});
    }
    for (size_t i = 0; i < names.size(); ++i) {
        if (types::names_equal(names[i], parsed[i])) continue;
        throw analysis_error("DELTA_UNEXPECTED_PARTITION_COLUMN_FROM_FILE_NAME",
            {{"expectedCol", names[i]}, {"parsedCol", parsed[i]}, {"path", files.files[0].path}});
    }
}

types::TypePtr table_schema(const engine::FileScanSource& files, const types::Fields& partitions) {
    auto fields = files.data_schema->fields();
    for (const auto& field : partitions) fields.push_back({field.name, field.type, true, ""});
    return DataType::struct_(std::move(fields));
}

delta::PartitionValues typed_values(
    Session& session, const engine::FileScanSource::File& file, const types::Fields& partitions) {
    delta::PartitionValues out;
    std::string zone = session.query_context().time_zone;
    for (size_t i = 0; i < partitions.size(); ++i) {
        const auto& text = file.partition_values[i];
        const auto& type = *partitions[i].type;
        auto value = delta::parse_partition_value(text, type, zone);
        if (value.is_null() && text) {
            throw runtime_error(
                "DELTA_FAILED_CAST_PARTITION_VALUE", {{"value", *text}, {"dataType", type.sql()}});
        }
        out.emplace_back(partitions[i].name, delta::format_partition_value(value, type));
    }
    return out;
}

std::vector<delta::AddFile> add_actions(Session& session, const Source& source,
    const engine::FileScanSource& files, const types::Fields& partitions) {
    std::vector<delta::AddFile> out;
    for (const auto& file : files.files) {
        delta::AddFile add;
        add.path = storage::uri_encode_path(file.path.substr(source.folder.size() + 1));
        add.partition_values = typed_values(session, file, partitions);
        add.size_bytes = file.size_bytes;
        add.modification_time_ms = file.modified_ms;
        out.push_back(std::move(add));
    }
    return out;
}

void collect_statistics(Session& session,
    const std::shared_ptr<const engine::FileScanSource>& files, const delta::Metadata& metadata,
    const types::TypePtr& schema, std::vector<delta::AddFile>* adds) {
    auto scan = std::make_shared<resolved::Scan>();
    auto typed = std::make_shared<engine::FileScanSource>(*files);
    types::Fields data = files->data_schema->fields();
    typed->schema = schema;
    scan->source = typed;
    scan->output = table_attributes(*DataType::struct_(data), {});
    for (const auto& field : data) scan->columns.push_back(field.name);
    auto by_path = statistics_by_file(session, scan, delta::stats_columns(metadata, schema));
    for (size_t i = 0; i < adds->size(); ++i) {
        auto found = by_path.find(files->files[i].path);
        (*adds)[i].stats = found == by_path.end() ? delta::stats_json(0, {}, {}) : found->second;
    }
}

Output answer(const plan::ConvertToDelta& command, const std::string& name) {
    if (!command.answers_name) return nullptr;
    Rows rows({{"identifier", DataType::string()}});
    rows.add({text(name)});
    return std::move(rows).plan();
}

void commit(Session& session, const Source& source, const plan::ConvertToDelta& command,
    const delta::Metadata& metadata, std::vector<delta::AddFile> adds) {
    auto table = session.platform().delta_table(source.folder);
    auto transaction = delta::Transaction::start(table, nullptr);
    transaction->update_metadata(metadata);
    auto number_of_files = static_cast<int64_t>(adds.size());
    for (auto& add : adds) transaction->add_file(std::move(add));
    std::map<std::string, std::string> parameters = {{"numFiles", std::to_string(number_of_files)},
        {"partitionedBy", json_list(metadata.partition_columns)},
        {"collectStats", command.no_statistics ? "false" : "true"}, {"sourceFormat", "parquet"}};
    if (source.info) parameters["catalogTable"] = source.shown_name;
    transaction->set_operation("CONVERT", parameters);
    transaction->set_metric("numConvertedFiles", number_of_files);
    sign(session, *transaction);
    transaction->commit_or_throw();
}

}  // namespace

Output convert_to_delta(Session& session, const plan::ConvertToDelta& command) {
    auto source = find_source(session, command);
    std::string name = source.info ? source.shown_name : "delta.`" + source.folder + "`";
    if (source.is_delta) return answer(command, name);
    auto files = find_files(session, source);
    const auto& partitions = source.partitions->fields();
    check_folders(*files, partitions);
    auto schema = table_schema(*files, partitions);
    std::vector<std::string> partition_by;
    for (const auto& field : partitions) partition_by.push_back(field.name);
    std::map<std::string, std::string> properties;
    if (source.info) properties = source.info->properties;
    auto metadata = new_metadata(session, schema, partition_by, properties,
        source.info ? source.info->comment : std::nullopt);
    auto adds = add_actions(session, source, *files, partitions);
    if (!command.no_statistics) collect_statistics(session, files, metadata, schema, &adds);
    commit(session, source, command, metadata, std::move(adds));
    if (source.info) {
        auto info = *source.info;
        info.provider = "delta";
        info.columns = nullptr;
        info.partition_columns.clear();
        info.options.clear();
        session.platform().catalog().update_table(info);
    }
    return answer(command, name);
}

}  // namespace hanok::commands
