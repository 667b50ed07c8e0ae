#pragma once
// The files of one version, in the order they were added.

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::delta {

/// What the files of a version add up to. A checksum tells it without the files.
struct FileCounts {
    int64_t files = 0;
    int64_t size_bytes = 0;
    int64_t deletion_vectors = 0;
    int64_t deleted_rows = 0;

    void add(const AddFile& file);
    void add(const PackedFiles& files, size_t row);
    bool operator==(const FileCounts&) const = default;
};

/// Files that follow each other: packed ones, or plain ones.
struct FileRun {
    std::shared_ptr<const PackedFiles> packed;          // null: plain ones
    std::shared_ptr<const std::vector<uint32_t>> rows;  // of `packed`, ascending; null: all
    std::vector<const AddFile*> plain;

    size_t size() const;
    /// Of packed ones.
    size_t row(size_t i) const { return rows == nullptr ? i : (*rows)[i]; }
    const AddFile& file(size_t i) const;
    const PartitionValues& partition_values(size_t i) const;
};

/// Filled by log replay, then immutable. Shares with older snapshots what both have.
class SnapshotFiles {
public:
    /// Before the files are shared.
    void append(FileRun run);
    /// Once all are there.
    void count();

    size_t size() const { return size_; }
    const std::vector<FileRun>& runs() const { return runs_; }
    const FileCounts& counts() const { return counts_; }
    /// The run of a file, and its place there.
    std::pair<const FileRun*, size_t> find(size_t index) const;
    const AddFile& file(size_t index) const;
    /// All as structs; of packed ones they are made now.
    const std::vector<const AddFile*>& all() const;

    std::vector<std::shared_ptr<const CommitActions>> chunks;  // what the pointers point into
    std::vector<const RemoveFile*> tombstones;

private:
    std::vector<FileRun> runs_;
    std::vector<size_t> first_;  // index of a run's first file
    size_t size_ = 0;
    FileCounts counts_;
    mutable std::once_flag listed_;
    mutable std::vector<const AddFile*> all_;
};
using SnapshotFilesPtr = std::shared_ptr<const SnapshotFiles>;

}  // namespace hanok::delta
