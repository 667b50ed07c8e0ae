#include "iceberg/table_metadata_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace hanok::iceberg {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 100;

Json type_json(const Type& type);

Json fields_json(const std::vector<Field>& fields) {
    Json out = Json::array();
    for (const Field& field : fields) {
        Json one = {{"id", field.id}, {"name", field.name}, {"required", field.is_required},
            {"type", type_json(*field.type)}};
        if (!field.doc.empty()) one["doc"] = field.doc;
        out.push_back(std::move(one));
    }
    return out;
}

Json type_json(const Type& type) {
    const std::vector<Field>& fields = type.fields;
    switch (type.kind) {
        case TypeKind::kPrimitive: return type.primitive;
        case TypeKind::kStruct: return {{"type", "struct"}, {"fields", fields_json(fields)}};
        case TypeKind::kList:
            return {{"type", "list"}, {"element-id", fields[0].id},
                {"element-required", fields[0].is_required},
                {"element", type_json(*fields[0].type)}};
        case TypeKind::kMap:
            return {{"type", "map"}, {"key-id", fields[0].id}, {"key", type_json(*fields[0].type)},
                {"value-id", fields[1].id}, {"value-required", fields[1].is_required},
                {"value", type_json(*fields[1].type)}};
    }
    return {};
}

Json json_of(const Schema& schema) {
    return {{"type", "struct"}, {"schema-id", schema.id}, {"fields", fields_json(schema.fields)}};
}

Json json_of(const std::vector<PartitionField>& fields) {
    Json out = Json::array();
    for (const PartitionField& field : fields) {
        out.push_back({{"source-id", field.source_id}, {"field-id", field.field_id},
            {"name", field.name}, {"transform", field.transform}});
    }
    return out;
}

Json json_of(const Snapshot& snapshot) {
    Json out = {{"snapshot-id", snapshot.id}, {"sequence-number", snapshot.sequence_number},
        {"timestamp-ms", snapshot.timestamp_ms}, {"manifest-list", snapshot.manifest_list},
        {"summary", snapshot.summary}};
    if (snapshot.parent_id) out["parent-snapshot-id"] = *snapshot.parent_id;
    if (snapshot.schema_id) out["schema-id"] = *snapshot.schema_id;
    return out;
}

// Reads; what is missing or of another kind throws nlohmann's exceptions.
TypePtr read_type(const Json& json, int depth);

std::vector<Field> read_fields(const Json& json, int depth) {
    std::vector<Field> out;
    for (const Json& one : json) {
        if (one.contains("initial-default") && !one["initial-default"].is_null())
            throw unsupported_feature("default values of Iceberg columns");
        out.push_back({one.at("id").get<int32_t>(), one.at("name").get<std::string>(),
            one.value("required", false), read_type(one.at("type"), depth),
            one.value("doc", std::string())});
    }
    return out;
}

TypePtr read_type(const Json& json, int depth) {
    if (json.is_string()) return primitive_type(json.get<std::string>());
    if (depth > kMaxDepth) throw std::out_of_range("a type is nested too deep");
    Type out;
    auto kind = json.at("type").get<std::string>();
    if (kind == "struct") {
        out.kind = TypeKind::kStruct;
        out.fields = read_fields(json.at("fields"), depth + 1);
    } else if (kind == "list") {
        out.kind = TypeKind::kList;
        out.fields.push_back({json.at("element-id").get<int32_t>(), "element",
            json.value("element-required", false), read_type(json.at("element"), depth + 1)});
    } else if (kind == "map") {
        out.kind = TypeKind::kMap;
        out.fields.push_back(
            {json.at("key-id").get<int32_t>(), "key", true, read_type(json.at("key"), depth + 1)});
        out.fields.push_back({json.at("value-id").get<int32_t>(), "value",
            json.value("value-required", false), read_type(json.at("value"), depth + 1)});
    } else {
        throw std::out_of_range("unknown type " + kind);
    }
    return std::make_shared<const Type>(std::move(out));
}

Schema read_schema(const Json& json) {
    return {json.value("schema-id", 0), read_fields(json.at("fields"), 0)};
}

std::vector<PartitionField> read_partition_fields(const Json& json) {
    std::vector<PartitionField> out;
    int32_t next = 1000;
    for (const Json& one : json) {
        int32_t id = one.value("field-id", next);
        next = id + 1;
        out.push_back({one.at("source-id").get<int32_t>(), id, one.at("name").get<std::string>(),
            one.at("transform").get<std::string>()});
    }
    return out;
}

Snapshot read_snapshot(const Json& json) {
    Snapshot out;
    out.id = json.at("snapshot-id").get<int64_t>();
    if (json.contains("parent-snapshot-id") && !json["parent-snapshot-id"].is_null())
        out.parent_id = json["parent-snapshot-id"].get<int64_t>();
    out.sequence_number = json.value("sequence-number", int64_t{0});
    out.timestamp_ms = json.at("timestamp-ms").get<int64_t>();
    out.manifest_list = json.value("manifest-list", std::string());
    if (json.contains("manifests"))
        out.manifests = json["manifests"].get<std::vector<std::string>>();
    if (json.contains("summary")) out.summary = json["summary"].get<Properties>();
    if (json.contains("schema-id")) out.schema_id = json["schema-id"].get<int32_t>();
    return out;
}

