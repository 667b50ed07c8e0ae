#pragma once
// The xml source: reading and writing files.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/file_scan.h"
#include "engine/io/partitioned_writer.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

types::TypePtr infer_xml_files_schema(duckdb::FileSystem& system,
    const std::vector<std::string>& paths, const SourceOptions& options,
    const QueryContext& context);
std::shared_ptr<const FileFormat> make_xml_format(
    const types::TypePtr& data_schema, const SourceOptions& options, const QueryContext& context);

std::vector<WrittenFile> write_xml(WriteInput input);

}  // namespace hanok::engine
