#include "delta/log_replay.h"

#include <algorithm>

#include "base/error.h"
#include "delta/checksum.h"
#include "delta/column_mapping.h"
#include "delta/committer.h"
#include "delta/file_keys.h"
#include "delta/handlers.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/table_features.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

// Those of a packed run for which is_new(files, row) holds.
template <class IsNew>
FileRun new_ones(const FileRun& run, const IsNew& is_new) {
    std::vector<uint32_t> rows;
    size_t count = run.size();
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        auto row = static_cast<uint32_t>(run.row(i));
        bool stays = is_new(*run.packed, row);
        if (all && !stays) {
            all = false;
            rows.reserve(count);
            for (size_t before = 0; before < i; before++)
                rows.push_back(static_cast<uint32_t>(run.row(before)));
        }
        if (!all && stays) rows.push_back(row);
    }
    if (all) return run;
    return {run.packed, std::make_shared<const std::vector<uint32_t>>(std::move(rows)), {}};
}

// Newest first: the first word about a file, an application or a domain is the one that counts.
struct Replay {
    FileKeys seen;
    std::vector<std::vector<FileRun>> adds;  // one element a chunk, newest first
    std::vector<const RemoveFile*> tombstones;
    const Protocol* protocol = nullptr;
    const Metadata* metadata = nullptr;
    std::map<std::string, SetTransaction> transactions;
    std::map<std::string, DomainMetadata> domains;

