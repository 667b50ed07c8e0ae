#include "delta/packed_files.h"

#include <algorithm>
#include <cstring>

namespace hanok::delta {

namespace {

constexpr size_t kFirstBlock = 512;
constexpr size_t kLargestBlock = 1 << 20;

void append_size(size_t size, std::string* key) {
    key->append(reinterpret_cast<const char*>(&size), sizeof(size));
}

}  // namespace

const DeletionVectorDescriptor* PackedFiles::deletion_vector(size_t i) const {
    if (row(i).rare == kNotRare) return nullptr;
    const auto& vector = rare_[row(i).rare].deletion_vector;
    return vector ? &*vector : nullptr;
}

const AddFile& PackedFiles::file(size_t i) const {
    if (has_made_.load(std::memory_order_acquire)) {
        if (const auto* made = made_[i].load(std::memory_order_acquire)) return *made;
    }
    std::lock_guard lock(mutex_);
    if (made_ == nullptr) {
        made_ = std::make_unique<std::atomic<const AddFile*>[]>(size());
        has_made_.store(true, std::memory_order_release);
    }
    if (const auto* made = made_[i].load(std::memory_order_relaxed)) return *made;
    const Row& from = row(i);
    AddFile& file = files_.emplace_back();
    file.path = path(i);
    file.partition_values = partition_values(i);
    file.size_bytes = from.size_bytes;
    file.modification_time_ms = from.modification_time_ms;
    file.data_change = from.data_change != 0;
    file.stats = stats(i);
    if (from.base_row_id != kAbsent) file.base_row_id = from.base_row_id;
    if (from.default_row_commit_version != kAbsent)
        file.default_row_commit_version = from.default_row_commit_version;
    if (from.rare != kNotRare) {
        const Rare& rare = rare_[from.rare];
        file.tags = rare.tags;
        file.deletion_vector = rare.deletion_vector;
        file.clustering_provider = rare.clustering_provider;
    }
    made_[i].store(&file, std::memory_order_release);
    return file;
}

FilePacker::FilePacker(size_t files, size_t text_bytes)
    : made_(std::make_shared<PackedFiles>()),
      files_expected_(files == 0 ? PackedFiles::kRowsPerBlock : files),
      next_block_(std::max(text_bytes, kFirstBlock)) {
    made_->partitions_.emplace_back();  // number 0: without any
}

char* FilePacker::room_for(size_t bytes) {
    if (bytes > left_) {
        size_t size = std::max(bytes, next_block_);
        next_block_ = std::min(next_block_ * 2, kLargestBlock);
        auto block = std::make_unique_for_overwrite<char[]>(size + PackedFiles::kPadding);
        free_ = block.get();
        left_ = size;
        std::memset(free_ + size, 0, PackedFiles::kPadding);
        made_->texts_.push_back(std::move(block));
    }
    char* room = free_;
    free_ += bytes;
    left_ -= bytes;
    return room;
}

uint32_t FilePacker::partition_of(const PartitionValues& values) {
    key_.clear();
    for (const auto& [name, value] : values) {
        append_size(name.size(), &key_);
        key_ += name;
        append_size(value ? value->size() : SIZE_MAX, &key_);
        if (value) key_ += *value;
    }
    auto next = static_cast<uint32_t>(made_->partitions_.size());
    auto [it, is_new] = partitions_.try_emplace(key_, next);
    if (is_new) made_->partitions_.push_back(values);
    return it->second;
}

void FilePacker::add(std::string_view path, std::string_view stats, const AddFile& rest) {
    if (made_->size_ % PackedFiles::kRowsPerBlock == 0) {
        size_t expected = std::max<size_t>(1, files_expected_ - std::min(files_expected_, size()));
        made_->rows_.emplace_back().reserve(std::min(expected, PackedFiles::kRowsPerBlock));
    }
    made_->size_++;
    PackedFiles::Row& row = made_->rows_.back().emplace_back();
    char* text = room_for(path.size() + stats.size());
    path.copy(text, path.size());
    stats.copy(text + path.size(), stats.size());
    row.text = text;
    row.path_size = static_cast<uint32_t>(path.size());
    row.stats_size = static_cast<uint32_t>(stats.size());
    row.size_bytes = rest.size_bytes;
    row.modification_time_ms = rest.modification_time_ms;
    row.data_change = rest.data_change ? 1 : 0;
    row.base_row_id = rest.base_row_id.value_or(PackedFiles::kAbsent);
    row.default_row_commit_version = rest.default_row_commit_version.value_or(PackedFiles::kAbsent);
    if (!rest.partition_values.empty()) row.partition = partition_of(rest.partition_values);
    if (rest.tags.empty() && !rest.deletion_vector && !rest.clustering_provider) return;
    row.rare = static_cast<uint32_t>(made_->rare_.size());
    made_->rare_.push_back({rest.tags, rest.deletion_vector, rest.clustering_provider});
}

PackedFilesPtr FilePacker::finish() { return std::move(made_); }

}  // namespace hanok::delta
