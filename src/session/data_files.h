#pragma once
// Folders of data files as scan sources: globs, hidden files, key=value partition folders, inferred
// schemas.

#include <map>
#include <string>
#include <vector>

#include "resolved/scan_source.h"

namespace hanok::session {

class Session;

struct DataFilesRequest {
    std::string format;
    std::vector<std::string> paths;
    std::map<std::string, std::string> options;  // any case
    types::TypePtr schema;                       // null: infer; may include partition columns
    std::vector<std::string>
        partition_columns;  // known ones (catalog tables); empty: from the paths
    std::string description;
    bool allow_missing = false;  // an empty or absent folder is an empty table
};

// Throws PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, CONFLICTING_PARTITION_COLUMN_NAMES,
// DATA_SOURCE_NOT_FOUND.
resolved::ScanSourcePtr scan_data_files(Session& session, const DataFilesRequest& request);

// Files and folders that Spark does not see: ".x" and "_x", but for partitions "_x=1".
bool is_hidden(const std::string& name);

}  // namespace hanok::session
