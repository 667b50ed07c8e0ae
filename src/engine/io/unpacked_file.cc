#include "engine/io/unpacked_file.h"

#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/util/compression.h>

#include "base/error.h"
#include "engine/io/arrow_file.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

using arrow::util::Codec;

bool ends_with(const std::string& path, const char* extension) {
    return types::to_lower(path).ends_with(extension);
}

// Null: the bytes are as they are.
std::unique_ptr<Codec> codec_of(const std::string& path) {
    arrow::Result<std::unique_ptr<Codec>> codec = nullptr;
    if (ends_with(path, ".gz")) {
        codec = Codec::Create(arrow::Compression::GZIP);
    } else if (ends_with(path, ".deflate")) {
        arrow::util::GZipCodecOptions options;
        options.gzip_format = arrow::util::GZipFormat::ZLIB;
        codec = Codec::Create(arrow::Compression::GZIP, options);
    } else if (ends_with(path, ".bz2")) {
        codec = Codec::Create(arrow::Compression::BZ2);
    } else if (ends_with(path, ".zst") || ends_with(path, ".zstd")) {
        codec = Codec::Create(arrow::Compression::ZSTD);
    } else if (is_packed(path)) {
        throw unsupported_feature("reading the compressed file " + path);
    }
    return read_or_fail(std::move(codec), path);
}

}  // namespace

bool is_packed(const std::string& path) {
    for (const char* extension : {".gz", ".deflate", ".bz2", ".zst", ".zstd", ".lz4", ".snappy"})
        if (ends_with(path, extension)) return true;
    return false;
}

UnpackedFile::UnpackedFile(duckdb::FileSystem& system, const std::string& path) : path_(path) {
    auto codec = codec_of(path);
    stream_ = arrow_input(system.OpenFile(path, duckdb::FileFlags::FILE_FLAGS_READ));
    if (codec)
        stream_ = read_or_fail(arrow::io::CompressedInputStream::Make(codec.get(), stream_), path_);
}

UnpackedFile::~UnpackedFile() = default;

size_t UnpackedFile::read(char* out, size_t wanted) {
    return size_t(read_or_fail(stream_->Read(int64_t(wanted), out), path_));
}

}  // namespace hanok::engine
