#include "engine/io/write.h"

#include "base/error.h"
#include "engine/io/avro_format.h"
#include "engine/io/jdbc_write.h"
#include "engine/io/orc_writer.h"
#include "engine/io/parquet_writer.h"
#include "engine/io/text_writer.h"
#include "engine/io/xml_format.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

std::vector<WrittenFile> dispatch(WriteInput input) {
    auto format = types::to_lower(input.spec.format);
    if (format == "parquet" || input.spec.delta) return write_parquet(std::move(input));
    if (format == "csv" || format == "json" || format == "text")
        return write_text_files(std::move(input), format);
    if (format == "avro") return write_avro(std::move(input));
    if (format == "orc") return write_orc(std::move(input));
    if (format == "xml") return write_xml(std::move(input));
    if (format == "jdbc") return write_jdbc(std::move(input));
    throw unsupported_feature("writing the format " + input.spec.format);
}

}  // namespace

std::vector<WrittenFile> write_files(WriteInput input) {
    auto folder = input.spec.folder;
    try {
        return dispatch(std::move(input));
    } catch (const duckdb::IOException& e) {
        if (std::string(e.what()).find("No space left on device") == std::string::npos) throw;
        throw runtime_error("TASK_WRITE_FAILED", {{"path", folder + " (no space left on device)"}});
    }
}

}  // namespace hanok::engine
