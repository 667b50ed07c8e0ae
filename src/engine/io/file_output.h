#pragma once
// The files of one write: names, partition folders, and their removal when the write fails.

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/write_plan.h"

namespace hanok::engine {

// A file that is being written.
struct OutputFile {
    duckdb::unique_ptr<duckdb::FileHandle> handle;
    WrittenFile file;
    std::string path;
};

class OutputFiles {
public:
    // `extension`: with its point.
    OutputFiles(const WriteInput& input, const std::vector<const FileColumn*>& partitions,
        std::string extension, duckdb::FileCompressionType compression);

    // The folder of all, which is there even when no file comes.
    void make_folder() { system_.CreateDirectoriesRecursive(folder_); }
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

// All of it, or what the handle throws.
void write_all(duckdb::FileHandle& handle, const std::string& bytes);

}  // namespace hanok::engine
