#include "engine/io/data_scan.h"

#include "engine/io/file_partitions.h"
#include "engine/types/logical_types.h"
#include "storage/object_store.h"

namespace hanok::engine {

namespace {

std::string base_name(const std::string& path) {
    auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

duckdb::Value metadata_field(
    const ScanFile& file, const std::string& name, const duckdb::LogicalType& type) {
    if (name == "file_path") return duckdb::Value(file_uri(file.path));
    if (name == "file_name") return duckdb::Value(base_name(file.path));
    if (name == "file_size" || name == "file_block_length")
        return duckdb::Value::BIGINT(file.size_bytes);
    if (name == "file_block_start") return duckdb::Value::BIGINT(0);
    if (name == "file_modification_time") {
        return duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(file.modified_ms * 1000));
    }
    return duckdb::Value(type);
}

}  // namespace

std::string file_uri(const std::string& path) {
    auto encoded = storage::uri_encode_path(path);
    return path.starts_with('/') ? "file://" + encoded : encoded;
}

duckdb::Value DataScan::file_constant(size_t index, const ScanColumn& column) const {
    if (column.kind == ScanColumnKind::kBaseRowId ||
        column.kind == ScanColumnKind::kDefaultRowCommitVersion) {
        return row_tracking_value(index, column.kind);
    }
    const auto file = this->file(index);
    if (column.kind == ScanColumnKind::kFilePath) return duckdb::Value(file.path);
    const auto& fields = column.type->fields();
    duckdb::child_list_t<duckdb::Value> children;
    const auto& types = duckdb::StructType::GetChildTypes(column.logical_type);
    for (size_t i = 0; i < fields.size(); i++) {
        if (fields[i].name == kFilePartitionField)
            children.emplace_back(types[i].first, duckdb::Value::INTEGER(file_partition(index)));
        else
            children.emplace_back(
                types[i].first, metadata_field(file, fields[i].name, types[i].second));
    }
    return duckdb::Value::STRUCT(std::move(children));
}

int32_t DataScan::file_partition(size_t file) const {
    std::call_once(partitioned_, [&] {
        std::vector<int64_t> sizes(num_files());
        for (size_t i = 0; i < sizes.size(); ++i) sizes[i] = this->file(i).size_bytes;
        partitions_ = file_partitions(sizes);
    });
    return partitions_[file];
}

std::optional<int64_t> DataScan::sampled_sum(
    const std::vector<size_t>& files, const std::function<std::optional<int64_t>(size_t)>& of) {
    constexpr size_t kSample = 2000;
    size_t step = files.size() / kSample + 1;
    int64_t total = 0;
    int64_t sampled = 0;
    for (size_t i = 0; i < files.size(); i += step, sampled++) {
        auto value = of(files[i]);
        if (!value) return std::nullopt;
        total += *value;
    }
    if (sampled == int64_t(files.size())) return total;
    return int64_t(double(total) / double(sampled) * double(files.size()));
}

int64_t DataScan::guessed_rows(const std::vector<size_t>& files) const {
    constexpr int64_t kBytesPerValue = 4;
    auto bytes = *sampled_sum(files, [&](size_t i) { return file(i).size_bytes; });
    auto columns = static_cast<int64_t>(columns_.size());
    return std::max<int64_t>(1, bytes / (kBytesPerValue * std::max<int64_t>(1, columns)));
}

std::optional<int64_t> DataScan::estimate_rows(const std::vector<size_t>& files) const {
    return sampled_sum(files, [&](size_t i) { return num_rows(i); });
}

}  // namespace hanok::engine
