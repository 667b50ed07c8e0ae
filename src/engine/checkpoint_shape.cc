#include "engine/checkpoint_shape.h"

namespace hanok::engine {

namespace {

duckdb::unique_ptr<duckdb::MaterializedQueryResult> run(
    duckdb::Connection& connection, const std::string& sql) {
    auto result = connection.Query(sql);
    if (result->HasError()) result->ThrowError();
    return result;
}

}  // namespace

CheckpointShape::CheckpointShape(duckdb::Connection& connection, const std::string& file) {
    auto result = run(connection, "SELECT * FROM read_parquet(" + file + ") LIMIT 0");
    for (size_t i = 0; i < result->names.size(); i++) {
        actions_.insert(result->names[i]);
        if (result->types[i].id() == duckdb::LogicalTypeId::STRUCT)
            collect(result->names[i], result->types[i]);
    }
    read_extents(connection, file);
}

void CheckpointShape::collect(const std::string& path, const duckdb::LogicalType& type) {
    for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
        fields_.insert(path + "." + name);
        if (child.id() == duckdb::LogicalTypeId::STRUCT) collect(path + "." + name, child);
    }
}

void CheckpointShape::read_extents(duckdb::Connection& connection, const std::string& file) {
    // A leaf that is NULL wherever it could have a value has none in the row group.
    auto result = run(connection,
        "SELECT replace(path_in_schema, ', ', '.'), row_group_num_rows,"
        " coalesce(stats_null_count < num_values, true) FROM parquet_metadata(" +
            file + ") WHERE path_in_schema NOT LIKE 'add, stats_parsed%' ORDER BY row_group_id");
    while (auto chunk = result->Fetch()) {
        if (chunk->size() == 0) break;
        for (duckdb::idx_t row = 0; row < chunk->size(); row++) {
            Extent& extent = extents_[chunk->GetValue(0, row).GetValue<std::string>()];
            auto rows = chunk->GetValue(1, row).GetValue<int64_t>();
            if (rows > 0 && chunk->GetValue(2, row).GetValue<bool>()) {
                if (extent.first < 0) extent.first = extent.rows;
                extent.last = extent.rows + rows - 1;
            }
            extent.rows += rows;
        }
    }
}

std::optional<std::pair<int64_t, int64_t>> CheckpointShape::rows_of(const std::string& path) const {
    auto known = extents_.find(path);
    if (known == extents_.end()) return std::make_pair(int64_t{0}, INT64_MAX);
    if (known->second.first < 0) return std::nullopt;
    return std::make_pair(known->second.first, known->second.last);
}

std::string CheckpointShape::field(const std::string& path, const std::string& type) const {
    if (!fields_.contains(path) || !rows_of(path)) return "CAST(NULL AS " + type + ")";
    return "CAST(" + reference(path) + " AS " + type + ")";
}

std::string CheckpointShape::reference(const std::string& path) {
    size_t dot = path.find('.');
    std::string out = "\"" + path.substr(0, dot) + "\"";
    while (dot != std::string::npos) {
        size_t next = path.find('.', dot + 1);
        out = "struct_extract(" + out + ", '" + path.substr(dot + 1, next - dot - 1) + "')";
        dot = next;
    }
    return out;
}

bool CheckpointShape::has_entries(const std::string& map) const {
    std::string below = map + ".";
    auto leaf = extents_.lower_bound(below);
    if (leaf == extents_.end() || !leaf->first.starts_with(below)) return true;  // who knows
    for (; leaf != extents_.end() && leaf->first.starts_with(below); ++leaf) {
        if (leaf->second.first >= 0) return true;
    }
    return false;
}

std::string CheckpointShape::map_part(const std::string& path, const std::string& function) const {
    if (!fields_.contains(path) || !has_entries(path)) return "CAST(NULL AS VARCHAR[])";
    return "CAST(" + function + "(" + reference(path) + ") AS VARCHAR[])";
}

}  // namespace hanok::engine
