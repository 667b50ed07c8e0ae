#include "avro/block_codec.h"

#include <bzlib.h>
#include <lzma.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <memory>

#include "avro/binary.h"
#include "base/error.h"

namespace hanok::avro {

namespace {

constexpr std::array<const char*, 6> kNames = {
    "null", "deflate", "snappy", "zstandard", "bzip2", "xz"};
constexpr size_t kStep = 256 << 10;
constexpr size_t kMaxBlock = size_t{1} << 30;
constexpr size_t kChecksumBytes = 4;

[[noreturn]] void fail(Codec codec) {
    throw_malformed(std::string("a block is no ") + codec_name(codec) + " data");
}

// Runs `step(out, size)`, which gives the bytes it wrote and whether there is more, until it is
// done.
template <class Step>
std::string gather(Step step) {
    std::string out;
    bool more = true;
    while (more) {
        size_t before = out.size();
        if (before > kMaxBlock) throw_malformed("a block is larger than 1 GiB");
        out.resize(before + kStep);
        out.resize(before + step(out.data() + before, kStep, &more));
    }
    return out;
}

std::string deflate_block(std::string_view block, int level) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        fail(Codec::kDeflate);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
    stream.avail_in = static_cast<uInt>(block.size());
    std::string out = gather([&](char* to, size_t size, bool* more) {
        stream.next_out = reinterpret_cast<Bytef*>(to);
        stream.avail_out = static_cast<uInt>(size);
        *more = deflate(&stream, Z_FINISH) != Z_STREAM_END;
        return size - stream.avail_out;
    });
    deflateEnd(&stream);
    return out;
}

std::string inflate_block(std::string_view block) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(Codec::kDeflate);
    std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
    stream.avail_in = static_cast<uInt>(block.size());
    return gather([&](char* to, size_t size, bool* more) {
        stream.next_out = reinterpret_cast<Bytef*>(to);
        stream.avail_out = static_cast<uInt>(size);
        int status = inflate(&stream, Z_NO_FLUSH);
        *more = status != Z_STREAM_END;
        size_t written = size - stream.avail_out;
        if (status != Z_STREAM_END && (status != Z_OK || written == 0)) fail(Codec::kDeflate);
        return written;
    });
}

// Four bytes, most significant first, of the CRC-32 of what was compressed.
std::string checksum(std::string_view block) {
    auto crc = crc32(
        0, reinterpret_cast<const Bytef*>(block.data()), static_cast<uInt>(block.size()));
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(crc >> shift);
    return out;
}

std::string unsnap(std::string_view block) {
    if (block.size() < kChecksumBytes) fail(Codec::kSnappy);
    std::string_view data = block.substr(0, block.size() - kChecksumBytes);
    size_t size = 0;
    if (!snappy::GetUncompressedLength(data.data(), data.size(), &size) || size > kMaxBlock)
        fail(Codec::kSnappy);
    std::string out;
    if (!snappy::Uncompress(data.data(), data.size(), &out)) fail(Codec::kSnappy);
    if (checksum(out) != block.substr(data.size())) throw_malformed("a block's checksum is wrong");
    return out;
}

std::string snap(std::string_view block) {
    std::string out;
    snappy::Compress(block.data(), block.size(), &out);
    return out + checksum(block);
}

std::string zstd_compress(std::string_view block, int level) {
    std::string out(ZSTD_compressBound(block.size()), '\0');
    size_t size = ZSTD_compress(out.data(), out.size(), block.data(), block.size(),
        level < 0 ? ZSTD_CLEVEL_DEFAULT : level);
    if (ZSTD_isError(size)) fail(Codec::kZstandard);
    out.resize(size);
    return out;
}

std::string zstd_decompress(std::string_view block) {
    std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(
        ZSTD_createDStream(), ZSTD_freeDStream);
    ZSTD_inBuffer in{block.data(), block.size(), 0};
    return gather([&](char* to, size_t size, bool* more) {
        ZSTD_outBuffer out{to, size, 0};
        size_t status = ZSTD_decompressStream(stream.get(), &out, &in);
        if (ZSTD_isError(status)) fail(Codec::kZstandard);
        *more = in.pos < in.size || (status != 0 && out.pos == out.size);
        if (status != 0 && in.pos == in.size && out.pos < out.size) fail(Codec::kZstandard);
        return out.pos;
    });
}

