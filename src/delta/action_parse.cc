// Reading actions: one simdjson pass over each line, fields in any order.

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "delta/action_json.h"
#include "delta/packed_files.h"

namespace hanok::delta {

namespace {

namespace ondemand = simdjson::ondemand;
using Json = ondemand::value;

bool is_null(Json& json) { return json.type() == ondemand::json_type::null; }

// The text of a string; the JSON text of anything else.
std::string text_of(Json json) {
    if (json.type() == ondemand::json_type::string)
        return std::string(std::string_view(json.get_string()));
    std::string_view raw = simdjson::to_json_string(json).value();
    return std::string(raw);
}

int64_t int_of(Json json) {
    if (json.type() == ondemand::json_type::string)
        return std::stoll(std::string(std::string_view(json.get_string())));
    ondemand::number number = json.get_number();
    if (number.is_double()) return static_cast<int64_t>(number.get_double());
    if (number.is_uint64()) return static_cast<int64_t>(number.get_uint64());
    return number.get_int64();
}

bool bool_of(Json json) {
    if (json.type() == ondemand::json_type::string)
        return std::string_view(json.get_string()) == "true";
    return json.get_bool();
}

// Calls visit(key, value) for every field that is not null.
template <class Visit>
void for_fields(Json json, Visit visit) {
    ondemand::object object = json.get_object();
    for (auto field : object) {
        std::string_view key = field.unescaped_key();
        Json value = field.value();
        if (!is_null(value)) visit(key, value);
    }
}

StringMap string_map(Json json) {
    StringMap map;
    for_fields(json, [&](std::string_view key, Json value) {
        map.insert_or_assign(std::string(key), text_of(value));
    });
    return map;
}

std::vector<std::string> string_list(Json json) {
    std::vector<std::string> list;
    for (Json element : json.get_array()) list.push_back(text_of(element));
    return list;
}

PartitionValues partition_values(Json json) {
    PartitionValues values;
    ondemand::object object = json.get_object();
    for (auto field : object) {
        std::string key(std::string_view(field.unescaped_key()));
        Json value = field.value();
        std::optional<std::string> text;
        if (!is_null(value)) text = text_of(value);
        values.emplace_back(std::move(key), std::move(text));
    }
    return values;
}

DeletionVectorDescriptor deletion_vector(Json json) {
    DeletionVectorDescriptor dv;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "storageType") dv.storage_type = text_of(value);
        if (key == "pathOrInlineDv") dv.path_or_inline_dv = text_of(value);
        if (key == "offset") dv.offset = static_cast<int32_t>(int_of(value));
        if (key == "sizeInBytes") dv.size_bytes = static_cast<int32_t>(int_of(value));
        if (key == "cardinality") dv.cardinality = int_of(value);
    });
    return dv;
}

AddFile parse_add(Json json, const ParseOptions& options) {
    AddFile add;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "path")
            add.path = text_of(value);
        else if (key == "partitionValues")
            add.partition_values = partition_values(value);
        else if (key == "size")
            add.size_bytes = int_of(value);
        else if (key == "modificationTime")
            add.modification_time_ms = int_of(value);
        else if (key == "dataChange")
            add.data_change = bool_of(value);
        else if (key == "stats" && options.stats)
            add.stats = text_of(value);
        else if (key == "tags")
            add.tags = string_map(value);
        else if (key == "deletionVector")
            add.deletion_vector = deletion_vector(value);
        else if (key == "baseRowId")
            add.base_row_id = int_of(value);
        else if (key == "defaultRowCommitVersion")
            add.default_row_commit_version = int_of(value);
        else if (key == "clusteringProvider")
            add.clustering_provider = text_of(value);
    });
    return add;
}

