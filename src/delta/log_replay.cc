#include "delta/log_replay.h"

#include <algorithm>
#include <deque>
#include <unordered_set>

#include "base/error.h"
#include "delta/action_json.h"
#include "delta/column_mapping.h"
#include "delta/handlers.h"
#include "delta/parallel.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/table_features.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

// Commits that a thread takes at once: few, so that big ones spread over the threads.
constexpr size_t kMaxCommitsPerBlock = 32;
constexpr int64_t kSmallLogBytes = 256 << 10;

size_t commits_per_block(size_t count) {
    return std::clamp<size_t>(count / 64, 1, kMaxCommitsPerBlock);
}

std::shared_ptr<CommitActions> parse_file(
    storage::ObjectStore& store, const std::string& path, const ParseOptions& options) {
    std::optional<std::string> text = store.get(path);
    if (!text) return nullptr;
    auto actions = std::make_shared<CommitActions>();
    parse_actions(*text, path, options, actions.get());
    return actions;
}

Error missing_log_file(const std::string& path) {
    return runtime_error("DELTA_LOG_FILE_NOT_FOUND", {{"path", path}});
}

std::shared_ptr<CommitActions> read_parquet(const Table& table, const std::string& path) {
    const auto& reader = table.handlers().checkpoint_reader;
    if (reader == nullptr) throw unsupported_feature("Parquet checkpoints without a reader");
    return std::make_shared<CommitActions>(reader->read(table.store(), path));
}

std::shared_ptr<CommitActions> read_checkpoint_file(const Table& table, const std::string& path) {
    if (!path.ends_with(".json")) return read_parquet(table, path);
    auto actions = parse_file(table.store(), path, {});
    if (actions == nullptr) throw missing_log_file(path);
    return actions;
}

std::string sidecar_path(const Table& table, const Sidecar& sidecar) {
    std::string path = storage::uri_decode(sidecar.path);
    if (storage::is_absolute_path(path)) return path;
    return storage::join_path(storage::join_path(table.log_path(), "_sidecars"), path);
}

// (path, deletion vector) pairs, without a copy of the path where none is needed.
class FileKeys {
public:
    void reserve(size_t count) { keys_.reserve(count); }
    bool empty() const { return keys_.empty(); }

    template <class File>
    bool insert(const File& file) {
        std::string_view path = file.path;
        if (needs_copy(file)) path = made_.emplace_back(make_key(file));
        return keys_.insert(path).second;
    }
    template <class File>
    bool contains(const File& file) const {
        return needs_copy(file) ? keys_.contains(make_key(file)) : keys_.contains(file.path);
    }

private:
    template <class File>
    static bool needs_copy(const File& file) {
        return file.deletion_vector.has_value() || file.path.compare(0, 5, "file:") == 0;
    }
    template <class File>
    static std::string make_key(const File& file) {
        std::string key = canonical_path(file.path);
        // No path contains a line break unescaped.
        return file.deletion_vector ? key + "\n" + file.deletion_vector->unique_id() : key;
    }

    std::unordered_set<std::string_view> keys_;
    std::deque<std::string> made_;
};

// Newest first: the first word about a file, an application or a domain is the one that counts.
struct Replay {
    FileKeys seen;
    std::vector<std::vector<const AddFile*>> adds;  // one element a chunk, newest first
    std::vector<const RemoveFile*> tombstones;
    const Protocol* protocol = nullptr;
    const Metadata* metadata = nullptr;
    std::map<std::string, SetTransaction> transactions;
    std::map<std::string, DomainMetadata> domains;

    void apply(const CommitActions& chunk) {
        std::vector<const AddFile*> alive;
        for (const AddFile& add : chunk.adds) {
            if (seen.insert(add)) alive.push_back(&add);
        }
        adds.push_back(std::move(alive));
        for (const RemoveFile& remove : chunk.removes) {
            if (seen.insert(remove)) tombstones.push_back(&remove);
        }
        if (protocol == nullptr && chunk.protocol) protocol = &*chunk.protocol;
        if (metadata == nullptr && chunk.metadata) metadata = &*chunk.metadata;
        for (const SetTransaction& transaction : chunk.transactions)
            transactions.try_emplace(transaction.app_id, transaction);
        for (const DomainMetadata& domain : chunk.domains)
            domains.try_emplace(domain.domain, domain);
    }
};

Error cannot_recover(const std::string& what, int64_t version) {
    return runtime_error(
        "DELTA_STATE_RECOVER_ERROR", {{"operation", what}, {"version", std::to_string(version)}});
}

}  // namespace

std::string canonical_path(const std::string& log_path) {
    return storage::strip_file_scheme(log_path);
}

std::shared_ptr<CommitActions> read_commit(
    storage::ObjectStore& store, const std::string& log_path, int64_t version) {
    return parse_file(store, storage::join_path(log_path, commit_file_name(version)), {});
}

