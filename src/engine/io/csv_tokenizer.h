#pragma once
// Splits CSV records into tokens by the rules of the parser that Spark uses.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/csv_options.h"

namespace hanok::engine {

struct CsvToken {
    std::string_view text;
    bool is_absent = false;  // nothing between two delimiters, or a skipped value
};

// One thread at a time. Tokens are valid until the next call, and as long as the text they come
// from.
class CsvTokenizer {
public:
    explicit CsvTokenizer(const CsvOptions& options) : options_(options) {}

    // The tokens of one record that is all of `line` (no record end inside). At most `most` tokens
    // are made. False when the record is malformed: RAISE_ERROR, or beyond maxColumns or
    // maxCharsPerColumn.
    bool split_line(std::string_view line, size_t most);
    // Takes the next record off `text`; quoted values may hold line ends. `record` is its text.
    bool split_next(std::string_view* text, std::string_view* record, bool* is_valid);

    const std::vector<CsvToken>& tokens() const { return tokens_; }

    // Lines that hold no record: blank, or a comment.
    bool is_skipped_line(std::string_view line) const;

private:
    bool parse(size_t most);
    bool at_delimiter(const char* p) const;
    bool at_record_end(const char* p) const;
    const char* find_value_end(const char* p) const;
    bool parse_unquoted();
    bool parse_quoted();
    bool quoted_slowly(const char* p);
    bool unescaped_quote(const char* rest, std::string content);
    bool add(std::string_view text, bool is_absent = false);
    std::string& scratch();

    const CsvOptions& options_;
    std::vector<CsvToken> tokens_;
    std::deque<std::string> scratch_;  // texts that are not a part of the input
    size_t scratch_used_ = 0;
    const char* p_ = nullptr;
    const char* end_ = nullptr;
    bool many_records_ = false;  // a line end ends the record
};

}  // namespace hanok::engine