RemoveFile parse_remove(Json json, const ParseOptions& options) {
    RemoveFile remove;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "path")
            remove.path = text_of(value);
        else if (key == "deletionTimestamp")
            remove.deletion_timestamp_ms = int_of(value);
        else if (key == "dataChange")
            remove.data_change = bool_of(value);
        else if (key == "extendedFileMetadata")
            remove.extended_file_metadata = bool_of(value);
        else if (key == "partitionValues")
            remove.partition_values = partition_values(value);
        else if (key == "size")
            remove.size_bytes = int_of(value);
        else if (key == "stats" && options.stats)
            remove.stats = text_of(value);
        else if (key == "tags")
            remove.tags = string_map(value);
        else if (key == "deletionVector")
            remove.deletion_vector = deletion_vector(value);
        else if (key == "baseRowId")
            remove.base_row_id = int_of(value);
        else if (key == "defaultRowCommitVersion")
            remove.default_row_commit_version = int_of(value);
    });
    return remove;
}

Metadata parse_metadata(Json json) {
    Metadata metadata;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "id")
            metadata.id = text_of(value);
        else if (key == "name")
            metadata.name = text_of(value);
        else if (key == "description")
            metadata.description = text_of(value);
        else if (key == "schemaString")
            metadata.schema_string = text_of(value);
        else if (key == "partitionColumns")
            metadata.partition_columns = string_list(value);
        else if (key == "createdTime")
            metadata.created_time_ms = int_of(value);
        else if (key == "configuration")
            metadata.configuration = string_map(value);
        else if (key == "format") {
            for_fields(value, [&](std::string_view inner, Json part) {
                if (inner == "provider") metadata.format_provider = text_of(part);
                if (inner == "options") metadata.format_options = string_map(part);
            });
        }
    });
    return metadata;
}

Protocol parse_protocol(Json json) {
    Protocol protocol;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "minReaderVersion")
            protocol.min_reader_version = static_cast<int>(int_of(value));
        if (key == "minWriterVersion")
            protocol.min_writer_version = static_cast<int>(int_of(value));
        if (key == "readerFeatures") protocol.reader_features = string_list(value);
        if (key == "writerFeatures") protocol.writer_features = string_list(value);
    });
    return protocol;
}

SetTransaction parse_transaction(Json json) {
    SetTransaction transaction;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "appId") transaction.app_id = text_of(value);
        if (key == "version") transaction.version = int_of(value);
        if (key == "lastUpdated") transaction.last_updated_ms = int_of(value);
    });
    return transaction;
}

DomainMetadata parse_domain(Json json) {
    DomainMetadata domain;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "domain") domain.domain = text_of(value);
        if (key == "configuration") domain.configuration = text_of(value);
        if (key == "removed") domain.removed = bool_of(value);
    });
    return domain;
}

CdcFile parse_cdc(Json json) {
    CdcFile cdc;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "path") cdc.path = text_of(value);
        if (key == "partitionValues") cdc.partition_values = partition_values(value);
        if (key == "size") cdc.size_bytes = int_of(value);
        if (key == "tags") cdc.tags = string_map(value);
    });
    return cdc;
}

Sidecar parse_sidecar(Json json) {
    Sidecar sidecar;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "path") sidecar.path = text_of(value);
        if (key == "sizeInBytes") sidecar.size_bytes = int_of(value);
        if (key == "modificationTime") sidecar.modification_time_ms = int_of(value);
    });
    return sidecar;
}

CommitInfo parse_commit_info(Json json) {
    CommitInfo info;
    for_fields(json, [&](std::string_view key, Json value) {
        if (key == "inCommitTimestamp")
            info.in_commit_timestamp_ms = int_of(value);
        else if (key == "timestamp" && value.type() == ondemand::json_type::number)
            info.timestamp_ms = int_of(value);
        else if (key == "userId")
            info.user_id = text_of(value);
        else if (key == "userName")
            info.user_name = text_of(value);
        else if (key == "operation")
            info.operation = text_of(value);
        else if (key == "operationParameters" && value.type() == ondemand::json_type::object)
            info.operation_parameters = string_map(value);
        else if (key == "job")
            info.job_json = text_of(value);
        else if (key == "notebook")
            info.notebook_json = text_of(value);
        else if (key == "clusterId")
            info.cluster_id = text_of(value);
        else if (key == "readVersion")
            info.read_version = int_of(value);
        else if (key == "isolationLevel")
            info.isolation_level = text_of(value);
        else if (key == "isBlindAppend")
            info.is_blind_append = bool_of(value);
        else if (key == "operationMetrics" && value.type() == ondemand::json_type::object)
            info.operation_metrics = string_map(value);
        else if (key == "userMetadata")
            info.user_metadata = text_of(value);
        else if (key == "tags" && value.type() == ondemand::json_type::object)
            info.tags = string_map(value);
        else if (key == "engineInfo")
            info.engine_info = text_of(value);
        else if (key == "txnId")
            info.txn_id = text_of(value);
    });
    return info;
}

