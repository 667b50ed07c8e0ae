#pragma once
// The numbers and texts of PySpark's pipe protocol: big-endian, texts behind their length.

#include <cstdint>
#include <string>
#include <string_view>

namespace hanok::python {

// What a worker says in the place of a length.
enum class Mark : int32_t {
    kEndOfDataSection = -1,
    kPythonExceptionThrown = -2,
    kTimingData = -3,
    kEndOfStream = -4,
    kNull = -5,
    kStartArrowStream = -6,
};

void put_int(std::string* out, int32_t value);
void put_long(std::string* out, int64_t value);
void put_bool(std::string* out, bool value);
void put_text(std::string* out, std::string_view text);

int32_t decode_int(const char* bytes);
int64_t decode_long(const char* bytes);

// Reads exactly `size` bytes of a blocking descriptor; false at its end or on an error.
bool read_fully(int fd, char* out, size_t size);

}  // namespace hanok::python
