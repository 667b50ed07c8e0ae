#pragma once
// What the files of a log segment mean: the newest word about every file, property and application.

#include <memory>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"
#include "delta/log_segment.h"

namespace hanok::delta {

/// Reads the files of a segment, several at once. `checkpoint` holds the parts and their sidecars,
/// `deltas` one element a file of segment.deltas, ascending.
struct LogContents {
    std::vector<std::shared_ptr<const CommitActions>> checkpoint;
    std::vector<std::shared_ptr<const CommitActions>> deltas;
};
LogContents read_log_segment(const Table& table, const LogSegment& segment);

/// Reads a JSON file of the log; nullptr when it does not exist.
std::shared_ptr<CommitActions> read_log_file(storage::ObjectStore& store, const std::string& path);

/// Reads one commit; nullptr when it does not exist.
std::shared_ptr<CommitActions> read_commit(
    storage::ObjectStore& store, const std::string& log_path, int64_t version);

/// The same; a commit that the catalogue has ratified counts before it is published.
std::shared_ptr<CommitActions> read_commit(const Table& table, int64_t version);

/// One spelling for paths that mean the same file ("file:/x", "file:///x" and "/x").
std::string canonical_path(const std::string& log_path);

/// Makes snapshots. Either from a whole log, or from an older snapshot and what came after it.
class SnapshotBuilder {
public:
    static SnapshotPtr build(const Table& table, const LogSegment& segment, LogContents contents,
        const SnapshotPtr& base);
    /// By the checksum of the version, without the rest of the log; null where there is none that
    /// can be trusted, or the log is so short that it helps nobody.
    static SnapshotPtr from_checksum(const Table& table, const LogSegment& segment);

private:
    static void finish(const Table& table, const LogSegment& segment, const LogContents& contents,
        const SnapshotPtr& base, const Protocol* protocol, const Metadata* metadata,
        Snapshot* made);
};

}  // namespace hanok::delta
