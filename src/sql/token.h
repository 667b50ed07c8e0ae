#pragma once
// Tokens of Spark SQL. A token is a range of bytes of the statement and what it is.

#include <cstdint>
#include <string>
#include <string_view>

namespace hanok::sql {

enum class Tok : uint8_t {
    kEnd,
    kWord,        // identifier or keyword
    kBackquoted,  // `a b`
    kString,      // 'x', r'x', r"x"
    kDoubleQuoted,
    kDollarQuoted,  // $$x$$: the body of a function in another language
    kInteger,
    kDecimal,     // 1.5
    kExponent,    // 1e3, 1.5e3
    kBigint,      // 1L
    kSmallint,    // 1S
    kTinyint,     // 1Y
    kFloat,       // 1F
    kDouble,      // 1D
    kBigDecimal,  // 1BD
    kLeftParen,
    kRightParen,
    kLeftBracket,
    kRightBracket,
    kComma,
    kDot,
    kSemicolon,
    kColon,
    kDoubleColon,
    kQuestion,
    kBang,
    kEqual,          // = ==
    kNullSafeEqual,  // <=>
    kNotEqual,       // <> (also the empty field list of STRUCT<>)
    kBangEqual,      // !=
    kLess,
    kLessEqual,  // <= !>
    kGreater,
    kGreaterEqual,  // >= !<
    kShiftLeft,
    kPlus,
    kMinus,
    kStar,
    kSlash,
    kPercent,
    kTilde,
    kAmpersand,
    kPipe,
    kConcat,        // ||
    kOperatorPipe,  // |>
    kHat,
    kArrow,     // ->
    kFatArrow,  // =>
    kHintStart,
    kHintEnd,
    kUnrecognized,
};

enum class Kw : uint16_t {
    kNone,
#define HANOK_KEYWORD(name, text, keyword_class) name,
#include "sql/keywords.inc"
#undef HANOK_KEYWORD
};

struct Token {
    Tok kind = Tok::kEnd;
    Kw keyword = Kw::kNone;
    uint32_t start = 0;  // byte offsets, stop exclusive
    uint32_t stop = 0;
};

// Keyword of a word, without regard to case; kNone if it has no meaning.
Kw find_keyword(std::string_view word);
// Upper-case text of a keyword.
std::string_view keyword_text(Kw keyword);
// May the keyword not be a table alias without AS?
bool is_strict(Kw keyword);
// Is it no identifier when reserved keywords are enforced?
bool is_reserved(Kw keyword);

}  // namespace hanok::sql
