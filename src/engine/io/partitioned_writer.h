#pragma once
// Rows into files by columns: partitions one after the other, dealt out to the asked number of
// files. What stands in a file is the format's.

#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/file_output.h"
#include "engine/io/write_plan.h"

namespace hanok::engine {

// One file that is being written. One thread.
class FileSink {
public:
    virtual ~FileSink() = default;
    // The rows [from, to) of a flat chunk with the columns of written_schema().
    virtual void append(duckdb::DataChunk& data, duckdb::idx_t from, duckdb::idx_t to) = 0;
    virtual void finish() = 0;
};

struct FileKind {
    std::string extension;  // with its point
    duckdb::FileCompressionType compression = duckdb::FileCompressionType::UNCOMPRESSED;
    std::function<std::unique_ptr<FileSink>(duckdb::FileHandle&)> make_sink;
};

// The columns that go into files: without partition columns, all nullable.
types::TypePtr written_schema(const WriteInput& input);

std::vector<WrittenFile> write_partitioned(WriteInput input, FileKind kind);

}  // namespace hanok::engine
