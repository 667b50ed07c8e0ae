// Values of string literals and quoted identifiers.
#include "sql/lexer.h"

namespace hanok::sql {

namespace {

void append_utf8(std::string* out, uint32_t c) {
    if (c < 0x80) {
        out->push_back(static_cast<char>(c));
    } else if (c < 0x800) {
        out->push_back(static_cast<char>(0xC0 | (c >> 6)));
        out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        out->push_back(static_cast<char>(0xE0 | (c >> 12)));
        out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
        out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
    } else {
        out->push_back(static_cast<char>(0xF0 | (c >> 18)));
        out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
        out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
        out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// `digits` hexadecimal digits at `i`; false if they are not all there.
bool read_hex(std::string_view s, size_t i, size_t digits, uint32_t* value) {
    if (i + digits > s.size()) return false;
    uint32_t v = 0;
    for (size_t k = 0; k < digits; ++k) {
        int d = hex_digit(s[i + k]);
        if (d < 0) return false;
        v = v * 16 + static_cast<uint32_t>(d);
    }
    *value = v;
    return true;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Resolves the escape whose backslash is at `i`; returns the place behind it.
size_t append_escape(std::string_view s, size_t i, std::string* out) {
    if (i + 1 >= s.size()) {
        out->push_back('\\');
        return i + 1;
    }
    char c = s[i + 1];
    uint32_t code = 0;
    if (c == 'u' && read_hex(s, i + 2, 4, &code)) {
        uint32_t low = 0;
        bool pair = code >= 0xD800 && code < 0xDC00 && i + 7 < s.size() && s[i + 6] == '\\' &&
                    s[i + 7] == 'u' && read_hex(s, i + 8, 4, &low) && low >= 0xDC00 && low < 0xE000;
        append_utf8(out, pair ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : code);
        return i + (pair ? 12 : 6);
    }
    if (c == 'U' && read_hex(s, i + 2, 8, &code) && code <= 0x10FFFF) {
        append_utf8(out, code);
        return i + 10;
    }
    if ((c == '0' || c == '1') && i + 3 < s.size() && is_octal(s[i + 2]) && is_octal(s[i + 3])) {
        out->push_back(static_cast<char>((c - '0') * 64 + (s[i + 2] - '0') * 8 + (s[i + 3] - '0')));
        return i + 4;
    }
    switch (c) {
        case '0': out->push_back('\0'); break;
        case 'b': out->push_back('\b'); break;
        case 'n': out->push_back('\n'); break;
        case 'r': out->push_back('\r'); break;
        case 't': out->push_back('\t'); break;
        case 'Z': out->push_back('\x1A'); break;
        case '%': out->append("\\%"); break;
        case '_': out->append("\\_"); break;
        default: out->push_back(c);
    }
    return i + 2;
}

}  // namespace

std::string string_literal_value(
    std::string_view spelling, bool keep_escapes, bool drop_doubled_quotes) {
    if (spelling.size() >= 3 && (spelling[0] == 'r' || spelling[0] == 'R')) {
        return std::string(spelling.substr(2, spelling.size() - 3));
    }
    char quote = spelling[0];
    std::string_view body = spelling.substr(1, spelling.size() - 2);
    std::string out;
    out.reserve(body.size());
    for (size_t i = 0; i < body.size();) {
        if (body[i] == '\\' && !keep_escapes) {
            i = append_escape(body, i, &out);
        } else if (body[i] == quote && i + 1 < body.size() && body[i + 1] == quote) {
            if (!drop_doubled_quotes) out.push_back(quote);
            i += 2;
        } else {
            out.push_back(body[i++]);
        }
    }
    return out;
}

std::string quoted_identifier_value(std::string_view spelling) {
    char quote = spelling[0];
    std::string out;
    for (size_t i = 1; i + 1 < spelling.size(); ++i) {
        out.push_back(spelling[i]);
        if (spelling[i] == quote) ++i;
    }
    return out;
}

}  // namespace hanok::sql
