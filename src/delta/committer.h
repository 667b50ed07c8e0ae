#pragma once
// How a text becomes the next version of a table.

#include <cstdint>
#include <memory>
#include <string>

#include "delta/commit_catalog.h"
#include "delta/fwd.h"

namespace hanok::delta {

struct CommitRequest {
    int64_t version = 0;
    const std::string& text;
    int64_t now_ms = 0;
};

class Committer {
public:
    virtual ~Committer() = default;

    /// True when the version is ours, false when someone else has it. Throws when it is neither;
    /// `may_have_committed` then tells whether the version may turn out to be ours all the same.
    virtual bool commit(
        const Table& table, const CommitRequest& request, bool* may_have_committed) = 0;
};

/// Creates <version>.json, which the store grants to one writer.
class FileSystemCommitter final : public Committer {
public:
    bool commit(
        const Table& table, const CommitRequest& request, bool* may_have_committed) override;
};

/// Stages, has the catalogue ratify, and publishes if it can.
class CatalogCommitter final : public Committer {
public:
    explicit CatalogCommitter(std::shared_ptr<CommitCatalog> catalog)
        : catalog_(std::move(catalog)) {}
    bool commit(
        const Table& table, const CommitRequest& request, bool* may_have_committed) override;

private:
    bool is_ratified(const Table& table, const StagedCommit& commit) const;

    std::shared_ptr<CommitCatalog> catalog_;
};

inline constexpr const char* kCatalogManaged = "catalogManaged";
bool is_catalog_managed(const Protocol& protocol);

/// The one for a table of this protocol. Throws
/// DELTA_PATH_BASED_ACCESS_TO_CATALOG_MANAGED_TABLE_BLOCKED where no catalogue is at hand.
std::unique_ptr<Committer> committer_for(const Table& table, const Protocol& protocol);
/// Throws that error for a table that only a catalogue can tell the versions of.
void check_has_catalog(const Table& table, const Protocol& protocol);
/// Throws DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION unless the catalogue allows it.
void check_allows_maintenance(
    const Table& table, const Protocol& protocol, const std::string& operation);

/// What the catalogue says of a table; nullopt where none manages it.
std::optional<RatifiedCommits> ratified_commits(const Table& table, int64_t after_version);
std::string staged_commit_path(const std::string& log_path, const StagedCommit& commit);
/// Brings ratified commits into the log folder, in order, as far as it goes.
void publish_commits(const Table& table);

}  // namespace hanok::delta
