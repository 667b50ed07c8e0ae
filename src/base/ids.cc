#include "base/ids.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace hanok::base {

namespace {

constexpr size_t kUuidLength = 36;

bool is_dash_position(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

uint64_t SystemRandom::next_u64() {
    uint64_t value = 0;
    ssize_t got = 0;
    do {
        got = getrandom(&value, sizeof value, 0);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof value)) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    return value;
}

SystemRandom& SystemRandom::instance() {
    static SystemRandom random;
    return random;
}

uint64_t SeededRandom::next_u64() {
    std::lock_guard lock(mutex_);
    return engine_();
}

std::string new_uuid(RandomSource& random) {
    std::array<uint64_t, 2> words{random.next_u64(), random.next_u64()};
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), words.data(), bytes.size());
    bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
    bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 4122

    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(kUuidLength);
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (is_dash_position(text.size())) {
            text += '-';
        }
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0x0f];
    }
    return text;
}

bool is_uuid(std::string_view text) {
    if (text.size() != kUuidLength) {
        return false;
    }
    for (size_t i = 0; i < text.size(); ++i) {
        if (is_dash_position(i) ? text[i] != '-' : !is_hex_digit(text[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace hanok::base
