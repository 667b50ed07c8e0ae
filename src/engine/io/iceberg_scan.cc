#include "engine/io/iceberg_scan.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "engine/io/scan_columns.h"
#include "engine/io/store_file_system.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

int32_t field_id_of(const types::StructField& field) {
    auto json = nlohmann::json::parse(field.metadata, nullptr, false);
    return json.is_object() ? json.value("parquet.field.id", -1) : -1;
}

class IcebergScan final : public DataScan {
public:
    IcebergScan(const IcebergScanSource& source, std::vector<ScanColumn> columns)
        : sources_(source.files) {
        columns_ = std::move(columns);
        match_by_field_id_ = true;
        for (const auto& entry : sources_) {
            ScanFile file;
            file.path = entry.path;
            file.open_path = path_to_open(entry.path);
            file.size_bytes = entry.size_bytes;
            file.has_deletes = entry.deletes != nullptr;
            files_.push_back(std::move(file));
        }
    }

    duckdb::Value partition_value(size_t, const ScanColumn& column) const override {
        throw internal_error("Iceberg has no partition column " + column.source_name);
    }

    std::optional<duckdb::Value> constant(size_t file, const ScanColumn& column) const override {
        if (column.kind != ScanColumnKind::kData) return std::nullopt;
        const auto& constants = sources_[file].constants;
        auto found = constants.find(field_id_of(column.in_file));
        if (found == constants.end()) return std::nullopt;
        return to_duckdb_value(found->second, *column.type).DefaultCastAs(column.logical_type);
    }

    std::shared_ptr<const delta::DeletionVector> deletion_vector(size_t file) const override {
        return sources_[file].deletes;
    }

    std::optional<int64_t> num_rows(size_t index) const override {
        const auto& file = sources_[index];
        return file.num_rows - (file.deletes ? int64_t(file.deletes->cardinality()) : 0);
    }

private:
    std::vector<IcebergScanSource::File> sources_;
};

}  // namespace

std::vector<std::string> IcebergScanSource::input_files() const {
    std::vector<std::string> out;
    for (const auto& file : files) out.push_back(file_uri(file.path));
    return out;
}

DataScanPtr make_iceberg_scan(const resolved::Scan& scan, const IcebergScanSource& source,
    const std::vector<std::string>& column_names) {
    return std::make_shared<IcebergScan>(source, scan_columns(scan, column_names, *source.schema));
}

}  // namespace hanok::engine
