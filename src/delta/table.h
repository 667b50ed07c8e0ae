#pragma once
// A Delta table at a path: the way to its snapshots. Keeps the newest one and refreshes it
// incrementally. Thread-safe.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "delta/fwd.h"
#include "delta/handlers.h"

namespace hanok::delta {

class Table : public std::enable_shared_from_this<Table> {
public:
    /// Does no I/O. `path` is a local path or a URI of the table's root folder.
    static std::shared_ptr<Table> at(const std::string& path, Handlers handlers);

    /// Root folder without trailing slash; "file:" is stripped.
    const std::string& root() const { return root_; }
    std::string log_path() const;
    storage::ObjectStore& store() const { return *store_; }
    const StorePtr& shared_store() const { return store_; }
    const Handlers& handlers() const { return handlers_; }

    /// Is there a log with at least one commit or checkpoint?
    bool exists() const;

    /// The newest version. Throws DELTA_PATH_DOES_NOT_EXIST when there is no table,
    /// and the errors of Snapshot's loading (DELTA_STATE_RECOVER_ERROR, …).
    SnapshotPtr snapshot();
    /// Throws DELTA_VERSION_NOT_FOUND.
    SnapshotPtr snapshot_at_version(int64_t version);
    /// The newest version whose timestamp is not after `timestamp_ms`. Throws
    /// DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION, DELTA_TIMESTAMP_GREATER_THAN_COMMIT.
    SnapshotPtr snapshot_at_timestamp(int64_t timestamp_ms);
    /// After a commit of ours: `snapshot` becomes the kept one if it is newer.
    void offer(const SnapshotPtr& snapshot);

    /// False once a checksum has contradicted the log.
    const std::shared_ptr<std::atomic<bool>>& trusted_checksums() const {
        return trusted_checksums_;
    }

private:
    Table(std::string root, Handlers handlers);
    /// Is its commit still the one in the log? A table dropped and made anew has another one.
    bool is_current(const Snapshot& known) const;
    /// The newest version made from a known one; null when the whole log has to be read.
    SnapshotPtr refreshed(const SnapshotPtr& known);

    std::string root_;
    Handlers handlers_;
    StorePtr store_;
    mutable std::mutex mutex_;  // guards newest_
    SnapshotPtr newest_;
    const std::shared_ptr<std::atomic<bool>> trusted_checksums_ =
        std::make_shared<std::atomic<bool>>(true);
};

}  // namespace hanok::delta
