#pragma once
// The JSON of table metadata, schemas and partition specs.

#include <string>

#include "iceberg/table_metadata.h"

namespace hanok::iceberg {

/// Versions 1 to 3 are read, version 2 is written. Throws Error ICEBERG_INVALID_METADATA.
TableMetadata read_table_metadata(const std::string& json, const std::string& path);
std::string table_metadata_json(const TableMetadata& metadata);

std::string schema_json(const Schema& schema);
/// The fields alone, as manifests name them.
std::string partition_fields_json(const PartitionSpec& spec);

}  // namespace hanok::iceberg
