#include "delta/checkpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int64_t kTombstoneRetentionMs = 7 * kDayMs;
constexpr int64_t kLogRetentionMs = 30 * kDayMs;
constexpr const char* kHint = "_last_checkpoint";

std::string log_path_of(const Snapshot& snapshot) {
    return storage::join_path(snapshot.root(), "_delta_log");
}

}  // namespace

CommitActions checkpoint_actions(const Snapshot& snapshot, int64_t now_ms) {
    CommitActions out;
    out.protocol = snapshot.protocol();
    out.metadata = snapshot.metadata();
    int64_t transaction_retention = snapshot.interval_property_ms(
        "delta.setTransactionRetentionDuration", -1);
    for (const auto& [app, transaction] : snapshot.transactions()) {
        bool expired = transaction_retention >= 0 && transaction.last_updated_ms &&
                       *transaction.last_updated_ms < now_ms - transaction_retention;
        if (!expired) out.transactions.push_back(transaction);
    }
    for (const auto& [name, domain] : snapshot.domains()) out.domains.push_back(domain);
    int64_t oldest = now_ms - snapshot.interval_property_ms(
                                  "delta.deletedFileRetentionDuration", kTombstoneRetentionMs);
    for (const RemoveFile* remove : snapshot.tombstones()) {
        if (remove->deletion_timestamp_ms.value_or(0) <= oldest) continue;
        out.removes.push_back(*remove);
        out.removes.back().stats.clear();
        out.removes.back().tags.clear();
        out.removes.back().data_change = false;
    }
    out.adds.reserve(snapshot.files().size());
    for (const AddFile* add : snapshot.files()) {
        out.adds.push_back(*add);
        out.adds.back().data_change = false;
    }
    return out;
}

bool write_checkpoint(const Snapshot& snapshot, const Handlers& handlers) {
    if (handlers.checkpoint_writer == nullptr) return false;
    base::Clock& clock = handlers.clock != nullptr ? *handlers.clock
                                                   : base::SystemClock::instance();
    CommitActions actions = checkpoint_actions(snapshot, clock.now_ms());
    std::string log = log_path_of(snapshot);
    std::string path = storage::join_path(log, checkpoint_file_name(snapshot.version()));
    int64_t size_bytes = handlers.checkpoint_writer->write(snapshot.store(), path, actions);
    nlohmann::ordered_json hint;
    hint["version"] = snapshot.version();
    hint["size"] = 2 + actions.transactions.size() + actions.domains.size() +
                   actions.removes.size() + actions.adds.size();
    hint["sizeInBytes"] = size_bytes;
    hint["numOfAddFiles"] = actions.adds.size();
    snapshot.store().put(storage::join_path(log, kHint), hint.dump());
    return true;
}

bool is_checkpoint_due(const Snapshot& snapshot) {
    int64_t interval = snapshot.int_property("delta.checkpointInterval", 10);
    return snapshot.version() > 0 && interval > 0 && snapshot.version() % interval == 0;
}

std::optional<int64_t> read_last_checkpoint(
    storage::ObjectStore& store, const std::string& log_path) {
    std::optional<std::string> text = store.get(storage::join_path(log_path, kHint));
    if (!text) return std::nullopt;
    auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("version") || !json["version"].is_number_integer())
        return std::nullopt;
    return json["version"].get<int64_t>();
}

int64_t clean_up_expired_logs(const Snapshot& snapshot, int64_t now_ms) {
    if (!snapshot.bool_property("delta.enableExpiredLogCleanup", true)) return 0;
    int64_t retention = snapshot.interval_property_ms(
        "delta.logRetentionDuration", kLogRetentionMs);
    int64_t cutoff_ms = (now_ms - retention) / kDayMs * kDayMs;
    storage::ObjectStore& store = snapshot.store();
    std::vector<LogFile> files;
    int64_t cutoff_version = -1;
    for (storage::ObjectInfo& info : store.list(log_path_of(snapshot))) {
        LogFileName name = parse_log_file_name(storage::base_name(info.path));
        if (name.kind == LogFileKind::kOther || info.is_directory) continue;
        if (name.kind == LogFileKind::kCommit && info.modified_ms <= cutoff_ms)
            cutoff_version = std::max(cutoff_version, name.version);
        files.push_back({name, std::move(info)});
    }
    // The newest single-file checkpoint that stands for everything up to the cut-off.
    int64_t kept = -1;
    for (const LogFile& file : files) {
        bool is_checkpoint = file.name.kind == LogFileKind::kCheckpoint ||
                             file.name.kind == LogFileKind::kCheckpointUuid;
        if (is_checkpoint && file.info.size_bytes > 0 && file.name.version <= cutoff_version)
            kept = std::max(kept, file.name.version);
    }
    int64_t removed = 0;
    for (const LogFile& file : files) {
        if (file.name.version >= kept || file.info.modified_ms > cutoff_ms) continue;
        store.remove(file.info.path);
        removed++;
    }
    return removed;
}

}  // namespace hanok::delta
