#pragma once
// Numbers in little-endian bytes, and hashes of values for sketches.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hanok::engine {

template <class T>
void put(std::string& out, T x) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &x, sizeof(T));
    out.append(bytes, sizeof(T));
}

// Takes numbers off the front; `ok` is false once there were too few bytes.
struct ByteReader {
    std::string_view rest;
    bool ok = true;

    template <class T>
    T take() {
        T x{};
        if (rest.size() < sizeof(T)) {
            ok = false;
            return x;
        }
        std::memcpy(&x, rest.data(), sizeof(T));
        rest.remove_prefix(sizeof(T));
        return x;
    }
};

struct Hash128 {
    uint64_t low, high;
};

// Murmur3 (x64, 128 bits) with the seed that DataSketches uses.
Hash128 sketch_hash(std::string_view bytes, uint64_t seed = 9001);

}  // namespace hanok::engine
