#pragma once
// UTF-8 as Spark's strings count it: one character is one code point; a stray byte counts as one.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hanok::engine {

// Bytes of the character that starts with `lead`.
inline size_t utf8_width(unsigned char lead) {
    if (lead < 0xC2) return 1;
    if (lead < 0xE0) return 2;
    if (lead < 0xF0) return 3;
    return lead < 0xF5 ? 4 : 1;
}

bool is_ascii(std::string_view text);
int32_t utf8_length(std::string_view text);
// Byte offset of the n-th character (n <= length), or the text's size.
size_t utf8_offset(std::string_view text, int64_t n);
// Characters from `begin` on, `end` excluded.
std::string_view utf8_slice(std::string_view text, int64_t begin, int64_t end);
std::vector<std::string_view> utf8_characters(std::string_view text);
void append_utf8(std::string& out, uint32_t code_point);
// First code point; 0xFFFD for invalid bytes.
uint32_t first_code_point(std::string_view text);
bool is_valid_utf8(std::string_view text);
// Invalid parts become U+FFFD, as Java decodes them.
std::string replace_invalid_utf8(std::string_view text);
std::u16string to_utf16(std::string_view text);
std::string from_utf16(std::u16string_view text);

std::string to_upper_text(std::string_view text);
std::string to_lower_text(std::string_view text);

}  // namespace hanok::engine
