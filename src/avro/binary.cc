#include "avro/binary.h"

#include "base/error.h"

namespace hanok::avro {

namespace {

constexpr int kMaxVarintBytes = 10;

}  // namespace

void throw_malformed(const std::string& reason) {
    throw runtime_error("AVRO_MALFORMED_DATA", {{"reason", reason}});
}

void Encoder::put_long(int64_t value) {
    uint64_t zigzag = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
    while (zigzag >= 0x80) {
        out_ += static_cast<char>(zigzag | 0x80);
        zigzag >>= 7;
    }
    out_ += static_cast<char>(zigzag);
}

int64_t Decoder::take_long() {
    uint64_t zigzag = 0;
    for (int i = 0; i < kMaxVarintBytes; i++) {
        if (at_ >= data_.size()) throw_malformed("it ends within a number");
        auto byte = static_cast<uint8_t>(data_[at_++]);
        zigzag |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
        if (byte < 0x80) return static_cast<int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
    }
    throw_malformed("a number is too long");
}

std::string_view Decoder::take_fixed(int64_t size) {
    if (size < 0 || static_cast<uint64_t>(size) > data_.size() - at_)
        throw_malformed("it ends within a value");
    std::string_view out = data_.substr(at_, static_cast<size_t>(size));
    at_ += out.size();
    return out;
}

int64_t Decoder::take_block() {
    int64_t count = take_long();
    if (count >= 0) return count;
    take_long();  // the block's size in bytes
    if (count == INT64_MIN) throw_malformed("a block has an impossible count");
    return -count;
}

}  // namespace hanok::avro