LogContents read_log_segment(const Table& table, const LogSegment& segment) {
    int64_t size_bytes = 0;
    for (const LogFile& file : segment.deltas) size_bytes += file.info.size_bytes;
    // Starting a thread costs more than reading a short log.
    int threads = table.handlers().threads;
    int delta_threads = size_bytes < kSmallLogBytes ? 1 : threads;
    LogContents contents;
    contents.deltas.resize(segment.deltas.size());
    parallel_for(segment.deltas.size(), commits_per_block(segment.deltas.size()), delta_threads,
        [&](size_t i) {
            const LogFile& file = segment.deltas[i];
            ParseOptions options;
            options.commit_info = i + 1 == segment.deltas.size();
            contents.deltas[i] = parse_file(table.store(), file.info.path, options);
            if (contents.deltas[i] == nullptr) throw missing_log_file(file.info.path);
        });
    contents.checkpoint.resize(segment.checkpoint.size());
    parallel_for(segment.checkpoint.size(), 1, threads, [&](size_t i) {
        contents.checkpoint[i] = read_checkpoint_file(table, segment.checkpoint[i].info.path);
    });
    std::vector<Sidecar> sidecars;
    for (const auto& part : contents.checkpoint)
        sidecars.insert(sidecars.end(), part->sidecars.begin(), part->sidecars.end());
    size_t parts = contents.checkpoint.size();
    contents.checkpoint.resize(parts + sidecars.size());
    parallel_for(sidecars.size(), 1, threads, [&](size_t i) {
        contents.checkpoint[parts + i] = read_parquet(table, sidecar_path(table, sidecars[i]));
    });
    return contents;
}

SnapshotPtr SnapshotBuilder::build(
    const Table& table, const LogSegment& segment, LogContents contents, const SnapshotPtr& base) {
    Replay replay;
    size_t files = 0;
    for (const auto& chunk : contents.deltas) files += chunk->adds.size() + chunk->removes.size();
    for (const auto& chunk : contents.checkpoint)
        files += chunk->adds.size() + chunk->removes.size();
    replay.seen.reserve(files);
    for (size_t i = contents.deltas.size(); i-- > 0;) replay.apply(*contents.deltas[i]);
    // Parts of a checkpoint do not overlap; backwards, so that the order comes out right.
    for (size_t i = contents.checkpoint.size(); i-- > 0;) replay.apply(*contents.checkpoint[i]);

    std::shared_ptr<Snapshot> made(new Snapshot());
    made->version_ = segment.version;
    made->root_ = table.root();
    made->store_ = table.shared_store();
    made->checkpoint_version_ = segment.checkpoint_version;
    made->transactions_ = std::move(replay.transactions);
    std::map<std::string, DomainMetadata> domains = std::move(replay.domains);
    if (base != nullptr) {
        made->chunks_ = base->chunks_;
        made->growth_ = base->growth_ + static_cast<int64_t>(contents.deltas.size());
        made->checkpoint_version_ = base->checkpoint_version_;
        made->transactions_.insert(base->transactions_.begin(), base->transactions_.end());
        domains.insert(base->domains_.begin(), base->domains_.end());
        made->files_.reserve(base->files_.size() + files);
        for (const AddFile* add : base->files_) {
            if (replay.seen.empty() || !replay.seen.contains(*add)) made->files_.push_back(add);
        }
        for (const RemoveFile* remove : base->tombstones_) {
            if (replay.seen.empty() || !replay.seen.contains(*remove))
                made->tombstones_.push_back(remove);
        }
    }
    for (size_t i = replay.adds.size(); i-- > 0;)
        made->files_.insert(made->files_.end(), replay.adds[i].begin(), replay.adds[i].end());
    made->tombstones_.insert(
        made->tombstones_.end(), replay.tombstones.rbegin(), replay.tombstones.rend());
    for (const AddFile* add : made->files_) made->size_bytes_ += add->size_bytes;
    for (auto& [name, domain] : domains) {
        if (!domain.removed) made->domains_.emplace(name, std::move(domain));
    }
    finish(table, segment, contents, base, replay.protocol, replay.metadata, made.get());
    for (auto& chunk : contents.checkpoint) made->chunks_.push_back(std::move(chunk));
    for (auto& chunk : contents.deltas) made->chunks_.push_back(std::move(chunk));
    return made;
}

void SnapshotBuilder::finish(const Table& table, const LogSegment& segment,
    const LogContents& contents, const SnapshotPtr& base, const Protocol* protocol,
    const Metadata* metadata, Snapshot* made) {
    if (protocol == nullptr && base == nullptr) throw cannot_recover("protocol", segment.version);
    if (metadata == nullptr && base == nullptr) throw cannot_recover("metadata", segment.version);
    made->protocol_ = protocol != nullptr ? *protocol : base->protocol_;
    check_can_read(made->protocol_, table.root());
    if (metadata == nullptr) {
        made->metadata_ = base->metadata_;
        made->schema_ = base->schema_;
        made->physical_data_schema_ = base->physical_data_schema_;
        made->partition_columns_ = base->partition_columns_;
        made->mapping_mode_ = base->mapping_mode_;
    } else {
        made->metadata_ = *metadata;
        made->set_schema();
    }
    if (!contents.deltas.empty()) made->commit_info_ = contents.deltas.back()->commit_info;
    made->modified_ms_ = segment.last_modified_ms;
    made->etag_ = segment.last_etag;
    made->timestamp_ms_ = segment.last_modified_ms;
    if (made->bool_property("delta.enableInCommitTimestamps", false)) {
        if (!made->commit_info_) {  // only the checkpoint was read
            auto commit = read_commit(table.store(), table.log_path(), segment.version);
            if (commit != nullptr) made->commit_info_ = commit->commit_info;
        }
        if (made->commit_info_ && made->commit_info_->in_commit_timestamp_ms)
            made->timestamp_ms_ = *made->commit_info_->in_commit_timestamp_ms;
    }
}

SnapshotPtr SnapshotBuilder::advance(const Table& table, const SnapshotPtr& base, int64_t version,
    std::shared_ptr<const CommitActions> commit, int64_t modified_ms) {
    LogSegment segment;
    segment.version = version;
    segment.last_modified_ms = modified_ms;
    LogContents contents;
    contents.deltas.push_back(std::move(commit));
    return build(table, segment, std::move(contents), base);
}

}  // namespace hanok::delta
