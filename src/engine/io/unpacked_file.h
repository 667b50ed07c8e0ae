#pragma once
// Files read from front to back, unpacked as their names end: .gz, .deflate, .bz2, .zst and .zstd.

#include <duckdb.hpp>
#include <memory>
#include <string>

namespace arrow::io {
class InputStream;
}

namespace hanok::engine {

bool is_packed(const std::string& path);

class UnpackedFile {
public:
    // Throws UNSUPPORTED_FEATURE for Hadoop's own forms (.lz4, .snappy).
    UnpackedFile(duckdb::FileSystem& system, const std::string& path);
    ~UnpackedFile();

    // The number of bytes read, at most `wanted`; 0 at the end. Throws FAILED_READ_FILE.NO_HINT for
    // bytes that are not of that form, or that end too early.
    size_t read(char* out, size_t wanted);

private:
    std::string path_;
    std::shared_ptr<arrow::io::InputStream> stream_;
};

}  // namespace hanok::engine
