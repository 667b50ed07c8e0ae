#include "engine/io/file_output.h"

#include "engine/io/store_file_system.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::engine {

OutputFiles::OutputFiles(const WriteInput& input, const std::vector<const FileColumn*>& partitions,
    std::string extension, duckdb::FileCompressionType compression)
    : system_(duckdb::FileSystem::GetFileSystem(*input.connection.context)),
      folder_(path_to_open(input.spec.folder)),
      extension_(std::move(extension)),
      compression_(compression) {
    for (const auto* partition : partitions) partition_names_.push_back(partition->name);
}

OutputFile OutputFiles::open(const PartitionTexts& values) {
    OutputFile out;
    auto relative = partition_path(partition_names_, values);
    relative += (relative.empty() ? "" : "/") + file_stem(num_files_++, write_id_) + extension_;
    out.file.path = relative;
    out.file.partition_values = values;
    out.path = storage::join_path(folder_, relative);
    system_.CreateDirectoriesRecursive(storage::parent_path(out.path));
    out.handle = system_.OpenFile(out.path, duckdb::FileFlags::FILE_FLAGS_WRITE |
                                                duckdb::FileFlags::FILE_FLAGS_FILE_CREATE_NEW |
                                                compression_);
    made_.push_back(out.path);
    return out;
}

void OutputFiles::close(OutputFile&& file) {
    file.handle->Close();
    file.handle.reset();
    auto info = storage::store_for(file.path)->head(file.path);
    file.file.size_bytes = info ? info->size_bytes : 0;
    written_.push_back(std::move(file.file));
}

void OutputFiles::remove_all() {
    for (const auto& path : made_) {
        try {
            system_.TryRemoveFile(path);
        } catch (const std::exception&) {
            // The error that brought us here is the one to tell.
        }
    }
}

void write_all(duckdb::FileHandle& handle, const std::string& bytes) {
    for (size_t done = 0; done < bytes.size();) {
        auto* from = const_cast<char*>(bytes.data()) + done;
        done += size_t(handle.Write(from, bytes.size() - done));
    }
}

}  // namespace hanok::engine
