// Writing actions, fields in the order the protocol's document lists them.

#include <nlohmann/json.hpp>

#include "delta/action_json.h"

namespace hanok::delta {

namespace {

using Json = nlohmann::ordered_json;

std::string line(const char* name, Json body) {
    Json json;
    json[name] = std::move(body);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json map_json(const StringMap& map) {
    Json json = Json::object();
    for (const auto& [key, value] : map) json[key] = value;
    return json;
}

Json partition_json(const PartitionValues& values) {
    Json json = Json::object();
    for (const auto& [name, value] : values) json[name] = value ? Json(*value) : Json(nullptr);
    return json;
}

template <class T>
void set(Json& json, const char* key, const std::optional<T>& value) {
    if (value) json[key] = *value;
}

void set_raw(Json& json, const char* key, const std::optional<std::string>& text) {
    if (text) json[key] = Json::parse(*text, nullptr, false);
}

void set_deletion_vector(Json& json, const std::optional<DeletionVectorDescriptor>& dv) {
    if (!dv) return;
    Json& out = json["deletionVector"];
    out["storageType"] = dv->storage_type;
    out["pathOrInlineDv"] = dv->path_or_inline_dv;
    set(out, "offset", dv->offset);
    out["sizeInBytes"] = dv->size_bytes;
    out["cardinality"] = dv->cardinality;
}

}  // namespace

std::string to_json(const CommitInfo& info) {
    Json json = Json::object();
    set(json, "inCommitTimestamp", info.in_commit_timestamp_ms);
    set(json, "timestamp", info.timestamp_ms);
    set(json, "userId", info.user_id);
    set(json, "userName", info.user_name);
    json["operation"] = info.operation;
    json["operationParameters"] = map_json(info.operation_parameters);
    set_raw(json, "job", info.job_json);
    set_raw(json, "notebook", info.notebook_json);
    set(json, "clusterId", info.cluster_id);
    set(json, "readVersion", info.read_version);
    set(json, "isolationLevel", info.isolation_level);
    set(json, "isBlindAppend", info.is_blind_append);
    if (!info.operation_metrics.empty())
        json["operationMetrics"] = map_json(info.operation_metrics);
    set(json, "userMetadata", info.user_metadata);
    if (!info.tags.empty()) json["tags"] = map_json(info.tags);
    set(json, "engineInfo", info.engine_info);
    set(json, "txnId", info.txn_id);
    return line("commitInfo", std::move(json));
}

std::string to_json(const Protocol& protocol) {
    Json json;
    json["minReaderVersion"] = protocol.min_reader_version;
    json["minWriterVersion"] = protocol.min_writer_version;
    set(json, "readerFeatures", protocol.reader_features);
    set(json, "writerFeatures", protocol.writer_features);
    return line("protocol", std::move(json));
}

std::string to_json(const Metadata& metadata) {
    Json json;
    json["id"] = metadata.id;
    set(json, "name", metadata.name);
    set(json, "description", metadata.description);
    json["format"] = {
        {"provider", metadata.format_provider}, {"options", map_json(metadata.format_options)}};
    json["schemaString"] = metadata.schema_string;
    json["partitionColumns"] = metadata.partition_columns;
    json["configuration"] = map_json(metadata.configuration);
    set(json, "createdTime", metadata.created_time_ms);
    return line("metaData", std::move(json));
}

std::string to_json(const AddFile& add) {
    Json json;
    json["path"] = add.path;
    json["partitionValues"] = partition_json(add.partition_values);
    json["size"] = add.size_bytes;
    json["modificationTime"] = add.modification_time_ms;
    json["dataChange"] = add.data_change;
    if (!add.stats.empty()) json["stats"] = add.stats;
    if (!add.tags.empty()) json["tags"] = map_json(add.tags);
    set_deletion_vector(json, add.deletion_vector);
    set(json, "baseRowId", add.base_row_id);
    set(json, "defaultRowCommitVersion", add.default_row_commit_version);
    set(json, "clusteringProvider", add.clustering_provider);
    return line("add", std::move(json));
}

std::string to_json(const RemoveFile& remove) {
    Json json;
    json["path"] = remove.path;
    set(json, "deletionTimestamp", remove.deletion_timestamp_ms);
    json["dataChange"] = remove.data_change;
    if (remove.extended_file_metadata) {
        json["extendedFileMetadata"] = true;
        json["partitionValues"] = partition_json(remove.partition_values);
        set(json, "size", remove.size_bytes);
        if (!remove.tags.empty()) json["tags"] = map_json(remove.tags);
    }
    if (!remove.stats.empty()) json["stats"] = remove.stats;
    set_deletion_vector(json, remove.deletion_vector);
    set(json, "baseRowId", remove.base_row_id);
    set(json, "defaultRowCommitVersion", remove.default_row_commit_version);
    return line("remove", std::move(json));
}

std::string to_json(const CdcFile& cdc) {
    Json json;
    json["path"] = cdc.path;
    json["partitionValues"] = partition_json(cdc.partition_values);
    json["size"] = cdc.size_bytes;
    json["dataChange"] = false;
    if (!cdc.tags.empty()) json["tags"] = map_json(cdc.tags);
    return line("cdc", std::move(json));
}

std::string to_json(const SetTransaction& transaction) {
    Json json;
    json["appId"] = transaction.app_id;
    json["version"] = transaction.version;
    set(json, "lastUpdated", transaction.last_updated_ms);
    return line("txn", std::move(json));
}

std::string to_json(const DomainMetadata& domain) {
    Json json;
    json["domain"] = domain.domain;
    json["configuration"] = domain.configuration;
    json["removed"] = domain.removed;
    return line("domainMetadata", std::move(json));
}

std::string to_json(const Sidecar& sidecar) {
    Json json;
    json["path"] = sidecar.path;
    json["sizeInBytes"] = sidecar.size_bytes;
    json["modificationTime"] = sidecar.modification_time_ms;
    return line("sidecar", std::move(json));
}

std::string to_ndjson(const CommitActions& actions) {
    std::string out;
    auto append = [&](const auto& action) {
        out += to_json(action);
        out += '\n';
    };
    if (actions.commit_info) append(*actions.commit_info);
    if (actions.v2_checkpoint_version) {
        out += line("checkpointMetadata", {{"version", *actions.v2_checkpoint_version}});
        out += '\n';
    }
    if (actions.protocol) append(*actions.protocol);
    if (actions.metadata) append(*actions.metadata);
    for (const auto& transaction : actions.transactions) append(transaction);
    for (const auto& domain : actions.domains) append(domain);
    for (const auto& remove : actions.removes) append(remove);
    for (const auto& add : actions.adds) append(add);
    for (const auto& cdc : actions.cdc_files) append(cdc);
    for (const auto& sidecar : actions.sidecars) append(sidecar);
    return out;
}

}  // namespace hanok::delta
