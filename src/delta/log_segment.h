#pragma once
// Which files of _delta_log make up a version. What they mean is log replay (log_replay.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/commit_catalog.h"
#include "delta/fwd.h"
#include "storage/object_store.h"

namespace hanok::delta {

enum class LogFileKind {
    kCommit,
    kCheckpoint,      // <v>.checkpoint.parquet
    kCheckpointPart,  // <v>.checkpoint.<o>.<p>.parquet
    kCheckpointUuid,  // <v>.checkpoint.<uuid>.{json,parquet}
    kCompacted,       // <x>.<y>.compacted.json
    kChecksum,        // <v>.crc
    kOther,
};

struct LogFileName {
    LogFileKind kind = LogFileKind::kOther;
    int64_t version = -1;
    int64_t end_version = -1;  // compacted only
    int32_t part = 0;          // 1-based
    int32_t parts = 1;
};

/// What a name in _delta_log stands for; kOther for everything we do not know.
LogFileName parse_log_file_name(const std::string& name);
/// "00000000000000000007.json", 20 digits.
std::string commit_file_name(int64_t version);
std::string checkpoint_file_name(int64_t version);
std::string checksum_file_name(int64_t version);

struct LogFile {
    LogFileName name;
    storage::ObjectInfo info;
};

struct LogSegment {
    int64_t version = -1;             // the version it makes up
    int64_t checkpoint_version = -1;  // -1: from the first commit on
    std::vector<LogFile> checkpoint;  // the parts of one checkpoint
    /// In ascending order; commits and compacted ranges that follow each other without gap from
    /// checkpoint_version + 1 to version.
    std::vector<LogFile> deltas;
    /// Log file time of the last commit, or of the checkpoint when there is no commit file.
    int64_t last_modified_ms = 0;
    std::string last_etag;            // of the same file, where the store has one
    std::string last_path;            // of the same file
    std::optional<LogFile> checksum;  // the .crc of `version`
};

/// Takes the catalogue's word for what the newest commits (ascending) are.
void apply_ratified(
    const std::string& log_path, const RatifiedCommits& ratified, std::vector<LogFile>* commits);

struct SegmentRequest {
    std::optional<int64_t> version;  // nullopt: the newest
    /// Commits from here on only, no checkpoint: for a snapshot that is already known.
    std::optional<int64_t> after_version;
    bool ignore_compacted = false;
    /// Of a table whose catalogue decides its versions.
    std::optional<RatifiedCommits> ratified;
};

/// Lists the log. nullopt: no such table, or (with after_version) nothing new. Throws
/// DELTA_VERSIONS_NOT_CONTIGUOUS, DELTA_VERSION_NOT_FOUND, DELTA_TRUNCATED_TRANSACTION_LOG,
/// DELTA_MISSING_PART_FILES.
std::optional<LogSegment> list_log_segment(
    storage::ObjectStore& store, const std::string& log_path, const SegmentRequest& request);

}  // namespace hanok::delta
