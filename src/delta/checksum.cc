#include "delta/checksum.h"

#include <nlohmann/json.hpp>

#include "delta/action_json.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"

namespace hanok::delta {

namespace {

using Json = nlohmann::ordered_json;

// The body of an action's line: {"metaData":{…}} gives {…}.
template <class Action>
Json body(const Action& action) {
    return Json::parse(to_json(action)).front();
}

// An action from its body.
CommitActions actions_of(const char* kind, const Json& body) {
    Json line;
    line[kind] = body;
    std::string text = line.dump() + "\n";
    CommitActions out;
    parse_actions(text, "checksum", {}, &out);
    return out;
}

template <class T>
std::optional<T> find(const Json& json, const char* key) {
    auto it = json.find(key);
    return it == json.end() || it->is_null() ? std::nullopt : std::optional<T>(it->get<T>());
}

VersionChecksum from_json(const Json& json) {
    VersionChecksum out;
    out.txn_id = find<std::string>(json, "txnId");
    out.table_size_bytes = json.at("tableSizeBytes").get<int64_t>();
    out.num_files = json.at("numFiles").get<int64_t>();
    out.num_deleted_records = find<int64_t>(json, "numDeletedRecordsOpt");
    out.num_deletion_vectors = find<int64_t>(json, "numDeletionVectorsOpt");
    out.in_commit_timestamp_ms = find<int64_t>(json, "inCommitTimestampOpt");
    out.metadata = actions_of("metaData", json.at("metadata")).metadata.value();
    out.protocol = actions_of("protocol", json.at("protocol")).protocol.value();
    out.has_transactions = json.contains("setTransactions") && json["setTransactions"].is_array();
    out.has_domains = json.contains("domainMetadata") && json["domainMetadata"].is_array();
    if (out.has_transactions) {
        for (const Json& one : json["setTransactions"])
            out.transactions.push_back(actions_of("txn", one).transactions.at(0));
    }
    if (out.has_domains) {
        for (const Json& one : json["domainMetadata"])
            out.domains.push_back(actions_of("domainMetadata", one).domains.at(0));
    }
    return out;
}

}  // namespace

VersionChecksum checksum_of(const Snapshot& snapshot) {
    VersionChecksum out;
    const FileCounts& counts = snapshot.counts();
    out.table_size_bytes = counts.size_bytes;
    out.num_files = counts.files;
    if (snapshot.protocol().has_feature("deletionVectors")) {
        out.num_deletion_vectors = counts.deletion_vectors;
        out.num_deleted_records = counts.deleted_rows;
    }
    if (const auto& info = snapshot.commit_info()) {
        out.txn_id = info->txn_id;
        out.in_commit_timestamp_ms = info->in_commit_timestamp_ms;
    }
    for (const auto& [app, transaction] : snapshot.transactions())
        out.transactions.push_back(transaction);
    for (const auto& [name, domain] : snapshot.domains()) out.domains.push_back(domain);
    out.metadata = snapshot.metadata();
    out.protocol = snapshot.protocol();
    return out;
}

std::string to_json(const VersionChecksum& checksum) {
    Json json;
    if (checksum.txn_id) json["txnId"] = *checksum.txn_id;
    json["tableSizeBytes"] = checksum.table_size_bytes;
    json["numFiles"] = checksum.num_files;
    if (checksum.num_deleted_records) json["numDeletedRecordsOpt"] = *checksum.num_deleted_records;
    if (checksum.num_deletion_vectors)
        json["numDeletionVectorsOpt"] = *checksum.num_deletion_vectors;
    json["numMetadata"] = 1;
    json["numProtocol"] = 1;
    if (checksum.in_commit_timestamp_ms)
        json["inCommitTimestampOpt"] = *checksum.in_commit_timestamp_ms;
    json["setTransactions"] = Json::array();
    for (const auto& one : checksum.transactions) json["setTransactions"].push_back(body(one));
    json["domainMetadata"] = Json::array();
    for (const auto& one : checksum.domains) json["domainMetadata"].push_back(body(one));
    json["metadata"] = body(checksum.metadata);
    json["protocol"] = body(checksum.protocol);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<VersionChecksum> parse_checksum(const std::string& text) {
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    try {
        return from_json(json);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void write_checksum(const Snapshot& snapshot) {
    std::string log = storage::join_path(snapshot.root(), "_delta_log");
    snapshot.store().put_if_absent(storage::join_path(log, checksum_file_name(snapshot.version())),
        to_json(checksum_of(snapshot)));
}

std::optional<VersionChecksum> read_checksum(
    storage::ObjectStore& store, const std::string& log_path, int64_t version) {
    auto text = store.get(storage::join_path(log_path, checksum_file_name(version)));
    return text ? parse_checksum(*text) : std::nullopt;
}

}  // namespace hanok::delta