    void apply(const CommitActions& commit) {
        take(commit, [&](const auto&... file) { return seen.insert(file...); });
    }
    // What a replay ends with: it names each file once, and nothing older asks what it named.
    void apply_checkpoint(const CommitActions& part) {
        take(part, [&](const auto&... file) { return !seen.contains(file...); });
    }

private:
    template <class IsNew>
    void take(const CommitActions& chunk, const IsNew& is_new) {
        auto& runs = adds.emplace_back();
        for (const auto& packed : chunk.packed_adds)
            runs.push_back(new_ones({packed, nullptr, {}}, is_new));
        FileRun& alive = runs.emplace_back();
        alive.plain.reserve(chunk.adds.size());
        for (const AddFile& add : chunk.adds) {
            if (is_new(add)) alive.plain.push_back(&add);
        }
        for (const RemoveFile& remove : chunk.removes) {
            if (is_new(remove)) tombstones.push_back(&remove);
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

namespace {

// What the files of `contents` make of those of `base` (null: of none).
SnapshotFilesPtr files_of(const SnapshotFiles* base, LogContents contents, const Replay& replay) {
    auto out = std::make_shared<SnapshotFiles>();
    auto stays = [&](const auto&... file) { return !replay.seen.contains(file...); };
    if (base != nullptr) {
        out->chunks = base->chunks;
        for (const FileRun& run : base->runs()) {
            if (replay.seen.empty()) {
                out->append(run);
            } else if (run.packed != nullptr) {
                out->append(new_ones(run, stays));
            } else {
                FileRun kept;
                kept.plain.reserve(run.plain.size());
                for (const AddFile* add : run.plain) {
                    if (stays(*add)) kept.plain.push_back(add);
                }
                out->append(std::move(kept));
            }
        }
        for (const RemoveFile* remove : base->tombstones) {
            if (stays(*remove)) out->tombstones.push_back(remove);
        }
    }
    for (size_t i = replay.adds.size(); i-- > 0;) {
        for (const FileRun& run : replay.adds[i]) out->append(run);
    }
    out->tombstones.insert(
        out->tombstones.end(), replay.tombstones.rbegin(), replay.tombstones.rend());
    out->count();
    for (auto& chunk : contents.checkpoint) out->chunks.push_back(std::move(chunk));
    for (auto& chunk : contents.deltas) out->chunks.push_back(std::move(chunk));
    return out;
}

void replay_contents(const LogContents& contents, Replay* replay) {
    size_t in_commits = 0;
    for (const auto& commit : contents.deltas) {
        in_commits += commit->adds.size() + commit->removes.size();
        for (const auto& packed : commit->packed_adds) in_commits += packed->size();
    }
    replay->seen.reserve(in_commits);
    for (size_t i = contents.deltas.size(); i-- > 0;) replay->apply(*contents.deltas[i]);
    // Parts of a checkpoint do not overlap; backwards, so that the order comes out right.
    for (size_t i = contents.checkpoint.size(); i-- > 0;)
        replay->apply_checkpoint(*contents.checkpoint[i]);
}

// Commits that only bring new files: what a version adds up to follows without the others.
bool only_appends(const LogContents& contents) {
    if (!contents.checkpoint.empty()) return false;
    return std::all_of(contents.deltas.begin(), contents.deltas.end(), [](const auto& commit) {
        bool appends = std::all_of(commit->adds.begin(), commit->adds.end(),
            [](const AddFile& add) { return add.data_change && !add.deletion_vector; });
        return appends && commit->removes.empty() && commit->packed_adds.empty();
    });
}

// Snapshots whose files nobody asked for that may stand on each other.
constexpr int64_t kMaxUnread = 64;

}  // namespace

SnapshotPtr SnapshotBuilder::build(
    const Table& table, const LogSegment& segment, LogContents contents, const SnapshotPtr& base) {
    auto replay = std::make_shared<Replay>();
    replay_contents(contents, replay.get());
    std::shared_ptr<Snapshot> made(new Snapshot());
    made->version_ = segment.version;
    made->root_ = table.root();
    made->store_ = table.shared_store();
    made->checkpoint_version_ = segment.checkpoint_version;
    made->transactions_ = std::move(replay->transactions);
    std::map<std::string, DomainMetadata> domains = std::move(replay->domains);
    if (base != nullptr) {
        made->growth_ = base->growth_ + static_cast<int64_t>(contents.deltas.size());
        made->checkpoint_version_ = base->checkpoint_version_;
        made->transactions_.insert(base->transactions_.begin(), base->transactions_.end());
        domains.insert(base->domains_.begin(), base->domains_.end());
    }
    for (auto& [name, domain] : domains) {
        if (!domain.removed) made->domains_.emplace(name, std::move(domain));
    }
    finish(table, segment, contents, base, replay->protocol, replay->metadata, made.get());
    bool may_wait = base != nullptr && !base->has_files() && made->growth_ < kMaxUnread;
    if (may_wait && only_appends(contents)) {
        made->expected_ = base->counts();
        for (const auto& commit : contents.deltas) {
            for (const AddFile& add : commit->adds) made->expected_.add(add);
        }
        made->load_files_ = [base, contents, replay] {
            return files_of(&base->loaded(), contents, *replay);
        };
        return made;
    }
    made->set_files(
        files_of(base != nullptr ? &base->loaded() : nullptr, std::move(contents), *replay));
    return made;
}

namespace {

// Reading a short log costs no more than a checksum.
constexpr int64_t kWorthwhileBytes = 256 << 10;

bool is_worthwhile(const LogSegment& segment) {
    int64_t size_bytes = 0;
    for (const auto* files : {&segment.checkpoint, &segment.deltas}) {
        for (const LogFile& file : *files) size_bytes += file.info.size_bytes;
    }
    return size_bytes > kWorthwhileBytes;
}

// Nobody else can say whether a checksum belongs to the commit of its version.
bool is_of_commit(const VersionChecksum& checksum, const CommitActions& commit) {
    if (!checksum.txn_id || !commit.commit_info || !commit.commit_info->txn_id) return true;
    return *checksum.txn_id == *commit.commit_info->txn_id;
}

bool tells_everything(const VersionChecksum& checksum) {
    bool has_vectors = checksum.num_deletion_vectors && checksum.num_deleted_records;
    return checksum.has_transactions && checksum.has_domains &&
           (has_vectors || !checksum.protocol.has_feature("deletionVectors"));
}

FileCounts counts_of(const VersionChecksum& checksum) {
    return {checksum.num_files, checksum.table_size_bytes,
        checksum.num_deletion_vectors.value_or(0), checksum.num_deleted_records.value_or(0)};
}

bool is_same_table(const Metadata& a, const Metadata& b) {
    return a.id == b.id && a.schema_string == b.schema_string &&
           a.partition_columns == b.partition_columns && a.configuration == b.configuration;
}

// The files, from the log. What the log says stands: a checksum that says something else is not
// believed again.
SnapshotFilesPtr read_files(const std::string& root, const Handlers& handlers,
    const LogSegment& segment, const VersionChecksum& checksum, std::atomic<bool>& trusted) {
    auto table = Table::at(root, handlers);
    LogContents contents = read_log_segment(*table, segment);
    Replay replay;
    replay_contents(contents, &replay);
    bool agrees = replay.protocol != nullptr && replay.metadata != nullptr &&
                  protocol_features(*replay.protocol) == protocol_features(checksum.protocol) &&
                  is_same_table(*replay.metadata, checksum.metadata);
    auto out = files_of(nullptr, std::move(contents), replay);
    if (agrees && out->counts() == counts_of(checksum)) return out;
    trusted = false;
    if (agrees) return out;
    throw runtime_error(
        "DELTA_CHECKSUM_MISMATCH", {{"version", std::to_string(segment.version)}, {"path", root}});
}

}  // namespace

SnapshotPtr SnapshotBuilder::from_checksum(const Table& table, const LogSegment& segment) {
    if (!segment.checksum || segment.deltas.empty() || !table.trusted_checksums()->load() ||
        !is_worthwhile(segment))
        return nullptr;
    const LogFile& newest = segment.deltas.back();
    if (newest.name.kind != LogFileKind::kCommit || newest.name.version != segment.version)
        return nullptr;
    auto checksum = read_checksum(table.store(), table.log_path(), segment.version);
    if (!checksum || !tells_everything(*checksum)) return nullptr;
    LogContents contents;
    contents.deltas.push_back(read_log_file(table.store(), newest.info.path));
    if (contents.deltas[0] == nullptr || !is_of_commit(*checksum, *contents.deltas[0]))
        return nullptr;
    std::shared_ptr<Snapshot> made(new Snapshot());
    made->version_ = segment.version;
    made->root_ = table.root();
    made->store_ = table.shared_store();
    made->checkpoint_version_ = segment.checkpoint_version;
    for (auto& one : checksum->transactions) made->transactions_.emplace(one.app_id, one);
    for (auto& one : checksum->domains) {
        if (!one.removed) made->domains_.emplace(one.domain, one);
    }
    finish(table, segment, contents, nullptr, &checksum->protocol, &checksum->metadata, made.get());
    made->expected_ = counts_of(*checksum);
    made->load_files_ = [root = table.root(), handlers = table.handlers(), segment,
                            checksum = *checksum, trusted = table.trusted_checksums()] {
        return read_files(root, handlers, segment, checksum, *trusted);
    };
    return made;
}

void SnapshotBuilder::finish(const Table& table, const LogSegment& segment,
    const LogContents& contents, const SnapshotPtr& base, const Protocol* protocol,
    const Metadata* metadata, Snapshot* made) {
    if (protocol == nullptr && base == nullptr) throw cannot_recover("protocol", segment.version);
    if (metadata == nullptr && base == nullptr) throw cannot_recover("metadata", segment.version);
    made->protocol_ = protocol != nullptr ? *protocol : base->protocol_;
    check_can_read(made->protocol_, table.root());
    check_has_catalog(table, made->protocol_);
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
    made->log_file_ = segment.last_path;
    made->timestamp_ms_ = segment.last_modified_ms;
    if (made->bool_property("delta.enableInCommitTimestamps", false)) {
        if (!made->commit_info_) {  // only the checkpoint was read
            auto commit = read_commit(table, segment.version);
            if (commit != nullptr) made->commit_info_ = commit->commit_info;
        }
        if (made->commit_info_ && made->commit_info_->in_commit_timestamp_ms)
            made->timestamp_ms_ = *made->commit_info_->in_commit_timestamp_ms;
    }
}

}  // namespace hanok::delta
