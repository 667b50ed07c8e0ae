#pragma once
// Iceberg tables as scan sources: spark.read.format("iceberg").load(path).

#include <map>
#include <string>

#include "resolved/scan_source.h"

namespace hanok::session {

class Session;

// `path`: the table's folder, or one of its metadata files. Options: snapshot-id, as-of-timestamp,
// branch, tag. Throws PATH_NOT_FOUND, ICEBERG_INVALID_METADATA, ICEBERG_SNAPSHOT_NOT_FOUND, and
// UNSUPPORTED_FEATURE.HANOK for equality deletes and files that are no Parquet.
resolved::ScanSourcePtr scan_of_iceberg(
    Session& session, const std::string& path, const std::map<std::string, std::string>& options);

}  // namespace hanok::session
