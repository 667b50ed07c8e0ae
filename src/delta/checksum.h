#pragma once
// <version>.crc: what a version holds, counted. Written after a commit, never again; nobody needs
// it, but it tells protocol and metadata of a version without replaying the log.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

struct VersionChecksum {
    std::optional<std::string> txn_id;
    int64_t table_size_bytes = 0;
    int64_t num_files = 0;
    std::optional<int64_t> num_deleted_records;
    std::optional<int64_t> num_deletion_vectors;
    std::optional<int64_t> in_commit_timestamp_ms;
    std::vector<SetTransaction> transactions;
    std::vector<DomainMetadata> domains;
    Metadata metadata;
    Protocol protocol;
    /// Does it list applications and domains (some writers leave them out where they are many)?
    bool has_transactions = true;
    bool has_domains = true;
};

VersionChecksum checksum_of(const Snapshot& snapshot);
std::string to_json(const VersionChecksum& checksum);
/// nullopt for a text that is none, or that lacks what every checksum has.
std::optional<VersionChecksum> parse_checksum(const std::string& text);

/// Writes the snapshot's checksum unless there is one.
void write_checksum(const Snapshot& snapshot);
/// nullopt when there is none, or it cannot be understood.
std::optional<VersionChecksum> read_checksum(
    storage::ObjectStore& store, const std::string& log_path, int64_t version);

}  // namespace hanok::delta
