#include "delta/committer.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/ids.h"
#include "delta/actions.h"
#include "delta/handlers.h"
#include "delta/log_segment.h"
#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::delta {

namespace {

constexpr const char* kStagedFolder = "_staged_commits";

Error unknown_outcome(int64_t version, const std::string& reason) {
    return runtime_error(
        "DELTA_COMMIT_OUTCOME_UNKNOWN", {{"version", std::to_string(version)}, {"reason", reason}});
}

std::string log_file(const Table& table, int64_t version) {
    return storage::join_path(table.log_path(), commit_file_name(version));
}

}  // namespace

bool FileSystemCommitter::commit(
    const Table& table, const CommitRequest& request, bool* may_have_committed) {
    std::string path = log_file(table, request.version);
    const std::string& text = request.text;
    std::optional<std::string> stored;
    try {
        if (table.store().put_if_absent(path, text) == storage::PutResult::kAlreadyExists)
            return false;
        *may_have_committed = true;
        return true;
    } catch (const Error& failure) {
        // Stored or not? Only the log knows. No entry: nothing happened, and the error stands.
        *may_have_committed = true;
        try {
            stored = table.store().get(path);
        } catch (const Error&) {
            throw unknown_outcome(request.version, failure.what());
        }
        if (!stored || *stored != text) *may_have_committed = false;
        if (!stored) throw;
    }
    if (*stored == text) return true;
    // An entry that begins as ours does is ours, torn: no one else's has our transaction id.
    if (text.compare(0, stored->size(), *stored) == 0) {
        throw runtime_error("DELTA_MALFORMED_LOG_FILE",
            {{"path", path}, {"line", "1"}, {"reason", "torn while it was written"}});
    }
    return false;
}

bool CatalogCommitter::is_ratified(const Table& table, const StagedCommit& commit) const {
    auto known = catalog_->commits(table.root(), commit.version - 1);
    if (!known || known->latest_version < commit.version) return false;
    for (const StagedCommit& one : known->unpublished) {
        if (one.version == commit.version) return one.file_name == commit.file_name;
    }
    // Published already: the log folder tells whose it is.
    auto published = table.store().get(log_file(table, commit.version));
    auto staged = table.store().get(staged_commit_path(table.log_path(), commit));
    return published && staged && *published == *staged;
}

bool CatalogCommitter::commit(
    const Table& table, const CommitRequest& request, bool* may_have_committed) {
    base::RandomSource* random = table.handlers().random;
    StagedCommit staged;
    staged.version = request.version;
    staged.file_name = fmt::format("{:020}.{}.json", request.version,
        base::new_uuid(random != nullptr ? *random : base::SystemRandom::instance()));
    staged.size_bytes = static_cast<int64_t>(request.text.size());
    staged.modified_ms = request.now_ms;
    std::string path = staged_commit_path(table.log_path(), staged);
    table.store().make_directory(storage::join_path(table.log_path(), kStagedFolder));
    // The name is nobody else's, so that a put whose answer was lost may be made again.
    table.store().put(path, request.text);
    bool is_ours = false;
    try {
        is_ours = catalog_->ratify(table.root(), staged) == Ratification::kRatified;
    } catch (const Error& failure) {
        *may_have_committed = true;
        try {
            is_ours = is_ratified(table, staged);
        } catch (const Error&) {
            throw unknown_outcome(request.version, failure.what());
        }
        *may_have_committed = is_ours;
        if (!is_ours) throw;
    }
    if (!is_ours) {
        table.store().remove(path);
        return false;
    }
    *may_have_committed = true;
    publish_commits(table);
    return true;
}

bool is_catalog_managed(const Protocol& protocol) {
    return protocol.has_feature(kCatalogManaged) || protocol.has_feature("catalogOwned-preview");
}

void check_has_catalog(const Table& table, const Protocol& protocol) {
    if (!is_catalog_managed(protocol)) return;
    const auto& catalog = table.handlers().commit_catalog;
    if (catalog != nullptr && catalog->manages(table.root())) return;
    throw analysis_error(
        "DELTA_PATH_BASED_ACCESS_TO_CATALOG_MANAGED_TABLE_BLOCKED", {{"path", table.root()}});
}

std::unique_ptr<Committer> committer_for(const Table& table, const Protocol& protocol) {
    if (!is_catalog_managed(protocol)) return std::make_unique<FileSystemCommitter>();
    check_has_catalog(table, protocol);
    return std::make_unique<CatalogCommitter>(table.handlers().commit_catalog);
}

void check_allows_maintenance(
    const Table& table, const Protocol& protocol, const std::string& operation) {
    if (!is_catalog_managed(protocol)) return;
    check_has_catalog(table, protocol);
    if (table.handlers().commit_catalog->allows_maintenance(table.root())) return;
    throw unsupported_error(
        "DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION", {{"operation", operation}});
}

std::optional<RatifiedCommits> ratified_commits(const Table& table, int64_t after_version) {
    const auto& catalog = table.handlers().commit_catalog;
    if (catalog == nullptr) return std::nullopt;
    return catalog->commits(table.root(), after_version);
}

std::string staged_commit_path(const std::string& log_path, const StagedCommit& commit) {
    return storage::join_path(storage::join_path(log_path, kStagedFolder), commit.file_name);
}

void publish_commits(const Table& table) {
    try {
        auto ratified = ratified_commits(table, -1);
        if (!ratified) return;
        for (const StagedCommit& commit : ratified->unpublished) {
            auto text = table.store().get(staged_commit_path(table.log_path(), commit));
            if (!text) return;
            table.store().put_if_absent(log_file(table, commit.version), *text);
            table.handlers().commit_catalog->note_published(table.root(), commit.version);
        }
    } catch (const Error&) {
        return;  // ratified is committed; the next writer publishes
    }
}

}  // namespace hanok::delta
