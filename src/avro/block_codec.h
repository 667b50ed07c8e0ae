#pragma once
// Compression of a container file's blocks.

#include <string>
#include <string_view>

namespace hanok::avro {

enum class Codec { kNull, kDeflate, kSnappy, kZstandard, kBzip2, kXz };

/// By its name in files: "null", "deflate", "snappy", "zstandard", "bzip2", "xz". Throws Error
/// AVRO_UNKNOWN_CODEC.
Codec codec_of(const std::string& name);
const char* codec_name(Codec codec);

/// `level`: of deflate (1-9), zstandard and xz; negative for the codec's own default.
std::string compress(Codec codec, std::string_view block, int level = -1);
/// Throws Error AVRO_MALFORMED_DATA.
std::string decompress(Codec codec, std::string_view block);

}  // namespace hanok::avro
