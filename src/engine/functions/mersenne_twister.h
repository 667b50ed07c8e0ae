#pragma once
// MT19937 seeded with 64 bits as Spark's uuid and shuffle do (through Apache Commons Math).

#include <array>
#include <cstdint>

namespace hanok::engine {

class MersenneTwister {
public:
    explicit MersenneTwister(int64_t seed);
    // The `bits` high bits of the next number.
    uint32_t next(int bits);
    int32_t next_int(int32_t bound);
    uint64_t next_long();

private:
    void refill();

    static constexpr size_t kSize = 624;
    std::array<uint32_t, kSize> state_;
    size_t place_ = kSize;
};

}  // namespace hanok::engine
