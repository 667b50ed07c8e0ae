#pragma once
// The orc source: reading.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/file_faults.h"
#include "engine/io/file_scan.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

void check_orc_read_options(const SourceOptions& options);
// Of the first file, or with mergeSchema of all.
types::TypePtr infer_orc_schema(duckdb::FileSystem& system, const std::vector<std::string>& paths,
    const SourceOptions& options, const FileFaults& faults);
std::shared_ptr<const FileFormat> make_orc_format(
    const types::TypePtr& data_schema, const QueryContext& context);

}  // namespace hanok::engine
