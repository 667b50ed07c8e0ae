#pragma once
// Tables whose versions a catalogue decides (feature catalogManaged): a writer stages its commit as
// a file that means nothing yet, the catalogue ratifies one of those that want to be the next
// version, and anyone publishes what is ratified as <version>.json, in order.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hanok::delta {

/// A commit as the catalogue knows it. `file_name` lies in _delta_log/_staged_commits.
struct StagedCommit {
    int64_t version = -1;
    std::string file_name;
    int64_t size_bytes = 0;
    int64_t modified_ms = 0;
};

/// What is ratified and newer than a version that was asked for.
struct RatifiedCommits {
    int64_t latest_version = -1;            // of the table: a file of a newer version is no commit
    std::vector<StagedCommit> unpublished;  // ascending; those the catalogue still holds
};

enum class Ratification { kRatified, kTaken };

/// The catalogue's side. Thread-safe. Tables are named by their root folder.
class CommitCatalog {
public:
    virtual ~CommitCatalog() = default;

    /// Does it decide the versions of this table?
    virtual bool manages(const std::string& table_root) = 0;
    /// nullopt: it does not.
    virtual std::optional<RatifiedCommits> commits(
        const std::string& table_root, int64_t after_version) = 0;
    /// At most one commit becomes a version, and only after the version before it. Throws Error
    /// when the outcome is not known.
    virtual Ratification ratify(const std::string& table_root, const StagedCommit& commit) = 0;
    /// All versions up to this one are in the log folder.
    virtual void note_published(const std::string& table_root, int64_t version) = 0;
    /// May clients remove files, compact them or clean the log?
    virtual bool allows_maintenance(const std::string&) { return false; }
};

}  // namespace hanok::delta
