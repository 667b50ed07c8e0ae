#include "engine/functions/java_regex.h"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <unordered_map>
#include <vector>

namespace hanok::engine {

namespace {

// Java's names for character classes that PCRE2 does not know, as ranges inside a class.
const std::unordered_map<std::string_view, const char*>& java_classes() {
    static const std::unordered_map<std::string_view, const char*> classes = {
        {"Lower", "a-z"},
        {"Upper", "A-Z"},
        {"ASCII", "\\x00-\\x7F"},
        {"Alpha", "a-zA-Z"},
        {"Digit", "0-9"},
        {"Alnum", "a-zA-Z0-9"},
        {"Punct", "!-/:-@\\[-`{-~"},
        {"Graph", "!-~"},
        {"Print", " -~"},
        {"Blank", " \\t"},
        {"Cntrl", "\\x00-\\x1F\\x7F"},
        {"XDigit", "0-9a-fA-F"},
        {"Space", " \\t\\n\\x0B\\f\\r"},
        {"javaLowerCase", "\\p{Ll}"},
        {"javaUpperCase", "\\p{Lu}"},
        {"javaWhitespace", "\\p{Z}\\t\\n\\x0B\\f\\r"},
        {"IsAlphabetic", "\\p{L}"},
        {"IsLetter", "\\p{L}"},
        {"IsDigit", "\\p{Nd}"},
        {"IsUppercase", "\\p{Lu}"},
        {"IsLowercase", "\\p{Ll}"},
        {"IsPunctuation", "\\p{P}"},
        {"IsWhite_Space", "\\p{Z}\\t\\n\\x0B\\f\\r"},
        {"InGreek", "\\p{Greek}"},
        {"IsLatin", "\\p{Latin}"},
        {"IsHan", "\\p{Han}"},
        {"IsHangul", "\\p{Hangul}"},
        {"IsCyrillic", "\\p{Cyrillic}"},
        {"IsGreek", "\\p{Greek}"},
    };
    return classes;
}

// The pattern is none for Java, though PCRE2 may read it.
struct Illegal {};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Letters that mean something after a backslash; some of them outside of classes alone.
constexpr std::string_view kEscapes = "aABbcdDefGhHkNnpPQrRsStuvVwWxXzZ";
constexpr std::string_view kNotInClasses = "ABbGkQRXZz";
constexpr std::string_view kFlags = "idmsuxU";

// Rewrites what Java writes differently: \uXXXX, \0101, \p{Alpha}, flags, [a-z&&[^b]] (as a
// look-ahead before the class).
class Translator {
public:
    explicit Translator(std::string_view pattern) : in_(pattern) {}

