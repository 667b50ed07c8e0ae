#include "connect/wire.h"

namespace hanok::connect::wire {

namespace {

constexpr int kVarint = 0;
constexpr int kLengthDelimited = 2;

void append_tag(int field, int type, std::string* out) {
    append_varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(type), out);
}

}  // namespace

void append_varint(uint64_t value, std::string* out) {
    while (value >= 0x80) {
        out->push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out->push_back(static_cast<char>(value));
}

void append_int(int field, int64_t value, std::string* out) {
    append_tag(field, kVarint, out);
    append_varint(static_cast<uint64_t>(value), out);
}

void append_bytes_header(int field, uint64_t size, std::string* out) {
    append_tag(field, kLengthDelimited, out);
    append_varint(size, out);
}

void append_bytes(int field, std::string_view bytes, std::string* out) {
    append_bytes_header(field, bytes.size(), out);
    out->append(bytes);
}

std::string error_status(int code, const std::string& message, const std::string& reason,
    const std::map<std::string, std::string>& metadata) {
    std::string info;
    append_bytes(1, reason, &info);
    append_bytes(2, "org.apache.spark", &info);
    for (const auto& [key, value] : metadata) {
        std::string entry;
        append_bytes(1, key, &entry);
        append_bytes(2, value, &entry);
        append_bytes(3, entry, &info);
    }
    std::string any;
    append_bytes(1, "type.googleapis.com/google.rpc.ErrorInfo", &any);
    append_bytes(2, info, &any);
    std::string status;
    append_int(1, code, &status);
    append_bytes(2, message, &status);
    append_bytes(3, any, &status);
    return status;
}

}  // namespace hanok::connect::wire
