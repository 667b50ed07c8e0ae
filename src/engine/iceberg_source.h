#pragma once
// An Iceberg table at one snapshot, as something the engine scans.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "delta/fwd.h"
#include "resolved/scan_source.h"
#include "types/value.h"

namespace hanok::engine {

// Fields of `schema` carry their ids in the metadata key "parquet.field.id".
struct IcebergScanSource final : resolved::ScanSource {
    struct File {
        std::string path;
        int64_t size_bytes = 0;
        int64_t num_rows = 0;  // deleted ones counted
        // Columns that have one value in this file, by field id: identity partitions.
        std::map<int32_t, types::Value> constants;
        std::shared_ptr<const delta::DeletionVector> deletes;  // null: none
    };
    std::vector<File> files;
    std::vector<std::string> input_files() const override;
};

}  // namespace hanok::engine
