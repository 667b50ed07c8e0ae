#pragma once
// Files of DuckDB's file systems as Arrow reads and writes them.

#include <duckdb.hpp>
#include <memory>

namespace arrow::io {
class OutputStream;
class RandomAccessFile;
}  // namespace arrow::io

namespace hanok::engine {

std::shared_ptr<arrow::io::RandomAccessFile> arrow_input(
    duckdb::unique_ptr<duckdb::FileHandle> handle);
// The handle stays the caller's.
std::unique_ptr<arrow::io::OutputStream> arrow_output(duckdb::FileHandle& handle);

}  // namespace hanok::engine
