#pragma once
// The few messages that are written by hand: ones whose descriptors are not in the client package,
// and the one whose payload should not be copied.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hanok::connect::wire {

void append_varint(uint64_t value, std::string* out);
// Fields of a protobuf message.
void append_int(int field, int64_t value, std::string* out);
void append_bytes(int field, std::string_view bytes, std::string* out);
// Tag and length of a bytes field whose `size` bytes follow.
void append_bytes_header(int field, uint64_t size, std::string* out);

// google.rpc.Status with one google.rpc.ErrorInfo, serialized, as gRPC's status details.
std::string error_status(int code, const std::string& message, const std::string& reason,
    const std::map<std::string, std::string>& metadata);

}  // namespace hanok::connect::wire
