#include "commands/bucketing.h"

#include <algorithm>

#include "base/error.h"

namespace hanok::commands {

namespace {

constexpr int32_t kMostBuckets = 100000;
const std::string kPrefix = "spark.sql.sources.schema.";
const std::string kNumBuckets = kPrefix + "numBuckets";
const std::string kBucketColumn = kPrefix + "bucketCol.";
const std::string kSortColumn = kPrefix + "sortCol.";

void check_column(const std::string& column, const types::DataType& columns,
    const std::vector<std::string>& partition_columns, const std::string& table_name) {
    if (columns.field_index(column) < 0) {
        throw analysis_error("COLUMN_NOT_DEFINED_IN_TABLE",
            {{"colType", "bucket"}, {"colName", quote_identifier(column)},
                {"tableName", table_name}, {"tableCols", ""}});
    }
    bool partitions = std::any_of(partition_columns.begin(), partition_columns.end(),
        [&](const std::string& p) { return types::names_equal(p, column); });
    if (!partitions) return;
    std::string list;
    for (const auto& p : partition_columns) list += (list.empty() ? "" : ", ") + p;
    throw analysis_error(
        "_LEGACY_ERROR_TEMP_1166", {{"bucketCol", column}, {"normalizedPartCols", list}});
}

std::vector<std::string> take_numbered(PropertyMap* properties, const std::string& prefix) {
    std::vector<std::string> out;
    while (true) {
        auto found = properties->find(prefix + std::to_string(out.size()));
        if (found == properties->end()) return out;
        out.push_back(found->second);
        properties->erase(found);
    }
}

}  // namespace

void check_buckets(const plan::BucketSpec& buckets, const types::DataType& columns,
    const std::vector<std::string>& partition_columns, const std::string& table_name) {
    if (buckets.num_buckets <= 0 || buckets.num_buckets > kMostBuckets) {
        throw analysis_error(
            "INVALID_BUCKET_COUNT", {{"bucketingMaxBuckets", std::to_string(kMostBuckets)},
                                        {"numBuckets", std::to_string(buckets.num_buckets)}});
    }
    for (const auto* list : {&buckets.columns, &buckets.sort_columns}) {
        for (const auto& column : *list)
            check_column(column, columns, partition_columns, table_name);
    }
}

void put_buckets(const plan::BucketSpec& buckets, PropertyMap* properties) {
    (*properties)[kNumBuckets] = std::to_string(buckets.num_buckets);
    for (size_t i = 0; i < buckets.columns.size(); ++i)
        (*properties)[kBucketColumn + std::to_string(i)] = buckets.columns[i];
    for (size_t i = 0; i < buckets.sort_columns.size(); ++i)
        (*properties)[kSortColumn + std::to_string(i)] = buckets.sort_columns[i];
}

std::optional<plan::BucketSpec> take_buckets(PropertyMap* properties) {
    auto count = properties->find(kNumBuckets);
    if (count == properties->end()) return std::nullopt;
    plan::BucketSpec buckets;
    buckets.num_buckets = static_cast<int32_t>(std::stol(count->second));
    properties->erase(count);
    buckets.columns = take_numbered(properties, kBucketColumn);
    buckets.sort_columns = take_numbered(properties, kSortColumn);
    return buckets;
}

}  // namespace hanok::commands
