#pragma once
// The binaryFile source: a row a file.

#include <memory>

#include "engine/io/file_scan.h"

namespace hanok::engine {

// path, modificationTime, length, content.
types::TypePtr binary_file_schema();
// Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE-like errors for other columns.
std::shared_ptr<const FileFormat> make_binary_file_format(const types::TypePtr& data_schema);

}  // namespace hanok::engine
