#include "python/framing.h"

#include <unistd.h>

#include <cerrno>

namespace hanok::python {

namespace {

template <class T>
void put_big_endian(std::string* out, T value) {
    for (int shift = static_cast<int>(sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
        out->push_back(static_cast<char>(static_cast<uint64_t>(value) >> shift));
}

template <class T>
T big_endian(const char* bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<T>(value);
}

}  // namespace

void put_int(std::string* out, int32_t value) { put_big_endian(out, value); }
void put_long(std::string* out, int64_t value) { put_big_endian(out, value); }
void put_bool(std::string* out, bool value) { out->push_back(value ? '\1' : '\0'); }
void put_text(std::string* out, std::string_view text) {
    put_int(out, static_cast<int32_t>(text.size()));
    out->append(text);
}

int32_t decode_int(const char* bytes) { return big_endian<int32_t>(bytes); }
int64_t decode_long(const char* bytes) { return big_endian<int64_t>(bytes); }

bool read_fully(int fd, char* out, size_t size) {
    while (size > 0) {
        auto n = ::read(fd, out, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        out += n;
        size -= static_cast<size_t>(n);
    }
    return true;
}

}  // namespace hanok::python