void parse_line(ondemand::document& document, const ParseOptions& options, FilePacker* packer,
    CommitActions* out) {
    ondemand::object line = document.get_object();
    for (auto field : line) {
        std::string_view key = field.unescaped_key();
        Json value = field.value();
        if (is_null(value)) continue;
        if (key == "add") {
            if (!options.file_actions) continue;
            if (packer != nullptr) {
                packer->add(parse_add(value, options));
            } else {
                out->adds.push_back(parse_add(value, options));
            }
        } else if (key == "remove") {
            if (options.file_actions) out->removes.push_back(parse_remove(value, options));
        } else if (key == "metaData") {
            out->metadata = parse_metadata(value);
        } else if (key == "protocol") {
            out->protocol = parse_protocol(value);
        } else if (key == "txn") {
            out->transactions.push_back(parse_transaction(value));
        } else if (key == "domainMetadata") {
            out->domains.push_back(parse_domain(value));
        } else if (key == "commitInfo") {
            if (options.commit_info) out->commit_info = parse_commit_info(value);
        } else if (key == "cdc") {
            if (options.file_actions) out->cdc_files.push_back(parse_cdc(value));
        } else if (key == "sidecar") {
            out->sidecars.push_back(parse_sidecar(value));
        }
    }
    // Skipped values must be well-formed up to the end: a torn line is no commit.
    if (document.current_location().error() == simdjson::SUCCESS)
        throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
}

Error malformed(const std::string& path, int64_t line, const std::string& reason) {
    return runtime_error("DELTA_MALFORMED_LOG_FILE",
        {{"path", path}, {"line", std::to_string(line)}, {"reason", reason}});
}

// A line and so many bytes behind it may be read; the few lines at the end of a text are copied.
simdjson::padded_string_view padded(
    std::string_view line, const char* allocation_end, std::string* copy) {
    auto capacity = static_cast<size_t>(allocation_end - line.data());
    if (capacity >= line.size() + simdjson::SIMDJSON_PADDING)
        return simdjson::padded_string_view(line.data(), line.size(), capacity);
    copy->reserve(line.size() + simdjson::SIMDJSON_PADDING);
    copy->assign(line);
    return simdjson::padded_string_view(copy->data(), copy->size(), copy->capacity());
}

}  // namespace

void parse_actions(const std::string& text, size_t begin, size_t end, const std::string& path,
    const ParseOptions& options, CommitActions* out) {
    thread_local ondemand::parser parser;
    std::optional<FilePacker> packer;
    if (options.pack_adds) packer.emplace();
    std::string copy;
    const char* stop = text.data() + end;
    for (const char* at = text.data() + begin; at < stop;) {
        auto* line_end = static_cast<const char*>(
            std::memchr(at, '\n', static_cast<size_t>(stop - at)));
        if (line_end == nullptr) line_end = stop;
        std::string_view line(at, static_cast<size_t>(line_end - at));
        auto malformed_here = [&](const std::exception& e) {
            return malformed(path, 1 + std::count(text.data(), at, '\n'), e.what());
        };
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
            try {
                auto view = padded(line, text.data() + text.size(), &copy);
                ondemand::document document = parser.iterate(view);
                parse_line(document, options, packer ? &*packer : nullptr, out);
            } catch (const simdjson::simdjson_error& e) {
                throw malformed_here(e);
            } catch (const std::logic_error& e) {  // a number that is none
                throw malformed_here(e);
            }
        }
        at = line_end + 1;
    }
    if (packer && packer->size() > 0) out->packed_adds.push_back(packer->finish());
}

void parse_actions(const std::string& text, const std::string& path, const ParseOptions& options,
    CommitActions* out) {
    parse_actions(text, 0, text.size(), path, options, out);
}

}  // namespace hanok::delta
