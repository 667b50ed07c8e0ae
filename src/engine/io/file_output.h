#pragma once
// The files of one write: names, partition folders, and their removal when the write fails.

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/write_plan.h"

namespace hanok::engine {

using PartitionTexts = std::vector<std::optional<std::string>>;

// A file that is being written.
struct OutputFile {
    duckdb::unique_ptr<duckdb::FileHandle> handle;
    WrittenFile file;
    std::string path;
};

class OutputFiles {
public:
    // `extension`: with its point. Makes the folder.
    OutputFiles(const WriteInput& input, std::vector<std::string> partition_names,
        std::string extension, duckdb::FileCompressionType compression);

    OutputFile open(const PartitionTexts& values);
    void close(OutputFile&& file);
    bool empty() const { return made_.empty(); }
    std::vector<WrittenFile> take() { return std::move(written_); }
    // After a failure.
    void remove_all();

private:
    duckdb::FileSystem& system_;
    std::string folder_;
    std::vector<std::string> partition_names_;
    std::string extension_;
    duckdb::FileCompressionType compression_;
    std::string write_id_ = new_write_id();
    int64_t num_files_ = 0;
    std::vector<std::string> made_;
    std::vector<WrittenFile> written_;
};

}  // namespace hanok::engine
