// DESCRIBE HISTORY and DESCRIBE DETAIL.

#include "delta/history.h"

#include <set>

#include "commands/command.h"
#include "commands/names.h"
#include "commands/row_order.h"
#include "commands/rows.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/universal_format.h"
#include "iceberg/publish.h"
#include "storage/path.h"

namespace hanok::commands {

namespace {

using types::DataType;

types::Value map_value(const delta::StringMap& map) {
    types::Value::List list;
    for (const auto& [key, value] : map) {
        list.push_back(text(key));
        list.push_back(text(value));
    }
    return types::list_value(std::move(list));
}

types::Value optional_text(const std::optional<std::string>& s) { return s ? text(*s) : null(); }

types::Value list_of(const std::vector<std::string>& items) {
    types::Value::List list;
    for (const auto& item : items) list.push_back(text(item));
    return types::list_value(std::move(list));
}

// The table's properties, and what readers of Iceberg see of it.
delta::StringMap shown_properties(const delta::Snapshot& snapshot) {
    delta::StringMap out = snapshot.metadata().configuration;
    if (!delta::wants_iceberg(snapshot.metadata())) return out;
    auto published = iceberg::published(snapshot);
    if (!published) return out;
    out["delta_uniform.iceberg.metadata_location"] = storage::shown_path(
        published->metadata_location);
    out["delta_uniform.iceberg.converted_delta_version"] = std::to_string(published->delta_version);
    out["delta_uniform.iceberg.converted_delta_timestamp"] = std::to_string(
        published->delta_timestamp_ms);
    return out;
}

types::TypePtr string_map() { return DataType::map(DataType::string(), DataType::string()); }

}  // namespace

Output describe_history(Session& session, const plan::DescribeHistory& command) {
    auto target = delta_target(
        session, name_parts(session, command.name), command.path, "DESCRIBE HISTORY");
    auto s = DataType::string();
    auto job = DataType::struct_(
        {{"jobId", s, true, ""}, {"jobName", s, true, ""}, {"jobRunId", s, true, ""},
            {"runId", s, true, ""}, {"jobOwnerId", s, true, ""}, {"triggerType", s, true, ""}});
    auto notebook = DataType::struct_({{"notebookId", s, true, ""}});
    Rows rows({{"version", DataType::long_()}, {"timestamp", DataType::timestamp()}, {"userId", s},
        {"userName", s}, {"operation", s}, {"operationParameters", string_map()}, {"job", job},
        {"notebook", notebook}, {"clusterId", s}, {"readVersion", DataType::long_()},
        {"isolationLevel", s}, {"isBlindAppend", DataType::boolean()},
        {"operationMetrics", string_map()}, {"userMetadata", s}, {"engineInfo", s}});
    for (const auto& entry : delta::read_history(*target.table, command.limit)) {
        const auto& info = entry.info;
        rows.add({number(entry.version), number(entry.timestamp_ms * 1000),
            optional_text(info.user_id), optional_text(info.user_name),
            info.operation.empty() ? null() : text(info.operation),
            map_value(info.operation_parameters), null(), null(), optional_text(info.cluster_id),
            info.read_version ? number(*info.read_version) : null(),
            optional_text(info.isolation_level),
            info.is_blind_append ? flag(*info.is_blind_append) : null(),
            map_value(info.operation_metrics), optional_text(info.user_metadata),
            optional_text(info.engine_info)});
    }
    return std::move(rows).plan();
}

Output describe_detail(Session& session, const plan::DescribeDetail& command) {
    auto target = delta_target(
        session, name_parts(session, command.name), command.path, "DESCRIBE DETAIL");
    auto snapshot = target.table->snapshot();
    const auto& metadata = snapshot->metadata();
    auto s = DataType::string();
    auto strings = DataType::array(s);
    Rows rows({{"format", s}, {"id", s}, {"name", s}, {"description", s}, {"location", s},
        {"createdAt", DataType::timestamp()}, {"lastModified", DataType::timestamp()},
        {"partitionColumns", strings}, {"clusteringColumns", strings},
        {"numFiles", DataType::long_()}, {"sizeInBytes", DataType::long_()},
        {"properties", string_map()}, {"minReaderVersion", DataType::integer()},
        {"minWriterVersion", DataType::integer()}, {"tableFeatures", strings}});
    const auto& protocol = snapshot->protocol();
    std::set<std::string> features;
    for (const auto* list : {&protocol.reader_features, &protocol.writer_features}) {
        if (*list) features.insert((*list)->begin(), (*list)->end());
    }
    bool by_name = target.info.has_value();
    rows.add({text("delta"), text(metadata.id),
        by_name ? text(target.shown_name) : optional_text(metadata.name),
        optional_text(metadata.description), text(storage::shown_path(target.table->root())),
        metadata.created_time_ms ? number(*metadata.created_time_ms * 1000) : null(),
        number(snapshot->timestamp_ms() * 1000), list_of(metadata.partition_columns),
        list_of(clustering_names(*snapshot)),
        number(snapshot->counts().files), number(snapshot->size_bytes()),
        map_value(shown_properties(*snapshot)), number(protocol.min_reader_version),
        number(protocol.min_writer_version), list_of({features.begin(), features.end()})});
    return std::move(rows).plan();
}

}  // namespace hanok::commands
