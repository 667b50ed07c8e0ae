#include "sql/lexer.h"

#include "base/error.h"

namespace hanok::sql {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_non_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }
bool is_word_char(char c) {
    return is_ascii_letter(c) || is_digit(c) || c == '_' || is_non_ascii(c);
}
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        tokens_.reserve(text_.size() / 4 + 2);
        while (true) {
            skip_blanks();
            if (pos_ >= text_.size()) break;
            size_t start = pos_;
            Tok kind = scan();
            Token token{kind, Kw::kNone, static_cast<uint32_t>(start), static_cast<uint32_t>(pos_)};
            if (kind == Tok::kWord) token.keyword = find_keyword(text_.substr(start, pos_ - start));
            tokens_.push_back(token);
        }
        auto end = static_cast<uint32_t>(text_.size());
        tokens_.push_back({Tok::kEnd, Kw::kNone, end, end});
        return std::move(tokens_);
    }

private:
    char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
    bool starts(std::string_view s) const { return text_.substr(pos_, s.size()) == s; }

    // Length of the Unicode blank at `pos_`, 0 if there is none.
    size_t unicode_blank() const {
        auto b0 = static_cast<unsigned char>(at(pos_));
        auto b1 = static_cast<unsigned char>(at(pos_ + 1));
        auto b2 = static_cast<unsigned char>(at(pos_ + 2));
        if (b0 == 0xC2 && b1 == 0xA0) return 2;
        if (b0 == 0xE1 && b1 == 0x9A && b2 == 0x80) return 3;
        if (b0 == 0xE2 && b1 == 0x80 && ((b2 >= 0x80 && b2 <= 0x8A) || b2 == 0xA8 || b2 == 0xAF))
            return 3;
        if (b0 == 0xE2 && b1 == 0x81 && b2 == 0x9F) return 3;
        if (b0 == 0xE3 && b1 == 0x80 && b2 == 0x80) return 3;
        if (b0 == 0xEF && b1 == 0xBB && b2 == 0xBF) return 3;
        return 0;
    }

    void skip_blanks() {
        while (pos_ < text_.size()) {
            char c = text_[pos_];
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                ++pos_;
            } else if (is_non_ascii(c) && unicode_blank() > 0) {
                pos_ += unicode_blank();
            } else if (starts("--")) {
                skip_line_comment();
            } else if (starts("/*") && at(pos_ + 2) != '+') {
                skip_bracketed_comment();
            } else {
                return;
            }
        }
    }

    void skip_line_comment() {
        while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') {
            pos_ += text_[pos_] == '\\' && at(pos_ + 1) == '\n' ? 2 : 1;
        }
    }

    void skip_bracketed_comment() {
        int depth = 0;
        while (pos_ < text_.size()) {
            if (starts("/*") && at(pos_ + 2) != '+') {
                ++depth;
                pos_ += 2;
            } else if (starts("*/")) {
                pos_ += 2;
                if (--depth == 0) return;
            } else {
                ++pos_;
            }
        }
        throw parse_error("UNCLOSED_BRACKETED_COMMENT");
    }

    Tok scan() {
        char c = text_[pos_];
        char next = at(pos_ + 1);
        if ((c == 'r' || c == 'R') && (next == '\'' || next == '"')) {
            size_t close = text_.find(next, pos_ + 2);
            if (close != std::string_view::npos) {
                pos_ = close + 1;
                return Tok::kString;
            }
        }
        if (is_digit(c) || (c == '.' && is_digit(next))) {
            if (scan_number()) return number_kind_;
        }
        if (is_word_char(c)) return scan_word();
        if (c == '\'') return scan_quoted('\'', Tok::kString);
        if (c == '"') return scan_quoted('"', Tok::kDoubleQuoted);
        if (c == '`') return scan_backquoted();
        if (c == '$' && next == '$') {
            size_t close = text_.find("$$", pos_ + 2);
            if (close != std::string_view::npos) {
                pos_ = close + 2;
                return Tok::kDollarQuoted;
            }
        }
        return scan_operator();
    }

    Tok scan_word() {
        while (pos_ < text_.size() && is_word_char(text_[pos_]) && unicode_blank() == 0) ++pos_;
        if (starts("://")) {  // a path such as s3://bucket/x
            size_t end = pos_ + 3;
            while (end < text_.size() &&
                   (is_word_char(text_[end]) ||
                       std::string_view("/-.?=&#%").find(text_[end]) != std::string_view::npos)) {
                ++end;
            }
            if (end > pos_ + 3) pos_ = end;
        }
        return Tok::kWord;
    }

    Tok scan_quoted(char quote, Tok kind) {
        size_t i = pos_ + 1;
        while (i < text_.size()) {
            if (text_[i] == '\\') {
                i += 2;
            } else if (text_[i] == quote) {
                if (at(i + 1) != quote) {
                    pos_ = i + 1;
                    return kind;
                }
                i += 2;
            } else {
                ++i;
            }
        }
        ++pos_;
        return Tok::kUnrecognized;
    }

    Tok scan_backquoted() {
        size_t i = pos_ + 1;
        while (i < text_.size()) {
            if (text_[i] == '`') {
                if (at(i + 1) != '`') {
                    pos_ = i + 1;
                    return Tok::kBackquoted;
                }
                ++i;
            }
            ++i;
        }
        ++pos_;
        return Tok::kUnrecognized;
    }

    // Moves over an exponent ("e-3") at `i` if one is there.
    size_t skip_exponent(size_t i, bool* found) const {
        *found = false;
        if (upper(at(i)) != 'E') return i;
        size_t j = i + 1;
        if (at(j) == '+' || at(j) == '-') ++j;
        if (!is_digit(at(j))) return i;
        while (is_digit(at(j))) ++j;
        *found = true;
        return j;
    }

    // A suffix of a fractional number (or, with `integer`, of a whole one) at `i`.
    size_t skip_suffix(size_t i, bool integer) {
        char c = upper(at(i));
        if (c == 'B' && upper(at(i + 1)) == 'D') return number_kind_ = Tok::kBigDecimal, i + 2;
        if (c == 'D') return number_kind_ = Tok::kDouble, i + 1;
        if (c == 'F') return number_kind_ = Tok::kFloat, i + 1;
        if (integer && c == 'L') return number_kind_ = Tok::kBigint, i + 1;
        if (integer && c == 'S') return number_kind_ = Tok::kSmallint, i + 1;
        if (integer && c == 'Y') return number_kind_ = Tok::kTinyint, i + 1;
        return i;
    }

    // Longest number at `pos_`; false if a longer word ("1a") or nothing is there.
    bool scan_number() {
        size_t i = pos_;
        while (is_digit(at(i))) ++i;
        bool exponent = false;
        if (at(i) == '.') {
            size_t j = i + 1;
            while (is_digit(at(j))) ++j;
            j = skip_exponent(j, &exponent);
            number_kind_ = exponent ? Tok::kExponent : Tok::kDecimal;
            j = skip_suffix(j, false);
            if (!is_ascii_letter(at(j)) && !is_digit(at(j)) && at(j) != '_') {
                pos_ = j;
                return true;
            }
            if (i == pos_) return false;
            exponent = false;
        }
        size_t end = skip_exponent(i, &exponent);
        number_kind_ = exponent ? Tok::kExponent : Tok::kInteger;
        end = skip_suffix(end, !exponent);
        size_t word_end = pos_;
        while (word_end < text_.size() && is_word_char(text_[word_end])) ++word_end;
        if (end < word_end) return false;
        pos_ = end;
        return true;
    }

    Tok scan_operator() {
        struct Operator {
            std::string_view text;
            Tok kind;
        };
        // Longer spellings first. '>' stays single: the parser joins shifts, so that
        // array<array<int>> needs no context.
        static constexpr Operator kOperators[] = {
            {"<=>", Tok::kNullSafeEqual},
            {"/*+", Tok::kHintStart},
            {"*/", Tok::kHintEnd},
            {"==", Tok::kEqual},
            {"=>", Tok::kFatArrow},
            {"<>", Tok::kNotEqual},
            {"!=", Tok::kBangEqual},
            {"<=", Tok::kLessEqual},
            {"!>", Tok::kLessEqual},
            {">=", Tok::kGreaterEqual},
            {"!<", Tok::kGreaterEqual},
            {"<<", Tok::kShiftLeft},
            {"||", Tok::kConcat},
            {"|>", Tok::kOperatorPipe},
            {"::", Tok::kDoubleColon},
            {"->", Tok::kArrow},
            {"(", Tok::kLeftParen},
            {")", Tok::kRightParen},
            {"[", Tok::kLeftBracket},
            {"]", Tok::kRightBracket},
            {",", Tok::kComma},
            {".", Tok::kDot},
            {";", Tok::kSemicolon},
            {":", Tok::kColon},
            {"?", Tok::kQuestion},
            {"!", Tok::kBang},
            {"=", Tok::kEqual},
            {"<", Tok::kLess},
            {">", Tok::kGreater},
            {"+", Tok::kPlus},
            {"-", Tok::kMinus},
            {"*", Tok::kStar},
            {"/", Tok::kSlash},
            {"%", Tok::kPercent},
            {"~", Tok::kTilde},
            {"&", Tok::kAmpersand},
            {"|", Tok::kPipe},
            {"^", Tok::kHat},
        };
        for (const auto& op : kOperators) {
            if (starts(op.text)) {
                pos_ += op.text.size();
                return op.kind;
            }
        }
        ++pos_;
        while (pos_ < text_.size() && (static_cast<unsigned char>(text_[pos_]) & 0xC0) == 0x80)
            ++pos_;
        return Tok::kUnrecognized;
    }

    std::string_view text_;
    size_t pos_ = 0;
    Tok number_kind_ = Tok::kInteger;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

}  // namespace hanok::sql
