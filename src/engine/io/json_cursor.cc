#include "engine/io/json_cursor.h"

namespace hanok::engine {

namespace {

constexpr int kMaxDepth = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void JsonCursor::skip_space() {
    while (p_ < end_) {
        if (*p_ == ' ' || *p_ == '\t' || *p_ == '\n' || *p_ == '\r') {
            p_++;
        } else if (*p_ == '/' && syntax_.comments) {
            skip_comment();
        } else {
            return;
        }
    }
}

void JsonCursor::skip_comment() {
    std::string_view rest(p_, size_t(end_ - p_));
    if (rest.starts_with("//")) {
        auto end = rest.find('\n');
        p_ = end == std::string_view::npos ? end_ : p_ + end;
    } else if (rest.starts_with("/*")) {
        auto end = rest.find("*/", 2);
        if (end == std::string_view::npos) throw JsonSyntaxError();
        p_ += end + 2;
    } else {
        throw JsonSyntaxError();
    }
}

char JsonCursor::next_char() {
    skip_space();
    if (p_ >= end_) throw JsonSyntaxError();
    return *p_;
}

JsonKind JsonCursor::peek() {
    skip_space();
    if (p_ >= end_) return JsonKind::kEnd;
    switch (*p_) {
        case '{': return JsonKind::kObject;
        case '[': return JsonKind::kArray;
        case '"': return JsonKind::kString;
        case '\'':
            if (syntax_.single_quotes) return JsonKind::kString;
            throw JsonSyntaxError();
        case 'n': return JsonKind::kNull;
        case 't': return JsonKind::kTrue;
        case 'f': return JsonKind::kFalse;
        default: break;
    }
    const char* q = p_;
    if (*q == '-' || *q == '+') q++;
    if (q < end_ && (*q == 'N' || *q == 'I')) return JsonKind::kNonNumeric;
    if (*p_ == '+' || q >= end_ || !is_digit(*q)) throw JsonSyntaxError();
    while (q < end_ && is_digit(*q)) q++;
    return q < end_ && (*q == '.' || *q == 'e' || *q == 'E') ? JsonKind::kFloating
                                                             : JsonKind::kInteger;
}

void JsonCursor::word(std::string_view text) {
    if (!std::string_view(p_, size_t(end_ - p_)).starts_with(text)) throw JsonSyntaxError();
    p_ += text.size();
    if (p_ < end_ && is_name_char(*p_)) throw JsonSyntaxError();
}

void JsonCursor::take_word() { word(*p_ == 'n' ? "null" : *p_ == 't' ? "true" : "false"); }

std::string_view JsonCursor::take_number() {
    const char* begin = p_;
    if (*p_ == '-' || *p_ == '+') p_++;
    if (p_ < end_ && (*p_ == 'N' || *p_ == 'I')) {
        if (!syntax_.non_numeric_numbers) throw JsonSyntaxError();
        std::string_view rest(p_, size_t(end_ - p_));
        word(*p_ == 'N' ? "NaN" : rest.starts_with("Infinity") ? "Infinity" : "INF");
        return {begin, size_t(p_ - begin)};
    }
    const char* digits = p_;
    while (p_ < end_ && is_digit(*p_)) p_++;
    if (p_ - digits > 1 && *digits == '0' && !syntax_.numeric_leading_zeros)
        throw JsonSyntaxError();
    auto some_digits = [&] {
        const char* from = p_;
        while (p_ < end_ && is_digit(*p_)) p_++;
        if (p_ == from) throw JsonSyntaxError();
    };
    if (p_ < end_ && *p_ == '.') {
        p_++;
        some_digits();
    }
    if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
        p_++;
        if (p_ < end_ && (*p_ == '-' || *p_ == '+')) p_++;
        some_digits();
    }
    if (p_ < end_ && is_name_char(*p_)) throw JsonSyntaxError();
    return {begin, size_t(p_ - begin)};
}

std::string_view JsonCursor::take_string() { return quoted(*p_); }

std::string_view JsonCursor::quoted(char quote) {
    const char* begin = ++p_;
    auto is_plain = [&](char c) {
        return c != quote && c != '\\' &&
               (static_cast<unsigned char>(c) >= ' ' || syntax_.unquoted_control_characters);
    };
    while (p_ < end_ && is_plain(*p_)) p_++;
    if (p_ < end_ && *p_ == quote) return {begin, size_t(p_++ - begin)};
    scratch_.assign(begin, size_t(p_ - begin));
    while (p_ < end_ && *p_ != quote) {
        if (*p_ == '\\') {
            escape();
        } else if (is_plain(*p_)) {
            scratch_ += *p_++;
        } else {
            throw JsonSyntaxError();
        }
    }
    if (p_ >= end_) throw JsonSyntaxError();
    p_++;
    return scratch_;
}

void JsonCursor::escape() {
    p_++;
    if (p_ >= end_) throw JsonSyntaxError();
    char c = *p_++;
    switch (c) {
        case '"':
        case '\\':
        case '/': scratch_ += c; return;
        case 'b': scratch_ += '\b'; return;
        case 'f': scratch_ += '\f'; return;
        case 'n': scratch_ += '\n'; return;
        case 'r': scratch_ += '\r'; return;
        case 't': scratch_ += '\t'; return;
        case 'u': break;
        default:
            if (!syntax_.backslash_escapes_any && !(c == '\'' && syntax_.single_quotes))
                throw JsonSyntaxError();
            scratch_ += c;
            return;
    }
    auto code = hex4();
    bool is_high = code >= 0xD800 && code < 0xDC00;
    if (is_high && end_ - p_ >= 6 && p_[0] == '\\' && p_[1] == 'u') {
        p_ += 2;
        auto low = hex4();
        if (low >= 0xDC00 && low < 0xE000) {
            append_code_point(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
            return;
        }
        scratch_ += '?';
        code = low;
    }
    append_code_point(code);
}

unsigned JsonCursor::hex4() {
    if (end_ - p_ < 4) throw JsonSyntaxError();
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = *p_++;
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) throw JsonSyntaxError();
        value = value * 16 + unsigned(digit);
    }
    return value;
}

