#include "engine/functions/base64.h"

#include <array>
#include <cctype>
#include <cstdint>

namespace hanok::engine {

namespace {

constexpr const char* kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string out;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k)
            group = group << 8 |
                    (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
        for (size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : kBase64[group >> (18 - 6 * k) & 63];
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    static const auto values = [] {
        std::array<int, 256> v{};
        v.fill(-1);
        for (int i = 0; i < 64; ++i) v[static_cast<unsigned char>(kBase64[i])] = i;
        return v;
    }();
    std::string out;
    uint32_t group = 0;
    int bits = 0;
    for (unsigned char c : text) {
        if (c == '=') break;
        if (values[c] < 0) continue;
        group = group << 6 | static_cast<uint32_t>(values[c]);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xFF);
        }
    }
    if (bits == 6) return std::nullopt;
    return out;
}

bool is_strict_base64(std::string_view text) {
    size_t count = 0, padding = 0;
    for (char c : text) {
        if (std::isspace(static_cast<unsigned char>(c))) continue;
        if (c == '=') {
            ++padding;
        } else if (padding > 0 || std::string_view(kBase64).find(c) == std::string_view::npos) {
            return false;
        } else {
            ++count;
        }
    }
    return padding <= 2 && count % 4 != 1 && (padding == 0 || (count + padding) % 4 == 0);
}

}  // namespace hanok::engine
