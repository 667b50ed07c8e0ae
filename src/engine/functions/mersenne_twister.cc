#include "engine/functions/mersenne_twister.h"

namespace hanok::engine {

MersenneTwister::MersenneTwister(int64_t seed) {
    const std::array<uint32_t, 2> key{
        static_cast<uint32_t>(static_cast<uint64_t>(seed) >> 32), static_cast<uint32_t>(seed)};
    state_[0] = 19650218;
    for (uint32_t i = 1; i < kSize; ++i)
        state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
    size_t i = 1;
    auto mixed = [&](uint32_t factor) {
        return state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * factor);
    };
    auto step = [&] {
        if (++i < kSize) return;
        state_[0] = state_[kSize - 1];
        i = 1;
    };
    for (uint32_t k = 0; k < kSize; ++k, step())
        state_[i] = mixed(1664525U) + key[k % key.size()] + k % static_cast<uint32_t>(key.size());
    for (uint32_t k = 1; k < kSize; ++k, step())
        state_[i] = mixed(1566083941U) - static_cast<uint32_t>(i);
    state_[0] = 0x80000000U;
}

void MersenneTwister::refill() {
    for (size_t i = 0; i < kSize; ++i) {
        uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kSize] & 0x7fffffffU);
        state_[i] = state_[(i + 397) % kSize] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0dfU : 0U);
    }
    place_ = 0;
}

uint32_t MersenneTwister::next(int bits) {
    if (place_ == kSize) refill();
    uint32_t y = state_[place_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    y ^= y >> 18;
    return y >> (32 - bits);
}

int32_t MersenneTwister::next_int(int32_t bound) {
    if ((bound & -bound) == bound)
        return static_cast<int32_t>((static_cast<int64_t>(bound) * next(31)) >> 31);
    while (true) {
        auto bits = static_cast<int64_t>(next(31));
        auto value = bits % bound;
        if (bits - value + (bound - 1) <= INT32_MAX) return static_cast<int32_t>(value);
    }
}

uint64_t MersenneTwister::next_long() {
    auto high = static_cast<uint64_t>(next(32));
    return high << 32 | next(32);
}

}  // namespace hanok::engine
