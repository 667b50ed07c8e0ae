#pragma once
// Files of DuckDB's file systems as Arrow reads and writes them.

#include <arrow/result.h>

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "base/error.h"

namespace arrow::io {
class OutputStream;
class RandomAccessFile;
}  // namespace arrow::io

namespace hanok::engine {

std::shared_ptr<arrow::io::RandomAccessFile> arrow_input(
    duckdb::unique_ptr<duckdb::FileHandle> handle);
// The handle stays the caller's.
std::unique_ptr<arrow::io::OutputStream> arrow_output(duckdb::FileHandle& handle);

// The value, or FAILED_READ_FILE.NO_HINT; a store's own error stays what it is.
template <class T>
T read_or_fail(arrow::Result<T> result, const std::string& path) {
    if (result.ok()) return std::move(result).ValueOrDie();
    auto reason = result.status().message();
    if (auto own = Error::decode(reason)) throw Error(*own);
    throw runtime_error("FAILED_READ_FILE.NO_HINT", {{"path", path}, {"reason", reason}});
}

}  // namespace hanok::engine
