// What CHAR(n) and VARCHAR(n) do to strings: padding, and the length that may be stored.

#include "engine/functions/collations.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

namespace {

// Characters; bytes that are none count with the character before them.
int64_t character_count(std::string_view text) {
    int64_t count = 0;
    for (char c : text) count += (c & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

std::string padded(std::string_view text, int64_t length) {
    std::string out(text);
    auto count = character_count(text);
    if (count < length) out.append(static_cast<size_t>(length - count), ' ');
    return out;
}

// No longer than `length`: spaces at the end are given up, nothing else.
std::string_view shortened(std::string_view text, int64_t length) {
    for (auto count = character_count(text); count > length; --count) {
        if (!text.ends_with(' '))
            raise(runtime_error("EXCEED_LIMIT_LENGTH", {{"limit", std::to_string(length)}}));
        text.remove_suffix(1);
    }
    return text;
}

}  // namespace

void add_char_types(KernelSet& kernels) {
    kernels.add("spark_char_pad", [](std::string_view text, int32_t n) { return padded(text, n); });
    kernels.add(
        "spark_char_write_check",
        [](std::string_view text, int32_t n) { return padded(shortened(text, n), n); },
        Fallible::kYes);
    kernels.add(
        "spark_varchar_write_check",
        [](std::string_view text, int32_t n) { return shortened(text, n); }, Fallible::kYes);
}

}  // namespace hanok::engine