std::string bzip2_compress(std::string_view block) {
    auto size = static_cast<unsigned>(block.size() + block.size() / 100 + 600);
    std::string out(size, '\0');
    if (BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(block.data()),
            static_cast<unsigned>(block.size()), 9, 0, 0) != BZ_OK)
        fail(Codec::kBzip2);
    out.resize(size);
    return out;
}

std::string bzip2_decompress(std::string_view block) {
    bz_stream stream{};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) fail(Codec::kBzip2);
    std::unique_ptr<bz_stream, decltype(&BZ2_bzDecompressEnd)> guard(&stream, BZ2_bzDecompressEnd);
    stream.next_in = const_cast<char*>(block.data());
    stream.avail_in = static_cast<unsigned>(block.size());
    return gather([&](char* to, size_t size, bool* more) {
        stream.next_out = to;
        stream.avail_out = static_cast<unsigned>(size);
        int status = BZ2_bzDecompress(&stream);
        *more = status != BZ_STREAM_END;
        size_t written = size - stream.avail_out;
        if (status != BZ_STREAM_END && (status != BZ_OK || (written == 0 && stream.avail_in == 0)))
            fail(Codec::kBzip2);
        return written;
    });
}

std::string xz_compress(std::string_view block, int level) {
    std::string out(lzma_stream_buffer_bound(block.size()), '\0');
    size_t size = 0;
    uint32_t preset = level < 0 ? LZMA_PRESET_DEFAULT : static_cast<uint32_t>(level);
    if (lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr,
            reinterpret_cast<const uint8_t*>(block.data()), block.size(),
            reinterpret_cast<uint8_t*>(out.data()), &size, out.size()) != LZMA_OK)
        fail(Codec::kXz);
    out.resize(size);
    return out;
}

std::string xz_decompress(std::string_view block) {
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, UINT64_MAX, 0) != LZMA_OK) fail(Codec::kXz);
    std::unique_ptr<lzma_stream, decltype(&lzma_end)> guard(&stream, lzma_end);
    stream.next_in = reinterpret_cast<const uint8_t*>(block.data());
    stream.avail_in = block.size();
    return gather([&](char* to, size_t size, bool* more) {
        stream.next_out = reinterpret_cast<uint8_t*>(to);
        stream.avail_out = size;
        lzma_ret status = lzma_code(&stream, LZMA_FINISH);
        *more = status != LZMA_STREAM_END;
        if (status != LZMA_STREAM_END && status != LZMA_OK) fail(Codec::kXz);
        return size - stream.avail_out;
    });
}

}  // namespace

Codec codec_of(const std::string& name) {
    for (size_t i = 0; i < kNames.size(); i++) {
        if (name == kNames[i]) return static_cast<Codec>(i);
    }
    throw runtime_error("AVRO_UNKNOWN_CODEC", {{"codec", name}});
}

const char* codec_name(Codec codec) { return kNames[static_cast<size_t>(codec)]; }

std::string compress(Codec codec, std::string_view block, int level) {
    switch (codec) {
        case Codec::kNull: return std::string(block);
        case Codec::kDeflate: return deflate_block(block, level);
        case Codec::kSnappy: return snap(block);
        case Codec::kZstandard: return zstd_compress(block, level);
        case Codec::kBzip2: return bzip2_compress(block);
        case Codec::kXz: return xz_compress(block, level);
    }
    return "";
}

std::string decompress(Codec codec, std::string_view block) {
    switch (codec) {
        case Codec::kNull: return std::string(block);
        case Codec::kDeflate: return inflate_block(block);
        case Codec::kSnappy: return unsnap(block);
        case Codec::kZstandard: return zstd_decompress(block);
        case Codec::kBzip2: return bzip2_decompress(block);
        case Codec::kXz: return xz_decompress(block);
    }
    return "";
}

}  // namespace hanok::avro
