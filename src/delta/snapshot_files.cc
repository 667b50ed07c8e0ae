#include "delta/snapshot_files.h"

#include <algorithm>

#include "delta/packed_files.h"

namespace hanok::delta {

void FileCounts::add(const AddFile& file) {
    files++;
    size_bytes += file.size_bytes;
    if (!file.deletion_vector) return;
    deletion_vectors++;
    deleted_rows += file.deletion_vector->cardinality;
}

void FileCounts::add(const PackedFiles& packed, size_t row) {
    files++;
    size_bytes += packed.size_bytes(row);
    const auto* vector = packed.deletion_vector(row);
    if (vector == nullptr) return;
    deletion_vectors++;
    deleted_rows += vector->cardinality;
}

size_t FileRun::size() const {
    if (packed == nullptr) return plain.size();
    return rows == nullptr ? packed->size() : rows->size();
}

const AddFile& FileRun::file(size_t i) const {
    return packed == nullptr ? *plain[i] : packed->file(row(i));
}

const PartitionValues& FileRun::partition_values(size_t i) const {
    return packed == nullptr ? plain[i]->partition_values : packed->partition_values(row(i));
}

void SnapshotFiles::append(FileRun run) {
    size_t added = run.size();
    if (added == 0) return;
    if (run.packed == nullptr && !runs_.empty() && runs_.back().packed == nullptr) {
        auto& known = runs_.back().plain;
        known.insert(known.end(), run.plain.begin(), run.plain.end());
    } else {
        first_.push_back(size_);
        runs_.push_back(std::move(run));
    }
    size_ += added;
}

void SnapshotFiles::count() {
    for (const FileRun& run : runs_) {
        for (const AddFile* file : run.plain) counts_.add(*file);
        if (run.packed == nullptr) continue;
        for (size_t i = 0; i < run.size(); i++) counts_.add(*run.packed, run.row(i));
    }
}

std::pair<const FileRun*, size_t> SnapshotFiles::find(size_t index) const {
    auto next = std::upper_bound(first_.begin(), first_.end(), index);
    auto run = static_cast<size_t>(next - first_.begin()) - 1;
    return {&runs_[run], index - first_[run]};
}

const AddFile& SnapshotFiles::file(size_t index) const {
    auto [run, place] = find(index);
    return run->file(place);
}

const std::vector<const AddFile*>& SnapshotFiles::all() const {
    if (runs_.size() == 1 && runs_[0].packed == nullptr) return runs_[0].plain;
    std::call_once(listed_, [&] {
        std::vector<const AddFile*> all;
        all.reserve(size_);
        for (const FileRun& run : runs_) {
            for (size_t i = 0; i < run.size(); i++) all.push_back(&run.file(i));
        }
        all_ = std::move(all);
    });
    return all_;
}

}  // namespace hanok::delta
