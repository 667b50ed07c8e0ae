#pragma once
// Spark SQL text to tokens.

#include <string>
#include <string_view>
#include <vector>

#include "sql/token.h"

namespace hanok::sql {

// Tokens of `text` without blanks and comments; the last one is kEnd. Never fails on a strange
// character (it becomes kUnrecognized); an open /* comment throws UNCLOSED_BRACKETED_COMMENT.
// `text` must be shorter than 4 GiB.
std::vector<Token> tokenize(std::string_view text);

// The value of a kString or kDoubleQuoted token as written, quotes included: escapes resolved
// unless `keep_escapes` (spark.sql.parser.escapedStringLiterals); raw strings as they are. A
// doubled quote is one, or with `drop_doubled_quotes` the end of one literal and the start of the
// next.
std::string string_literal_value(
    std::string_view spelling, bool keep_escapes = false, bool drop_doubled_quotes = false);

// The name in a kBackquoted token (or a double quoted identifier): quotes dropped, doubled quotes
// halved.
std::string quoted_identifier_value(std::string_view spelling);

}  // namespace hanok::sql
