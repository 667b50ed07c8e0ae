#pragma once
// Many data files of a table, packed: their texts lie together, what few files have lies aside, and
// an AddFile is made only of those that somebody asks for. A checkpoint of a million files opens
// several times faster than as a million structs.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "delta/actions.h"

namespace hanok::delta {

/// Made by FilePacker; immutable, so that any number of threads may read it.
class PackedFiles {
public:
    /// So many bytes may be read behind each text.
    static constexpr size_t kPadding = 64;

    size_t size() const { return size_; }
    std::string_view path(size_t i) const { return {row(i).text, row(i).path_size}; }
    std::string_view stats(size_t i) const {
        return {row(i).text + row(i).path_size, row(i).stats_size};
    }
    int64_t size_bytes(size_t i) const { return row(i).size_bytes; }
    /// Files with the same values share one object.
    const PartitionValues& partition_values(size_t i) const {
        return partitions_[row(i).partition];
    }
    /// Null: no row is deleted.
    const DeletionVectorDescriptor* deletion_vector(size_t i) const;
    /// Made when it is first asked for; lives as long as this.
    const AddFile& file(size_t i) const;

private:
    friend class FilePacker;
    static constexpr uint32_t kNotRare = INT32_MAX;
    static constexpr int64_t kAbsent = INT64_MIN;
    struct Row {
        const char* text = nullptr;  // path and stats, one behind the other
        int64_t size_bytes = 0;
        int64_t modification_time_ms = 0;
        int64_t base_row_id = kAbsent;
        int64_t default_row_commit_version = kAbsent;
        uint32_t path_size = 0;
        uint32_t stats_size = 0;
        uint32_t partition = 0;
        uint32_t rare : 31 = kNotRare;
        uint32_t data_change : 1 = 1;
    };
    struct Rare {
        StringMap tags;
        std::optional<DeletionVectorDescriptor> deletion_vector;
        std::optional<std::string> clustering_provider;
    };

    // In blocks: none is moved when another is added.
    static constexpr size_t kRowsPerBlock = 4096;

    const Row& row(size_t i) const { return rows_[i / kRowsPerBlock][i % kRowsPerBlock]; }

    size_t size_ = 0;
    std::vector<std::vector<Row>> rows_;
    std::vector<std::unique_ptr<char[]>> texts_;
    std::vector<PartitionValues> partitions_;
    std::vector<Rare> rare_;
    mutable std::mutex mutex_;  // guards what follows, made_[i] against being made twice
    mutable std::deque<AddFile> files_;
    mutable std::unique_ptr<std::atomic<const AddFile*>[]> made_;
    mutable std::atomic<bool> has_made_ = false;
};
using PackedFilesPtr = std::shared_ptr<const PackedFiles>;

/// Makes a PackedFiles. One thread at a time.
class FilePacker {
public:
    /// Both only to be quick: how many files will be added, and the size of their texts.
    explicit FilePacker(size_t files = 0, size_t text_bytes = 0);
    size_t size() const { return made_->size(); }
    void add(const AddFile& file) { add(file.path, file.stats, file); }
    /// Path and statistics apart; those of `rest` do not count.
    void add(std::string_view path, std::string_view stats, const AddFile& rest);
    /// What was added so far; the packer is of no use any more.
    PackedFilesPtr finish();

private:
    char* room_for(size_t bytes);
    uint32_t partition_of(const PartitionValues& values);

    std::shared_ptr<PackedFiles> made_;
    char* free_ = nullptr;
    size_t left_ = 0;
    size_t files_expected_;
    size_t next_block_;
    std::unordered_map<std::string, uint32_t> partitions_;  // by their texts
    std::string key_;
};

}  // namespace hanok::delta
