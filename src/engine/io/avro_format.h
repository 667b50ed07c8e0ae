#pragma once
// The avro source: reading and writing files.

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/avro_values.h"
#include "engine/io/file_faults.h"
#include "engine/io/file_scan.h"
#include "engine/io/partitioned_writer.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

// Options of the source and of from_avro, checked.
AvroReadOptions avro_read_options(const SourceOptions& options);
// avroSchema, or the text behind avroSchemaUrl; nullptr for neither.
avro::SchemaPtr avro_schema_option(const SourceOptions& options);

// Of avroSchema, or of the header of the first file that is not left out.
types::TypePtr infer_avro_schema(duckdb::FileSystem& system, const std::vector<std::string>& paths,
    const SourceOptions& options, const FileFaults& faults);
std::shared_ptr<const FileFormat> make_avro_format(
    const types::TypePtr& data_schema, const SourceOptions& options, const QueryContext& context);

std::vector<WrittenFile> write_avro(WriteInput input);

}  // namespace hanok::engine
