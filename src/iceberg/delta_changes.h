#pragma once
// What versions of a Delta table have changed since the one that was published.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::iceberg {

struct DeltaChanges {
    std::map<std::string, const delta::AddFile*> added;  // by absolute path; of the snapshot
    std::set<std::string> removed;                       // absolute paths
    bool changes_data = false;                           // no mere rewriting

    bool empty() const { return added.empty() && removed.empty(); }
};

/// The changes after `since`; nullopt when the log no longer has them all. A file that is added
/// again counts as removed and added.
std::optional<DeltaChanges> changes_since(const delta::Snapshot& snapshot, int64_t since);
/// Every file of the snapshot as added.
DeltaChanges all_files(const delta::Snapshot& snapshot);

}  // namespace hanok::iceberg
