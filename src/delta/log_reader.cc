// Reading the files of a log segment: small ones many at a time, big ones in pieces.

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "delta/action_json.h"
#include "delta/committer.h"
#include "delta/handlers.h"
#include "delta/log_replay.h"
#include "delta/parallel.h"
#include "delta/table.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

// Commits that a thread takes at once: few, so that big ones spread over the threads.
constexpr size_t kMaxCommitsPerBlock = 32;
// Starting a thread costs more than reading a log of this size.
constexpr int64_t kSmallLogBytes = 256 << 10;
// A file of more is cut, and its files are packed.
constexpr int64_t kBigFileBytes = 1 << 20;
constexpr size_t kPieceBytes = 1 << 20;
// Texts of big files that are held at once.
constexpr int64_t kHeldBytes = 256 << 20;

size_t commits_per_block(size_t count) {
    return std::clamp<size_t>(count / 64, 1, kMaxCommitsPerBlock);
}

Error missing_log_file(const std::string& path) {
    return runtime_error("DELTA_LOG_FILE_NOT_FOUND", {{"path", path}});
}

struct Job {
    std::string path;
    int64_t size_bytes = 0;
    ParseOptions options;
    std::shared_ptr<CommitActions> actions;  // what becomes of it

    bool is_big() const { return size_bytes > kBigFileBytes; }
};

// Whole lines of a big file.
struct Piece {
    Job* job = nullptr;
    const std::string* text = nullptr;
    size_t begin = 0;
    size_t end = 0;
    CommitActions actions;
};

void cut(Job* job, const std::string& text, std::vector<Piece>* pieces) {
    for (size_t begin = 0; begin < text.size();) {
        size_t end = text.find('\n', std::min(begin + kPieceBytes, text.size() - 1));
        end = end == std::string::npos ? text.size() : end + 1;
        pieces->push_back({job, &text, begin, end, {}});
        begin = end;
    }
}

template <class T>
void move_to(std::vector<T>& from, std::vector<T>* to) {
    to->insert(
        to->end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

template <class T>
void move_to(std::optional<T>& from, std::optional<T>* to) {
    if (from) *to = std::move(from);
}

void move_to(CommitActions& from, CommitActions* to) {
    move_to(from.commit_info, &to->commit_info);
    move_to(from.protocol, &to->protocol);
    move_to(from.metadata, &to->metadata);
    move_to(from.adds, &to->adds);
    move_to(from.packed_adds, &to->packed_adds);
    move_to(from.removes, &to->removes);
    move_to(from.cdc_files, &to->cdc_files);
    move_to(from.transactions, &to->transactions);
    move_to(from.domains, &to->domains);
    move_to(from.sidecars, &to->sidecars);
    move_to(from.v2_checkpoint_version, &to->v2_checkpoint_version);
}

// Jobs whose big texts may be held together.
void read_some(storage::ObjectStore& store, Job* jobs, size_t count, int threads) {
    std::vector<std::string> texts(count);
    parallel_for(count, commits_per_block(count), threads, [&](size_t i) {
        std::optional<std::string> text = store.get(jobs[i].path);
        if (!text) throw missing_log_file(jobs[i].path);
        jobs[i].actions = std::make_shared<CommitActions>();
        if (jobs[i].is_big()) {
            texts[i] = std::move(*text);
        } else {
            parse_actions(*text, jobs[i].path, jobs[i].options, jobs[i].actions.get());
        }
    });
    std::vector<Piece> pieces;
    for (size_t i = 0; i < count; i++) cut(&jobs[i], texts[i], &pieces);
    parallel_for(pieces.size(), 1, threads, [&](size_t i) {
        Piece& piece = pieces[i];
        ParseOptions options = piece.job->options;
        options.pack_adds = true;
        parse_actions(
            *piece.text, piece.begin, piece.end, piece.job->path, options, &piece.actions);
    });
    for (Piece& piece : pieces) move_to(piece.actions, piece.job->actions.get());
}

void read_json(storage::ObjectStore& store, std::vector<Job>* jobs, int threads) {
    int64_t total = 0;
    for (const Job& job : *jobs) total += job.size_bytes;
    if (total < kSmallLogBytes) threads = 1;
    for (size_t begin = 0; begin < jobs->size();) {
        int64_t held = 0;
        size_t end = begin;
        for (; end < jobs->size() && (end == begin || held < kHeldBytes); end++) {
            const Job& job = (*jobs)[end];
            if (job.is_big()) held += job.size_bytes;
        }
        read_some(store, jobs->data() + begin, end - begin, threads);
        begin = end;
    }
}

std::shared_ptr<CommitActions> read_parquet(const Table& table, const std::string& path) {
    const auto& reader = table.handlers().checkpoint_reader;
    if (reader == nullptr) throw unsupported_feature("Parquet checkpoints without a reader");
    return std::make_shared<CommitActions>(reader->read(table.store(), path));
}

std::shared_ptr<CommitActions> read_checkpoint_file(
    const Table& table, const storage::ObjectInfo& info) {
    if (!info.path.ends_with(".json")) return read_parquet(table, info.path);
    std::vector<Job> jobs = {{info.path, info.size_bytes, {}, nullptr}};
    read_json(table.store(), &jobs, table.handlers().threads);
    return jobs[0].actions;
}

std::string sidecar_path(const Table& table, const Sidecar& sidecar) {
    std::string path = storage::uri_decode(sidecar.path);
    if (storage::is_absolute_path(path)) return path;
    return storage::join_path(storage::join_path(table.log_path(), "_sidecars"), path);
}

}  // namespace

std::shared_ptr<CommitActions> read_log_file(storage::ObjectStore& store, const std::string& path) {
    std::optional<std::string> text = store.get(path);
    if (!text) return nullptr;
    auto actions = std::make_shared<CommitActions>();
    parse_actions(*text, path, {}, actions.get());
    return actions;
}

std::shared_ptr<CommitActions> read_commit(
    storage::ObjectStore& store, const std::string& log_path, int64_t version) {
    return read_log_file(store, storage::join_path(log_path, commit_file_name(version)));
}

std::shared_ptr<CommitActions> read_commit(const Table& table, int64_t version) {
    auto published = read_commit(table.store(), table.log_path(), version);
    if (published != nullptr) return published;
    auto ratified = ratified_commits(table, version - 1);
    if (!ratified) return nullptr;
    for (const StagedCommit& commit : ratified->unpublished) {
        if (commit.version == version)
            return read_log_file(table.store(), staged_commit_path(table.log_path(), commit));
    }
    // Published since we looked.
    return read_commit(table.store(), table.log_path(), version);
}

LogContents read_log_segment(const Table& table, const LogSegment& segment) {
    int threads = table.handlers().threads;
    std::vector<Job> jobs;
    for (const LogFile& file : segment.deltas)
        jobs.push_back({file.info.path, file.info.size_bytes, {}, nullptr});
    for (Job& job : jobs) job.options.commit_info = &job == &jobs.back();
    read_json(table.store(), &jobs, threads);
    LogContents contents;
    for (Job& job : jobs) contents.deltas.push_back(std::move(job.actions));
    contents.checkpoint.resize(segment.checkpoint.size());
    parallel_for(segment.checkpoint.size(), 1, threads, [&](size_t i) {
        contents.checkpoint[i] = read_checkpoint_file(table, segment.checkpoint[i].info);
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

}  // namespace hanok::delta
