#include "delta/optimize.h"

#include <algorithm>
#include <map>

#include "delta/statistics.h"

namespace hanok::delta {

namespace {

double deleted_ratio(const AddFile& file) {
    if (!file.deletion_vector) return 0;
    auto records = stats_num_records(file.stats);
    if (!records || *records == 0) return 1;
    return static_cast<double>(file.deletion_vector->cardinality) / static_cast<double>(*records);
}

bool is_worth_it(const OptimizeGroup& group, const OptimizeRequest& request) {
    if (group.files.size() >= 2 || request.all_files) return true;
    return deleted_ratio(*group.files[0]) > request.max_deleted_rows_ratio;
}

}  // namespace

std::vector<OptimizeGroup> plan_optimize(
    const std::vector<const AddFile*>& files, const OptimizeRequest& request) {
    std::map<PartitionValues, std::vector<const AddFile*>> partitions;
    for (const AddFile* file : files) {
        bool wanted = request.all_files || file->size_bytes < request.min_file_size_bytes ||
                      deleted_ratio(*file) > request.max_deleted_rows_ratio;
        if (!wanted) continue;
        PartitionValues key = file->partition_values;
        std::sort(key.begin(), key.end());
        partitions[std::move(key)].push_back(file);
    }
    std::vector<OptimizeGroup> groups;
    for (auto& [values, members] : partitions) {
        std::stable_sort(members.begin(), members.end(),
            [](const AddFile* a, const AddFile* b) { return a->size_bytes < b->size_bytes; });
        OptimizeGroup group;
        auto flush = [&] {
            if (!group.files.empty() && is_worth_it(group, request)) groups.push_back(group);
            group = OptimizeGroup();
        };
        for (const AddFile* file : members) {
            if (group.size_bytes + file->size_bytes > request.max_file_size_bytes) flush();
            group.partition_values = file->partition_values;
            group.files.push_back(file);
            group.size_bytes += file->size_bytes;
        }
        flush();
    }
    return groups;
}

}  // namespace hanok::delta
