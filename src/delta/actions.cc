#include "delta/actions.h"

#include <algorithm>
#include <string_view>

namespace hanok::delta {

namespace {

bool contains(const std::optional<std::vector<std::string>>& list, const std::string& name) {
    return list && std::find(list->begin(), list->end(), name) != list->end();
}

struct LegacyFeature {
    std::string_view name;
    int reader_version;
    int writer_version;
};

// What the numbered versions stand for; versions 3 and 7 name their features instead.
constexpr LegacyFeature kLegacyFeatures[] = {
    {"appendOnly", 0, 2},
    {"invariants", 0, 2},
    {"checkConstraints", 0, 3},
    {"changeDataFeed", 0, 4},
    {"generatedColumns", 0, 4},
    {"columnMapping", 2, 5},
    {"identityColumns", 0, 6},
};

}  // namespace

const std::optional<std::string>* find_partition_value(
    const PartitionValues& values, const std::string& physical_name) {
    for (const auto& [name, value] : values) {
        if (name == physical_name) return &value;
    }
    return nullptr;
}

bool Protocol::has_reader_feature(const std::string& name) const {
    if (min_reader_version >= 3) return contains(reader_features, name);
    return name == "columnMapping" && min_reader_version == 2;
}

bool Protocol::has_feature(const std::string& name) const {
    if (contains(writer_features, name) || contains(reader_features, name)) return true;
    if (min_writer_version >= 7) return false;
    for (const LegacyFeature& feature : kLegacyFeatures) {
        if (feature.name == name) return min_writer_version >= feature.writer_version;
    }
    return false;
}

std::string DeletionVectorDescriptor::unique_id() const {
    std::string id = storage_type + path_or_inline_dv;
    return offset ? id + "@" + std::to_string(*offset) : id;
}

RemoveFile remove_of(const AddFile& file, int64_t deletion_timestamp_ms, bool data_change) {
    RemoveFile remove;
    remove.path = file.path;
    remove.deletion_timestamp_ms = deletion_timestamp_ms;
    remove.data_change = data_change;
    remove.extended_file_metadata = true;
    remove.partition_values = file.partition_values;
    remove.size_bytes = file.size_bytes;
    remove.stats = file.stats;
    remove.tags = file.tags;
    remove.deletion_vector = file.deletion_vector;
    remove.base_row_id = file.base_row_id;
    remove.default_row_commit_version = file.default_row_commit_version;
    return remove;
}

}  // namespace hanok::delta