    std::string run() {
        std::string out;
        while (at_ < in_.size()) {
            char c = in_[at_];
            if (c == '\\') {
                out += escape(false);
            } else if (c == '[') {
                out += char_class();
            } else if (c == '(') {
                out += group_start();
            } else {
                if (c == '{' && !ignores_white_space_) check_repetition();
                out += in_[at_++];
            }
        }
        return by_unicode_ ? "(*UCP)" + out : out;
    }

private:
    char peek(size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

    // {2}, {2,}, {2,3}: a brace is nothing else in Java.
    void check_repetition() const {
        size_t i = 1;
        auto digits = [&] {
            size_t start = i;
            while (is_digit(peek(i))) ++i;
            return i > start;
        };
        if (!digits()) throw Illegal();
        if (peek(i) == ',') {
            ++i;
            digits();
        }
        if (peek(i) != '}') throw Illegal();
    }

    std::string group_start() {
        if (peek(1) == '*') throw Illegal();
        if (peek(1) != '?') return take(1);
        switch (peek(2)) {
            case ':':
            case '=':
            case '!':
            case '>': return take(3);
            case '<': return take(peek(3) == '=' || peek(3) == '!' ? 4 : named_group());
            default: return inline_flags();
        }
    }

    // Length of "(?<name>".
    size_t named_group() const {
        size_t i = 3;
        if (!is_letter(peek(i))) throw Illegal();
        while (is_letter(peek(i)) || is_digit(peek(i))) ++i;
        if (peek(i) != '>') throw Illegal();
        return i + 1;
    }

    // "(?is-x)" or "(?is-x:". PCRE2 folds case by Unicode anyway and knows no Unix lines.
    std::string inline_flags() {
        std::string out = take(2);
        bool on = true;
        for (; at_ < in_.size(); ++at_) {
            char c = in_[at_];
            if (c == ')' || c == ':') return out + take(1);
            if (c == '-' && on) {
                on = false;
                out += c;
            } else if (kFlags.find(c) == std::string_view::npos) {
                throw Illegal();
            } else if (c == 'U') {
                by_unicode_ = by_unicode_ || on;
            } else if (c != 'u' && c != 'd') {
                if (c == 'x' && on) ignores_white_space_ = true;
                out += c;
            }
        }
        throw Illegal();
    }

    std::string take(size_t count) {
        std::string out(in_.substr(at_, count));
        at_ += count;
        return out;
    }

    std::string escape(bool in_class) {
        char c = peek(1);
        if (c == 'Q') return quotation();
        bool is_known = kEscapes.find(c) != std::string_view::npos;
        bool is_kept_out = in_class && kNotInClasses.find(c) != std::string_view::npos;
        if (is_letter(c) && (!is_known || is_kept_out)) throw Illegal();
        if (c == 'N' && peek(2) != '{') throw Illegal();
        if (c == 'u') return code_point();
        if (c == '0') return octal();
        if ((c == 'p' || c == 'P') && peek(2) == '{') {
            auto close = in_.find('}', at_);
            if (close == std::string_view::npos) throw Illegal();
            auto it = java_classes().find(in_.substr(at_ + 3, close - at_ - 3));
            if (it != java_classes().end() && (c == 'p' || !in_class)) {
                at_ = close + 1;
                if (in_class) return it->second;
                return std::string(c == 'P' ? "[^" : "[") + it->second + "]";
            }
            return take(close + 1 - at_);
        }
        return take(2);
    }

    std::string quotation() {
        auto end = in_.find("\\E", at_);
        return take(end == std::string_view::npos ? in_.size() - at_ : end + 2 - at_);
    }

    // \uXXXX; two of them may be the halves of one code point.
    std::string code_point() {
        uint32_t value = four_digits();
        bool is_high = value >= 0xD800 && value < 0xDC00;
        if (is_high && peek(0) == '\\' && peek(1) == 'u') {
            uint32_t low = four_digits();
            value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        }
        char text[16];
        std::snprintf(text, sizeof text, "\\x{%X}", value);
        return text;
    }

    uint32_t four_digits() {
        uint32_t value = 0;
        for (size_t i = 2; i < 6; ++i) {
            char c = peek(i);
            if (std::isxdigit(static_cast<unsigned char>(c)) == 0) throw Illegal();
            value = value * 16 +
                    static_cast<uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        at_ += 6;
        return value;
    }

    // \0 and one to three octal digits, up to 0377.
    std::string octal() {
        size_t most = peek(2) <= '3' ? 3 : 2;
        size_t count = 0;
        while (count < most && is_octal(peek(2 + count))) ++count;
        if (count == 0) throw Illegal();
        at_ += 2;
        return "\\o{" + take(count) + "}";
    }

    // A class with nested classes (unions) becomes one; each part of an intersection becomes a
    // look-ahead.
    std::string char_class() {
        ++at_;
        bool negated = at_ < in_.size() && in_[at_] == '^';
        if (negated) ++at_;
        std::vector<std::string> parts(1);
        std::vector<std::string> nested;
        bool first = true;
        while (at_ < in_.size() && (in_[at_] != ']' || first)) {
            first = false;
            if (in_.substr(at_, 2) == "&&") {
                at_ += 2;
                parts.emplace_back();
            } else if (in_[at_] == '[') {
                auto inner = char_class();
                if (parts.back().empty() && parts.size() > 1) {
                    nested.push_back(inner);
                    parts.pop_back();
                    parts.push_back("\x01");
                } else if (inner.size() > 2 && inner[1] != '^') {
                    parts.back() += inner.substr(1, inner.size() - 2);
                } else {
                    nested.push_back(inner);
                }
            } else if (in_[at_] == '\\') {
                parts.back() += escape(true);
            } else {
                parts.back() += in_[at_++];
            }
        }
        if (at_ < in_.size()) ++at_;
        std::string open = negated ? "[^" : "[";
        if (parts.size() == 1 && nested.empty()) return open + parts[0] + "]";
        std::string out;
        for (const auto& inner : nested) out += "(?=" + inner + ")";
        for (size_t i = 1; i < parts.size(); ++i) {
            if (parts[i] != "\x01" && !parts[i].empty()) out += "(?=[" + parts[i] + "])";
        }
        return "(?:" + out + open + parts[0] + "])";
    }

    std::string_view in_;
    size_t at_ = 0;
    bool by_unicode_ = false;
    bool ignores_white_space_ = false;
};

}  // namespace

std::optional<std::string> pcre_pattern(std::string_view java_pattern) {
    try {
        return Translator(java_pattern).run();
    } catch (const Illegal&) {
        return std::nullopt;
    }
}

}  // namespace hanok::engine