// Half of a surrogate pair has no UTF-8; Java writes a question mark.
void JsonCursor::append_code_point(unsigned code) {
    if (code < 0x80) {
        scratch_ += char(code);
    } else if (code < 0x800) {
        scratch_ += char(0xC0 | (code >> 6));
        scratch_ += char(0x80 | (code & 0x3F));
    } else if (code >= 0xD800 && code < 0xE000) {
        scratch_ += '?';
    } else if (code < 0x10000) {
        scratch_ += char(0xE0 | (code >> 12));
        scratch_ += char(0x80 | ((code >> 6) & 0x3F));
        scratch_ += char(0x80 | (code & 0x3F));
    } else {
        scratch_ += char(0xF0 | (code >> 18));
        scratch_ += char(0x80 | ((code >> 12) & 0x3F));
        scratch_ += char(0x80 | ((code >> 6) & 0x3F));
        scratch_ += char(0x80 | (code & 0x3F));
    }
}

void JsonCursor::enter_object() {
    p_++;
    is_first_ = true;
}

bool JsonCursor::next_field(std::string_view* name) {
    char c = next_char();
    if (c == '}') {
        p_++;
        is_first_ = false;
        return false;
    }
    if (!is_first_) {
        if (c != ',') throw JsonSyntaxError();
        p_++;
        c = next_char();
    }
    is_first_ = false;
    if (c == '"' || (c == '\'' && syntax_.single_quotes)) {
        *name = quoted(c);
    } else {
        if (!syntax_.unquoted_field_names || !is_name_char(c)) throw JsonSyntaxError();
        const char* begin = p_;
        while (p_ < end_ && is_name_char(*p_)) p_++;
        *name = std::string_view(begin, size_t(p_ - begin));
    }
    if (next_char() != ':') throw JsonSyntaxError();
    p_++;
    if (peek() == JsonKind::kEnd) throw JsonSyntaxError();
    return true;
}

void JsonCursor::enter_array() {
    p_++;
    is_first_ = true;
}

bool JsonCursor::next_element() {
    char c = next_char();
    if (c == ']') {
        p_++;
        is_first_ = false;
        return false;
    }
    if (!is_first_) {
        if (c != ',') throw JsonSyntaxError();
        p_++;
    }
    is_first_ = false;
    if (peek() == JsonKind::kEnd) throw JsonSyntaxError();
    return true;
}

std::string_view JsonCursor::take_raw() {
    skip_space();
    const char* begin = p_;
    skip_value(0);
    return {begin, size_t(p_ - begin)};
}

void JsonCursor::skip_value(int depth) {
    if (depth > kMaxDepth) throw JsonSyntaxError();
    std::string_view name;
    switch (peek()) {
        case JsonKind::kEnd: throw JsonSyntaxError();
        case JsonKind::kNull:
        case JsonKind::kTrue:
        case JsonKind::kFalse: take_word(); return;
        case JsonKind::kInteger:
        case JsonKind::kFloating:
        case JsonKind::kNonNumeric: take_number(); return;
        case JsonKind::kString: take_string(); return;
        case JsonKind::kObject:
            enter_object();
            while (next_field(&name)) skip_value(depth + 1);
            return;
        case JsonKind::kArray:
            enter_array();
            while (next_element()) skip_value(depth + 1);
            return;
    }
}

}  // namespace hanok::engine
