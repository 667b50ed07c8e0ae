#pragma once
// CSV as a TextFormat, and its schema inference.

#include <memory>
#include <string>
#include <vector>

#include "engine/io/csv_options.h"
#include "engine/io/text_scan.h"

namespace hanok::engine {

std::shared_ptr<const TextFormat> make_csv_format(CsvOptions options, types::TypePtr data_schema);

// Names from the header of the first file that has one; types by inferSchema, else STRING.
types::TypePtr infer_csv_schema(
    duckdb::FileSystem& file_system, const std::vector<TextFile>& files, const CsvOptions& options);

// The struct that one line holds (schema_of_csv).
types::TypePtr infer_csv_line(std::string_view line, const CsvOptions& options);

}  // namespace hanok::engine