void read_schemas(const Json& json, TableMetadata* out) {
    if (json.contains("schemas")) {
        for (const Json& one : json["schemas"]) out->schemas.push_back(read_schema(one));
        out->current_schema_id = json.at("current-schema-id").get<int32_t>();
    } else {
        out->schemas.push_back(read_schema(json.at("schema")));
        out->current_schema_id = out->schemas[0].id;
    }
    if (json.contains("partition-specs")) {
        for (const Json& one : json["partition-specs"]) {
            out->specs.push_back(
                {one.at("spec-id").get<int32_t>(), read_partition_fields(one.at("fields"))});
        }
        out->default_spec_id = json.at("default-spec-id").get<int32_t>();
    } else {
        out->specs.push_back({0, read_partition_fields(json.at("partition-spec"))});
    }
}

void read_history(const Json& json, TableMetadata* out) {
    if (json.contains("snapshots")) {
        for (const Json& one : json["snapshots"]) out->snapshots.push_back(read_snapshot(one));
    }
    if (json.contains("current-snapshot-id") && !json["current-snapshot-id"].is_null()) {
        auto id = json["current-snapshot-id"].get<int64_t>();
        if (id >= 0) out->current_snapshot_id = id;
    }
    if (json.contains("snapshot-log")) {
        for (const Json& one : json["snapshot-log"]) {
            out->snapshot_log.push_back(
                {one.at("timestamp-ms").get<int64_t>(), one.at("snapshot-id").get<int64_t>()});
        }
    }
    if (json.contains("metadata-log")) {
        for (const Json& one : json["metadata-log"]) {
            out->metadata_log.push_back({one.at("timestamp-ms").get<int64_t>(),
                one.at("metadata-file").get<std::string>()});
        }
    }
    if (!json.contains("refs")) return;
    for (const auto& [name, one] : json["refs"].items()) {
        out->refs[name] = {
            one.at("snapshot-id").get<int64_t>(), one.value("type", std::string("branch"))};
    }
}

TableMetadata read_all(const Json& json) {
    TableMetadata out;
    out.format_version = json.at("format-version").get<int32_t>();
    if (out.format_version < 1 || out.format_version > 3)
        throw std::out_of_range("format version " + std::to_string(out.format_version));
    out.uuid = json.value("table-uuid", std::string());
    out.location = json.at("location").get<std::string>();
    out.last_sequence_number = json.value("last-sequence-number", int64_t{0});
    out.last_updated_ms = json.at("last-updated-ms").get<int64_t>();
    out.last_column_id = json.value("last-column-id", 0);
    out.last_partition_id = json.value("last-partition-id", 999);
    if (json.contains("properties")) out.properties = json["properties"].get<Properties>();
    read_schemas(json, &out);
    read_history(json, &out);
    return out;
}

}  // namespace

TableMetadata read_table_metadata(const std::string& text, const std::string& path) {
    try {
        return read_all(Json::parse(text));
    } catch (const Error&) {
        throw;
    } catch (const std::exception& e) {
        throw runtime_error("ICEBERG_INVALID_METADATA", {{"path", path}, {"reason", e.what()}});
    }
}

std::string table_metadata_json(const TableMetadata& metadata) {
    Json out = {{"format-version", metadata.format_version}, {"table-uuid", metadata.uuid},
        {"location", metadata.location}, {"last-sequence-number", metadata.last_sequence_number},
        {"last-updated-ms", metadata.last_updated_ms}, {"last-column-id", metadata.last_column_id},
        {"current-schema-id", metadata.current_schema_id}};
    out["schemas"] = Json::array();
    for (const Schema& schema : metadata.schemas) out["schemas"].push_back(json_of(schema));
    out["default-spec-id"] = metadata.default_spec_id;
    out["partition-specs"] = Json::array();
    for (const PartitionSpec& spec : metadata.specs)
        out["partition-specs"].push_back({{"spec-id", spec.id}, {"fields", json_of(spec.fields)}});
    out["last-partition-id"] = metadata.last_partition_id;
    out["default-sort-order-id"] = 0;
    out["sort-orders"] = Json::array({Json{{"order-id", 0}, {"fields", Json::array()}}});
    out["properties"] = metadata.properties;
    if (metadata.current_snapshot_id) out["current-snapshot-id"] = *metadata.current_snapshot_id;
    out["refs"] = Json::object();
    for (const auto& [name, ref] : metadata.refs)
        out["refs"][name] = {{"snapshot-id", ref.snapshot_id}, {"type", ref.type}};
    out["snapshots"] = Json::array();
    for (const Snapshot& snapshot : metadata.snapshots)
        out["snapshots"].push_back(json_of(snapshot));
    out["snapshot-log"] = Json::array();
    for (const SnapshotLogEntry& entry : metadata.snapshot_log)
        out["snapshot-log"].push_back(
            {{"timestamp-ms", entry.timestamp_ms}, {"snapshot-id", entry.snapshot_id}});
    out["metadata-log"] = Json::array();
    for (const MetadataLogEntry& entry : metadata.metadata_log)
        out["metadata-log"].push_back(
            {{"timestamp-ms", entry.timestamp_ms}, {"metadata-file", entry.path}});
    return out.dump(2);
}

std::string schema_json(const Schema& schema) { return json_of(schema).dump(); }

std::string partition_fields_json(const PartitionSpec& spec) { return json_of(spec.fields).dump(); }

}  // namespace hanok::iceberg
