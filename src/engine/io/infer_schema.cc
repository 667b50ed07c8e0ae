// Schemas of files that nobody has described.

#include "base/error.h"
#include "engine/io/avro_format.h"
#include "engine/io/binary_file_format.h"
#include "engine/io/csv_format.h"
#include "engine/io/file_faults.h"
#include "engine/io/json_format.h"
#include "engine/io/orc_format.h"
#include "engine/io/parquet_schema.h"
#include "engine/io/scan.h"
#include "engine/io/store_file_system.h"
#include "engine/io/xml_format.h"
#include "storage/object_store.h"

namespace hanok::engine {

namespace {

std::vector<TextFile> text_files(const std::vector<std::string>& paths, bool may_miss) {
    std::vector<TextFile> files;
    for (const auto& path : paths) {
        auto info = storage::store_for(path)->head(path);
        if (!info && may_miss) continue;
        if (!info) throw runtime_error("FAILED_READ_FILE.FILE_NOT_EXIST", {{"path", path}});
        files.push_back({path_to_open(path), info->size_bytes});
    }
    return files;
}

std::vector<std::string> to_open(const std::vector<std::string>& paths) {
    std::vector<std::string> out;
    for (const auto& path : paths) out.push_back(path_to_open(path));
    return out;
}

}  // namespace

types::TypePtr infer_file_schema(duckdb::Connection& connection, const std::string& format,
    const std::vector<std::string>& files, const std::map<std::string, std::string>& options,
    const QueryContext& context) {
    auto name = types::to_lower(format);
    auto& file_system = duckdb::FileSystem::GetFileSystem(*connection.context);
    FileFaults faults(options, context);
    if (name == "parquet") return infer_parquet_schema(connection, files, options, context);
    if (name == "csv")
        return infer_csv_schema(file_system, text_files(files, faults.ignores_missing()),
            csv_options(options, context));
    if (name == "json")
        return infer_json_schema(file_system, text_files(files, faults.ignores_missing()),
            json_options(options, context));
    if (name == "text")
        return types::DataType::struct_({{"value", types::DataType::string(), true, ""}});
    if (name == "avro") return infer_avro_schema(file_system, to_open(files), options, faults);
    if (name == "orc") return infer_orc_schema(file_system, to_open(files), options, faults);
    if (name == "xml") return infer_xml_files_schema(file_system, to_open(files), options, context);
    if (name == "binaryfile") return binary_file_schema();
    throw unsupported_feature("reading the format " + format);
}

}  // namespace hanok::engine
