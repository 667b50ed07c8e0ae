#include "engine/functions/utf8.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace hanok::engine {

namespace {

// Bytes of the valid character at the start, 0 when it is invalid. `bad` is then how many bytes one
// U+FFFD replaces.
size_t valid_width(std::string_view s, size_t* bad) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
    unsigned char lead = byte(0);
    *bad = 1;
    if (lead < 0x80) return 1;
    size_t width = lead >= 0xC2 && lead < 0xE0   ? 2
                   : lead >= 0xE0 && lead < 0xF0 ? 3
                   : lead >= 0xF0 && lead < 0xF5 ? 4
                                                 : 0;
    if (width == 0) return 0;
    for (size_t i = 1; i < width; ++i) {
        unsigned char least = 0x80, most = 0xBF;
        if (i == 1) {
            if (lead == 0xE0) least = 0xA0;
            if (lead == 0xED) most = 0x9F;
            if (lead == 0xF0) least = 0x90;
            if (lead == 0xF4) most = 0x8F;
        }
        if (i >= s.size() || byte(i) < least || byte(i) > most) {
            *bad = i;
            return 0;
        }
    }
    return width;
}

}  // namespace

bool is_ascii(std::string_view text) {
    return std::all_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

int32_t utf8_length(std::string_view text) {
    int32_t n = 0;
    for (size_t i = 0; i < text.size(); i += utf8_width(static_cast<unsigned char>(text[i]))) ++n;
    return n;
}

size_t utf8_offset(std::string_view text, int64_t n) {
    size_t i = 0;
    for (; n > 0 && i < text.size(); --n) i += utf8_width(static_cast<unsigned char>(text[i]));
    return std::min(i, text.size());
}

std::string_view utf8_slice(std::string_view text, int64_t begin, int64_t end) {
    if (begin < 0) begin = 0;
    if (end <= begin) return {};
    auto from = utf8_offset(text, begin);
    auto rest = text.substr(from);
    return rest.substr(0, utf8_offset(rest, end - begin));
}

std::vector<std::string_view> utf8_characters(std::string_view text) {
    std::vector<std::string_view> out;
    for (size_t i = 0; i < text.size();) {
        auto width = std::min(utf8_width(static_cast<unsigned char>(text[i])), text.size() - i);
        out.push_back(text.substr(i, width));
        i += width;
    }
    return out;
}

void append_utf8(std::string& out, uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

uint32_t first_code_point(std::string_view s) {
    if (s.empty()) return 0;
    size_t bad = 0;
    auto width = valid_width(s, &bad);
    auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(s[i])); };
    switch (width) {
        case 1: return byte(0);
        case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
        case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
        case 4:
            return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
                   (byte(3) & 0x3F);
        default: return 0xFFFD;
    }
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        size_t bad = 0;
        auto width = valid_width(text, &bad);
        if (width == 0) return false;
        text.remove_prefix(width);
    }
    return true;
}

std::string replace_invalid_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        size_t bad = 0;
        auto width = valid_width(text, &bad);
        if (width == 0) {
            append_utf8(out, 0xFFFD);
            width = bad;
        } else {
            out += text.substr(0, width);
        }
        text.remove_prefix(width);
    }
    return out;
}

std::u16string to_utf16(std::string_view text) {
    auto unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    return std::u16string(unicode.getBuffer(), static_cast<size_t>(unicode.length()));
}

std::string from_utf16(std::u16string_view text) {
    std::string out;
    icu::UnicodeString(text.data(), static_cast<int32_t>(text.size())).toUTF8String(out);
    return out;
}

namespace {

template <class Ascii, class Full>
std::string mapped(std::string_view text, Ascii ascii, Full full) {
    if (is_ascii(text)) {
        std::string out(text);
        for (auto& c : out) c = ascii(c);
        return out;
    }
    auto unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    full(unicode);
    std::string out;
    unicode.toUTF8String(out);
    return out;
}

}  // namespace

std::string to_upper_text(std::string_view text) {
    return mapped(
        text, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; },
        [](icu::UnicodeString& s) { s.toUpper(icu::Locale::getRoot()); });
}

std::string to_lower_text(std::string_view text) {
    return mapped(
        text, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; },
        [](icu::UnicodeString& s) { s.toLower(icu::Locale::getRoot()); });
}

}  // namespace hanok::engine
