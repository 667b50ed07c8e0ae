#pragma once
// The plans that a session keeps the rows of (persist, CACHE TABLE). Thread-safe.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "resolved/fingerprint.h"
#include "session/data_changes.h"

namespace hanok::session {

struct StorageLevel {
    bool use_memory = true;
    bool use_disk = true;
    bool use_off_heap = false;
    bool deserialized = true;
    int32_t replication = 1;
};

struct CachedPlan {
    StorageLevel level;
    std::string cache_key;      // of the rows in the engine
    resolved::DataState state;  // of the data when the rows were or will be taken
    uint64_t taken_at = 0;      // in DataChanges
};

// A plan stays cached while its tables and folders change: after a new version of a Delta table,
// or after a change of its files that this server made or was told of, its rows are taken anew.
class CachedPlans {
public:
    explicit CachedPlans(const DataChanges& changes) : changes_(changes) {}

    // Nothing happens when it is there already.
    void add(const resolved::Plan& plan, const StorageLevel& level);
    std::optional<CachedPlan> find(const resolved::Plan& plan) const;
    // As find, for a plan that is about to run: with a fresh key when its rows are out of date;
    // `outdated` is then the old one.
    std::optional<CachedPlan> use(const resolved::Plan& plan, std::string* outdated);
    // The key of the rows that nobody needs any more.
    std::optional<std::string> remove(const resolved::Plan& plan);
    std::vector<std::string> clear();
    bool empty() const;

private:
    const DataChanges& changes_;
    mutable std::mutex mutex_;
    std::map<std::string, CachedPlan> plans_;  // guarded by mutex_; by cache_identity
};

}  // namespace hanok::session
