#include "delta/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/clock.h"
#include "base/ids.h"
#include "delta/action_json.h"
#include "delta/json_checksum.h"
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
constexpr const char* kSidecarFolder = "_sidecars";

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

namespace {

constexpr size_t kActionsPerSidecar = 50000;

struct WrittenCheckpoint {
    int64_t size_bytes = 0;
    size_t actions = 0;
};

// Adds, then removes, in files of their own; `top` keeps the rest.
std::vector<Sidecar> write_sidecars(const Snapshot& snapshot, const Handlers& handlers,
    int64_t now_ms, base::RandomSource& random, CommitActions* top) {
    std::string folder = storage::join_path(log_path_of(snapshot), kSidecarFolder);
    snapshot.store().make_directory(folder);
    std::vector<Sidecar> out;
    size_t adds = top->adds.size();
    size_t total = adds + top->removes.size();
    for (size_t begin = 0; begin < total; begin += kActionsPerSidecar) {
        CommitActions part;
        for (size_t i = begin; i < std::min(total, begin + kActionsPerSidecar); i++) {
            if (i < adds) {
                part.adds.push_back(std::move(top->adds[i]));
            } else {
                part.removes.push_back(std::move(top->removes[i - adds]));
            }
        }
        Sidecar sidecar;
        sidecar.path = base::new_uuid(random) + ".parquet";
        sidecar.size_bytes = handlers.checkpoint_writer->write(
            snapshot.store(), storage::join_path(folder, sidecar.path), part);
        sidecar.modification_time_ms = now_ms;
        out.push_back(std::move(sidecar));
    }
    top->adds.clear();
    top->removes.clear();
    return out;
}

WrittenCheckpoint write_v2(
    const Snapshot& snapshot, const Handlers& handlers, int64_t now_ms, CommitActions actions) {
    base::RandomSource& random = handlers.random != nullptr ? *handlers.random
                                                            : base::SystemRandom::instance();
    WrittenCheckpoint written;
    size_t files = actions.adds.size() + actions.removes.size();
    actions.sidecars = write_sidecars(snapshot, handlers, now_ms, random, &actions);
    actions.v2_checkpoint_version = snapshot.version();
    for (const Sidecar& sidecar : actions.sidecars) written.size_bytes += sidecar.size_bytes;
    std::string name = fmt::format(
        "{:020}.checkpoint.{}.parquet", snapshot.version(), base::new_uuid(random));
    written.size_bytes += handlers.checkpoint_writer->write(
        snapshot.store(), storage::join_path(log_path_of(snapshot), name), actions);
    written.actions = 3 + actions.transactions.size() + actions.domains.size() +
                      actions.sidecars.size() + files;
    return written;
}

WrittenCheckpoint write_classic(
    const Snapshot& snapshot, const Handlers& handlers, const CommitActions& actions) {
    std::string path = storage::join_path(
        log_path_of(snapshot), checkpoint_file_name(snapshot.version()));
    WrittenCheckpoint written;
    written.size_bytes = handlers.checkpoint_writer->write(snapshot.store(), path, actions);
    written.actions = 2 + actions.transactions.size() + actions.domains.size() +
                      actions.removes.size() + actions.adds.size();
    return written;
}

}  // namespace

bool write_checkpoint(const Snapshot& snapshot, const Handlers& handlers) {
    if (handlers.checkpoint_writer == nullptr) return false;
    base::Clock& clock = handlers.clock != nullptr ? *handlers.clock
                                                   : base::SystemClock::instance();
    int64_t now_ms = clock.now_ms();
    CommitActions actions = checkpoint_actions(snapshot, now_ms);
    size_t adds = actions.adds.size();
    bool is_v2 = snapshot.property("delta.checkpointPolicy") == "v2" &&
                 snapshot.protocol().has_feature("v2Checkpoint");
    WrittenCheckpoint written = is_v2 ? write_v2(snapshot, handlers, now_ms, std::move(actions))
                                      : write_classic(snapshot, handlers, actions);
    nlohmann::ordered_json hint;
    hint["version"] = snapshot.version();
    hint["size"] = written.actions;
    hint["sizeInBytes"] = written.size_bytes;
    hint["numOfAddFiles"] = adds;
    hint["checksum"] = json_checksum(hint);
    snapshot.store().put(storage::join_path(log_path_of(snapshot), kHint), hint.dump());
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
    auto json = nlohmann::ordered_json::parse(*text, nullptr, false);
    if (json.is_object() && json.contains("checksum") && json["checksum"] != json_checksum(json))
        return std::nullopt;
    if (!json.is_object() || !json.contains("version") || !json["version"].is_number_integer())
        return std::nullopt;
    return json["version"].get<int64_t>();
}

