#include "engine/io/orc_file.h"

#include <arrow/adapters/orc/adapter.h>
#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "base/error.h"
#include "engine/io/arrow_file.h"

namespace hanok::engine {

std::unique_ptr<arrow::adapters::orc::ORCFileReader> open_orc(
    duckdb::FileSystem& system, const std::string& path) {
    auto handle = system.OpenFile(path, duckdb::FileFlags::FILE_FLAGS_READ);
    auto opened = arrow::adapters::orc::ORCFileReader::Open(
        arrow_input(std::move(handle)), arrow::default_memory_pool());
    return read_or_fail(std::move(opened), path);
}

}  // namespace hanok::engine
