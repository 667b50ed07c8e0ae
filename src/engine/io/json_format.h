#pragma once
// JSON as a TextFormat, and its schema inference.

#include <memory>
#include <vector>

#include "engine/io/json_options.h"
#include "engine/io/text_scan.h"

namespace hanok::engine {

std::shared_ptr<const TextFormat> make_json_format(JsonOptions options, types::TypePtr data_schema);

// Fields in the order of their names. Throws MALFORMED_RECORD_IN_PARSING under FAILFAST.
types::TypePtr infer_json_schema(duckdb::FileSystem& file_system,
    const std::vector<TextFile>& files, const JsonOptions& options);

// The type of one JSON value (schema_of_json); null when the text is malformed.
types::TypePtr infer_json_value(std::string_view text, const JsonOptions& options);

}  // namespace hanok::engine
