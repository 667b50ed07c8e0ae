#include "engine/functions/spark_hash.h"

#include <cmath>
#include <cstring>
#include <string>

namespace hanok::engine {

using types::TypeId;

namespace {

uint32_t rotate32(uint32_t x, int r) { return (x << r) | (x >> (32 - r)); }
uint64_t rotate64(uint64_t x, int r) { return (x << r) | (x >> (64 - r)); }

struct Murmur3 {
    using Seed = int32_t;
    static uint32_t mix_k(uint32_t k) { return rotate32(k * 0xcc9e2d51U, 15) * 0x1b873593U; }
    static uint32_t mix_h(uint32_t h, uint32_t k) { return rotate32(h ^ k, 13) * 5 + 0xe6546b64U; }
    static int32_t finish(uint32_t h, uint32_t length) {
        h ^= length;
        h ^= h >> 16;
        h *= 0x85ebca6bU;
        h ^= h >> 13;
        h *= 0xc2b2ae35U;
        return static_cast<int32_t>(h ^ (h >> 16));
    }
    static Seed of_int(int32_t x, Seed seed) {
        return finish(mix_h(static_cast<uint32_t>(seed), mix_k(static_cast<uint32_t>(x))), 4);
    }
    static Seed of_long(int64_t x, Seed seed) {
        auto u = static_cast<uint64_t>(x);
        auto h = mix_h(static_cast<uint32_t>(seed), mix_k(static_cast<uint32_t>(u)));
        return finish(mix_h(h, mix_k(static_cast<uint32_t>(u >> 32))), 8);
    }
    // Words of four bytes, then each remaining byte (signed) as a word of its own.
    static Seed of_bytes(std::string_view s, Seed seed) {
        auto h = static_cast<uint32_t>(seed);
        size_t i = 0;
        for (; i + 4 <= s.size(); i += 4) {
            uint32_t k = 0;
            std::memcpy(&k, s.data() + i, 4);
            h = mix_h(h, mix_k(k));
        }
        for (; i < s.size(); ++i)
            h = mix_h(h, mix_k(static_cast<uint32_t>(static_cast<signed char>(s[i]))));
        return finish(h, static_cast<uint32_t>(s.size()));
    }
};

struct XxHash64 {
    using Seed = int64_t;
    static constexpr uint64_t kP1 = 0x9E3779B185EBCA87ULL, kP2 = 0xC2B2AE3D27D4EB4FULL,
                              kP3 = 0x165667B19E3779F9ULL, kP4 = 0x85EBCA77C2B2AE63ULL,
                              kP5 = 0x27D4EB2F165667C5ULL;
    static int64_t finish(uint64_t h) {
        h ^= h >> 33;
        h *= kP2;
        h ^= h >> 29;
        h *= kP3;
        return static_cast<int64_t>(h ^ (h >> 32));
    }
    static uint64_t round(uint64_t h, uint64_t k) { return rotate64(h + k * kP2, 31) * kP1; }
    static Seed of_int(int32_t x, Seed seed) {
        uint64_t h = static_cast<uint64_t>(seed) + kP5 + 4;
        h ^= static_cast<uint64_t>(static_cast<uint32_t>(x)) * kP1;
        return finish(rotate64(h, 23) * kP2 + kP3);
    }
    static Seed of_long(int64_t x, Seed seed) {
        uint64_t h = static_cast<uint64_t>(seed) + kP5 + 8;
        h ^= round(0, static_cast<uint64_t>(x));
        return finish(rotate64(h, 27) * kP1 + kP4);
    }
    static uint64_t word(std::string_view s, size_t i) {
        uint64_t k = 0;
        std::memcpy(&k, s.data() + i, 8);
        return k;
    }
    static Seed of_bytes(std::string_view s, Seed seed) {
        auto base = static_cast<uint64_t>(seed);
        uint64_t h = base + kP5;
        size_t i = 0;
        if (s.size() >= 32) {
            uint64_t v[4] = {base + kP1 + kP2, base + kP2, base, base - kP1};
            for (; i + 32 <= s.size(); i += 32) {
                for (size_t k = 0; k < 4; ++k) v[k] = round(v[k], word(s, i + 8 * k));
            }
            h = rotate64(v[0], 1) + rotate64(v[1], 7) + rotate64(v[2], 12) + rotate64(v[3], 18);
            for (uint64_t x : v) h = (h ^ round(0, x)) * kP1 + kP4;
        }
        h += s.size();
        for (; i + 8 <= s.size(); i += 8) h = rotate64(h ^ round(0, word(s, i)), 27) * kP1 + kP4;
        if (i + 4 <= s.size()) {
            uint32_t k = 0;
            std::memcpy(&k, s.data() + i, 4);
            h = rotate64(h ^ (k * kP1), 23) * kP2 + kP3;
            i += 4;
        }
        for (; i < s.size(); ++i)
            h = rotate64(h ^ (static_cast<unsigned char>(s[i]) * kP5), 11) * kP1;
        return finish(h);
    }
};

// Big-endian two's complement in the fewest bytes, as java.math.BigInteger.toByteArray.
std::string big_integer_bytes(Int128 x) {
    std::string out;
    do {
        out.insert(out.begin(), static_cast<char>(x & 0xFF));
        x >>= 8;
    } while (!((x == 0 && static_cast<signed char>(out[0]) >= 0) ||
               (x == -1 && static_cast<signed char>(out[0]) < 0)));
    return out;
}

int64_t double_bits(double x) {
    if (x == 0) x = 0.0;
    if (std::isnan(x)) return 0x7ff8000000000000LL;
    int64_t bits = 0;
    std::memcpy(&bits, &x, 8);
    return bits;
}

int32_t float_bits(float x) {
    if (x == 0) x = 0.0F;
    if (std::isnan(x)) return 0x7fc00000;
    int32_t bits = 0;
    std::memcpy(&bits, &x, 4);
    return bits;
}

template <class H>
typename H::Seed hash_value(const NestedColumn& c, duckdb::idx_t row, typename H::Seed seed) {
    if (c.type().is(TypeId::kNull) || c.is_null(row)) return seed;
    switch (c.type().id()) {
        case TypeId::kBoolean: return H::of_int(c.boolean(row) ? 1 : 0, seed);
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval:
            return H::of_int(static_cast<int32_t>(c.integer(row)), seed);
        case TypeId::kLong:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
        case TypeId::kDayTimeInterval: return H::of_long(c.integer(row), seed);
        case TypeId::kTime: return H::of_long(c.integer(row) * 1000, seed);
        case TypeId::kFloat: return H::of_int(float_bits(c.single(row)), seed);
        case TypeId::kDouble: return H::of_long(double_bits(c.real(row)), seed);
        case TypeId::kDecimal:
            if (c.type().precision() <= 18)
                return H::of_long(static_cast<int64_t>(c.decimal(row)), seed);
            return H::of_bytes(big_integer_bytes(c.decimal(row)), seed);
        case TypeId::kCalendarInterval: {
            auto i = c.interval(row);
            return H::of_int(i.months, H::of_int(i.days, H::of_long(i.micros, seed)));
        }
        case TypeId::kArray: {
            auto list = c.entries(row);
            for (duckdb::idx_t i = 0; i < list.length; ++i)
                seed = hash_value<H>(c.child(0), list.offset + i, seed);
            return seed;
        }
        case TypeId::kMap: {
            auto list = c.entries(row);
            for (duckdb::idx_t i = 0; i < list.length; ++i) {
                seed = hash_value<H>(c.child(0), list.offset + i, seed);
                seed = hash_value<H>(c.child(1), list.offset + i, seed);
            }
            return seed;
        }
        case TypeId::kStruct:
            for (size_t i = 0; i < c.child_count(); ++i)
                seed = hash_value<H>(c.child(i), row, seed);
            return seed;
        default: return H::of_bytes(c.text(row), seed);
    }
}

}  // namespace

int32_t murmur3_value(const NestedColumn& c, duckdb::idx_t row, int32_t seed) {
    return hash_value<Murmur3>(c, row, seed);
}
int32_t murmur3_bytes(std::string_view bytes, int32_t seed) {
    return Murmur3::of_bytes(bytes, seed);
}
int64_t xxhash64_value(const NestedColumn& c, duckdb::idx_t row, int64_t seed) {
    return hash_value<XxHash64>(c, row, seed);
}

}  // namespace hanok::engine
