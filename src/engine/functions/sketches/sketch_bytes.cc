#include "engine/functions/sketches/sketch_bytes.h"

namespace hanok::engine {

namespace {

constexpr uint64_t kC1 = 0x87c37b91114253d5ULL, kC2 = 0x4cf5ad432745937fULL;

uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

uint64_t finish(uint64_t x) {
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

uint64_t word(std::string_view bytes) {
    uint64_t x = 0;
    std::memcpy(&x, bytes.data(), std::min<size_t>(bytes.size(), 8));
    return x;
}

}  // namespace

Hash128 sketch_hash(std::string_view bytes, uint64_t seed) {
    auto size = bytes.size();
    uint64_t h1 = seed, h2 = seed;
    for (; bytes.size() >= 16; bytes.remove_prefix(16)) {
        h1 = (rotate(h1 ^ rotate(word(bytes) * kC1, 31) * kC2, 27) + h2) * 5 + 0x52dce729;
        h2 = (rotate(h2 ^ rotate(word(bytes.substr(8)) * kC2, 33) * kC1, 31) + h1) * 5 + 0x38495ab5;
    }
    if (bytes.size() > 8) h2 ^= rotate(word(bytes.substr(8)) * kC2, 33) * kC1;
    if (!bytes.empty()) h1 ^= rotate(word(bytes) * kC1, 31) * kC2;
    h1 ^= size;
    h2 ^= size;
    h1 += h2;
    h2 += h1;
    h1 = finish(h1);
    h2 = finish(h2);
    h1 += h2;
    h2 += h1;
    return {h1, h2};
}

}  // namespace hanok::engine