namespace {

struct LogFiles {
    std::vector<LogFile> files;
    int64_t kept = -1;  // the newest single-file checkpoint that stands for all up to the cut-off
};

LogFiles list_until(const Snapshot& snapshot, int64_t cutoff_ms) {
    LogFiles out;
    int64_t cutoff_version = -1;
    for (storage::ObjectInfo& info : snapshot.store().list(log_path_of(snapshot))) {
        LogFileName name = parse_log_file_name(storage::base_name(info.path));
        if (name.kind == LogFileKind::kOther || info.is_directory) continue;
        if (name.kind == LogFileKind::kCommit && info.modified_ms <= cutoff_ms)
            cutoff_version = std::max(cutoff_version, name.version);
        out.files.push_back({name, std::move(info)});
    }
    for (const LogFile& file : out.files) {
        bool is_checkpoint = file.name.kind == LogFileKind::kCheckpoint ||
                             file.name.kind == LogFileKind::kCheckpointUuid;
        if (is_checkpoint && file.info.size_bytes > 0 && file.name.version <= cutoff_version)
            out.kept = std::max(out.kept, file.name.version);
    }
    return out;
}

// Sidecars of checkpoints that are gone. A day's grace: a checkpoint that is being written names
// its own only at the end.
int64_t remove_unused_sidecars(
    const Snapshot& snapshot, const Handlers& handlers, const LogFiles& log, int64_t now_ms) {
    storage::ObjectStore& store = snapshot.store();
    std::string folder = storage::join_path(log_path_of(snapshot), kSidecarFolder);
    std::vector<storage::ObjectInfo> sidecars;
    if (store.head(folder)) sidecars = store.list(folder);
    if (sidecars.empty() || handlers.checkpoint_reader == nullptr) return 0;
    std::set<std::string> used;
    for (const LogFile& file : log.files) {
        bool may_name_some = file.name.kind == LogFileKind::kCheckpoint ||
                             file.name.kind == LogFileKind::kCheckpointUuid;
        if (!may_name_some || file.name.version < log.kept) continue;
        CommitActions actions;
        if (file.info.path.ends_with(".json")) {
            std::string text = store.get(file.info.path).value_or("");
            parse_actions(text, file.info.path, {}, &actions);
        } else {
            actions = handlers.checkpoint_reader->read(store, file.info.path);
        }
        for (const Sidecar& sidecar : actions.sidecars)
            used.insert(storage::base_name(storage::uri_decode(sidecar.path)));
    }
    int64_t removed = 0;
    for (const storage::ObjectInfo& info : sidecars) {
        if (used.contains(storage::base_name(info.path)) || info.modified_ms > now_ms - kDayMs)
            continue;
        store.remove(info.path);
        removed++;
    }
    return removed;
}

int64_t remove_older(storage::ObjectStore& store, const LogFiles& log, int64_t cutoff_ms) {
    int64_t removed = 0;
    for (const LogFile& file : log.files) {
        if (file.name.version >= log.kept || file.info.modified_ms > cutoff_ms) continue;
        store.remove(file.info.path);
        removed++;
    }
    return removed;
}

}  // namespace

int64_t clean_up_expired_logs(const Snapshot& snapshot, const Handlers& handlers, int64_t now_ms) {
    if (!snapshot.bool_property("delta.enableExpiredLogCleanup", true)) return 0;
    int64_t retention = snapshot.interval_property_ms(
        "delta.logRetentionDuration", kLogRetentionMs);
    int64_t cutoff_ms = (now_ms - retention) / kDayMs * kDayMs;
    LogFiles log = list_until(snapshot, cutoff_ms);
    // Readers that do not know a dropped feature must find the checkpoints made when it went.
    if (log.kept < snapshot.int_property(kCheckpointProtection, 0)) return 0;
    int64_t removed = remove_older(snapshot.store(), log, cutoff_ms);
    if (removed > 0) removed += remove_unused_sidecars(snapshot, handlers, log, now_ms);
    return removed;
}

int64_t truncate_history(const Snapshot& snapshot, int64_t cutoff_ms) {
    return remove_older(snapshot.store(), list_until(snapshot, cutoff_ms), cutoff_ms);
}

}  // namespace hanok::delta
