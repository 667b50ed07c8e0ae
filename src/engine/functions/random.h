#pragma once
// The generator behind rand, randn and their relatives: Marsaglia's xorshift with a hashed seed, as
// Spark uses it.

#include <cstdint>
#include <string_view>

namespace hanok::engine {

// MurmurHash3 (32 bits) of bytes.
uint32_t murmur3_bytes(std::string_view bytes, uint32_t seed);

class XorShift {
public:
    explicit XorShift(int64_t seed);
    // The `bits` high-quality bits, as java.util.Random.next.
    int32_t next(int bits);
    int32_t next_int(int32_t bound);
    int64_t next_long();
    double next_double();
    double next_gaussian();

private:
    int64_t state_;
    bool has_gaussian_ = false;
    double gaussian_ = 0;
};

}  // namespace hanok::engine
