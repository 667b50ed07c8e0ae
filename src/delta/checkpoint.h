#pragma once
// Checkpoints: writing them after a commit, the hint file, and cleaning of expired log files.

#include <cstdint>
#include <optional>
#include <string>

#include "delta/actions.h"
#include "delta/fwd.h"
#include "delta/handlers.h"

namespace hanok::delta {

/// Everything a checkpoint of the snapshot holds; removes past their retention are left out.
CommitActions checkpoint_actions(const Snapshot& snapshot, int64_t now_ms);

/// Writes a checkpoint of the snapshot, classic or (delta.checkpointPolicy = v2) with sidecars, and
/// _last_checkpoint. Throws when it fails; the
/// table is unharmed then. False when there is no writer.
bool write_checkpoint(const Snapshot& snapshot, const Handlers& handlers);

/// Is it time for a checkpoint after this version (delta.checkpointInterval)?
bool is_checkpoint_due(const Snapshot& snapshot);

/// The version _last_checkpoint names; nullopt when it is missing or unreadable.
std::optional<int64_t> read_last_checkpoint(
    storage::ObjectStore& store, const std::string& log_path);

/// Removes log files older than delta.logRetentionDuration that no kept version needs. Returns how
/// many. Never removes the newest checkpoint at or before the cut-off nor anything after it.
int64_t clean_up_expired_logs(const Snapshot& snapshot, const Handlers& handlers, int64_t now_ms);

/// The same for everything up to a time, whatever the properties say: DROP FEATURE … TRUNCATE
/// HISTORY.
int64_t truncate_history(const Snapshot& snapshot, int64_t cutoff_ms);

/// Names the version before which no checkpoint may be removed alone.
inline constexpr const char* kCheckpointProtection =
    "delta.requireCheckpointProtectionBeforeVersion";

}  // namespace hanok::delta
