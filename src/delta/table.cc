#include "delta/table.h"

#include "base/error.h"
#include "delta/committer.h"
#include "delta/history.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

// A snapshot that grew commit by commit keeps every file it ever had in memory; past this it is
// read anew.
constexpr int64_t kMaxGrowth = 4096;

SnapshotPtr load(const Table& table, const LogSegment& segment, const SnapshotPtr& base) {
    if (base == nullptr) {
        if (auto quick = SnapshotBuilder::from_checksum(table, segment)) return quick;
    }
    return SnapshotBuilder::build(table, segment, read_log_segment(table, segment), base);
}

}  // namespace

Table::Table(std::string root, Handlers handlers)
    : root_(std::move(root)), handlers_(std::move(handlers)) {
    store_ = handlers_.store_for ? handlers_.store_for(root_) : storage::store_for(root_);
}

std::shared_ptr<Table> Table::at(const std::string& path, Handlers handlers) {
    std::string root = storage::without_dot_segments(storage::strip_file_scheme(path));
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    return std::shared_ptr<Table>(new Table(std::move(root), std::move(handlers)));
}

std::string Table::log_path() const { return storage::join_path(root_, "_delta_log"); }

bool Table::exists() const {
    for (const storage::ObjectInfo& info : store_->list(log_path())) {
        LogFileKind kind = parse_log_file_name(storage::base_name(info.path)).kind;
        if (kind == LogFileKind::kCommit || kind == LogFileKind::kCheckpoint ||
            kind == LogFileKind::kCheckpointPart || kind == LogFileKind::kCheckpointUuid)
            return true;
    }
    return false;
}

bool Table::is_current(const Snapshot& known) const {
    if (is_catalog_managed(known.protocol())) return true;  // versions are never given twice
    auto own = store_->start_head(known.log_file()).get();
    return own && own->modified_ms == known.modified_ms() && own->etag == known.etag();
}

SnapshotPtr Table::refreshed(const SnapshotPtr& known) {
    if (known == nullptr || known->growth() > kMaxGrowth) return nullptr;
    if (!known->has_files() && !trusted_checksums_->load()) return nullptr;
    std::string log = log_path();
    SegmentRequest request;
    request.after_version = known->version();
    request.ratified = ratified_commits(*this, known->version());
    if (request.ratified) {
        if (!is_current(*known)) return nullptr;
        if (request.ratified->latest_version == known->version()) return known;
        if (request.ratified->latest_version < known->version()) return nullptr;  // another table
    } else {
        // Both questions at once: each costs an object store a round trip.
        auto next = store_->start_head(
            storage::join_path(log, commit_file_name(known->version() + 1)));
        if (!is_current(*known)) return nullptr;
        if (!next.get()) return known;
    }
    try {
        auto segment = list_log_segment(*store_, log, request);
        return segment ? load(*this, *segment, known) : known;
    } catch (const Error& e) {
        if (e.condition() != "DELTA_VERSIONS_NOT_CONTIGUOUS") throw;
        return nullptr;  // the log was cleaned meanwhile, or is broken: a whole load will tell
    }
}

SnapshotPtr Table::snapshot() {
    SnapshotPtr known;
    {
        std::lock_guard lock(mutex_);
        known = newest_;
    }
    if (SnapshotPtr fresh = refreshed(known)) {
        if (fresh != known) offer(fresh);
        return fresh;
    }
    SegmentRequest request;
    request.ratified = ratified_commits(*this, -1);
    auto segment = list_log_segment(*store_, log_path(), request);
    if (!segment) {
        std::lock_guard lock(mutex_);
        newest_ = nullptr;
        throw analysis_error("DELTA_PATH_DOES_NOT_EXIST", {{"path", root_}});
    }
    SnapshotPtr loaded = load(*this, *segment, nullptr);
    std::lock_guard lock(mutex_);
    if (newest_ == known || newest_ == nullptr || newest_->version() < loaded->version())
        newest_ = loaded;
    return loaded;
}

SnapshotPtr Table::snapshot_at_version(int64_t version) {
    SnapshotPtr known;
    {
        std::lock_guard lock(mutex_);
        known = newest_;
    }
    if (known != nullptr && known->version() == version && is_current(*known)) return known;
    SegmentRequest request;
    request.version = version;
    request.ratified = ratified_commits(*this, -1);
    auto segment = list_log_segment(*store_, log_path(), request);
    if (!segment) throw analysis_error("DELTA_PATH_DOES_NOT_EXIST", {{"path", root_}});
    return load(*this, *segment, nullptr);
}

SnapshotPtr Table::snapshot_at_timestamp(int64_t timestamp_ms) {
    return snapshot_at_version(version_at_timestamp(*this, timestamp_ms));
}

void Table::offer(const SnapshotPtr& snapshot) {
    std::lock_guard lock(mutex_);
    if (newest_ == nullptr || newest_->version() < snapshot->version()) newest_ = snapshot;
}

}  // namespace hanok::delta
