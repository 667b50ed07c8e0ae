#include "engine/io/csv_tokenizer.h"

#include <cstring>

namespace hanok::engine {

namespace {

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' '; }

}  // namespace

bool CsvTokenizer::is_skipped_line(std::string_view line) const {
    size_t i = 0;
    while (i < line.size() && is_space(line[i])) i++;
    if (i == line.size()) return true;
    return options_.comment != '\0' && line[0] == options_.comment;
}

bool CsvTokenizer::split_line(std::string_view line, size_t most) {
    p_ = line.data();
    end_ = line.data() + line.size();
    many_records_ = false;
    return parse(most);
}

bool CsvTokenizer::split_next(std::string_view* text, std::string_view* record, bool* is_valid) {
    many_records_ = true;
    p_ = text->data();
    end_ = text->data() + text->size();
    // Blank lines and comments between records.
    while (p_ < end_) {
        std::string_view rest(p_, size_t(end_ - p_));
        std::string_view line;
        auto after = rest;
        take_line(&after, options_.line_separator, &line);
        if (!line.empty() && !(options_.comment != '\0' && line[0] == options_.comment)) break;
        p_ = after.data();
        if (after.empty()) p_ = end_;
    }
    if (p_ >= end_) {
        *text = {};
        return false;
    }
    const char* begin = p_;
    *is_valid = parse(SIZE_MAX);
    if (!*is_valid) p_ = find_value_end(p_);
    while (p_ < end_ && !at_record_end(p_)) p_++;
    *record = std::string_view(begin, size_t(p_ - begin));
    std::string_view rest(p_, size_t(end_ - p_));
    std::string_view line;
    take_line(&rest, options_.line_separator, &line);
    *text = rest;
    return true;
}

bool CsvTokenizer::parse(size_t most) {
    tokens_.clear();
    scratch_used_ = 0;
    while (tokens_.size() < most) {
        if (int64_t(tokens_.size()) >= options_.max_columns) return false;
        if (options_.ignore_leading_space) {
            while (p_ < end_ && is_space(*p_) && !at_delimiter(p_) && !at_record_end(p_)) p_++;
        }
        bool is_quoted = p_ < end_ && options_.quote != '\0' && *p_ == options_.quote;
        if (!(is_quoted ? parse_quoted() : parse_unquoted())) return false;
        if (p_ >= end_ || !at_delimiter(p_)) break;
        p_ += options_.delimiter.size();
    }
    return true;
}

bool CsvTokenizer::at_delimiter(const char* p) const {
    const auto& delimiter = options_.delimiter;
    if (*p != delimiter[0]) return false;
    return delimiter.size() == 1 || (size_t(end_ - p) >= delimiter.size() &&
                                        memcmp(p, delimiter.data(), delimiter.size()) == 0);
}

bool CsvTokenizer::at_record_end(const char* p) const {
    if (!many_records_) return false;
    if (options_.line_separator.empty())
        return *p == '\n' || (*p == '\r' && p + 1 < end_ && p[1] == '\n');
    return std::string_view(p, size_t(end_ - p)).starts_with(options_.line_separator);
}

const char* CsvTokenizer::find_value_end(const char* p) const {
    if (!many_records_ && options_.delimiter.size() == 1) {
        auto found = memchr(p, options_.delimiter[0], size_t(end_ - p));
        return found ? static_cast<const char*>(found) : end_;
    }
    while (p < end_ && !at_delimiter(p) && !at_record_end(p)) p++;
    return p;
}

bool CsvTokenizer::parse_unquoted() {
    const char* begin = p_;
    p_ = find_value_end(p_);
    const char* last = p_;
    if (options_.ignore_trailing_space) {
        while (last > begin && is_space(last[-1])) last--;
    }
    return add(std::string_view(begin, size_t(last - begin)), last == begin);
}

// The usual case: no escape inside, and the quote is followed by a delimiter or the end.
bool CsvTokenizer::parse_quoted() {
    const char* begin = p_ + 1;
    for (const char* q = begin; q < end_; q++) {
        if (*q == options_.quote) {
            if (q + 1 < end_ && !at_delimiter(q + 1) && !at_record_end(q + 1))
                return quoted_slowly(begin);
            p_ = q + 1;
            return add(q == begin ? std::string_view(options_.empty_value)
                                  : std::string_view(begin, size_t(q - begin)));
        }
        if (*q == options_.escape || *q == options_.escape_escape) return quoted_slowly(begin);
    }
    return quoted_slowly(begin);
}

bool CsvTokenizer::quoted_slowly(const char* p) {
    std::string content;
    const char quote = options_.quote;
    const char escape = options_.escape;
    while (p < end_) {
        if (options_.escape_escape != '\0' && *p == options_.escape_escape && p + 1 < end_ &&
            p[1] == escape) {
            content += escape;
            p += 2;
            continue;
        }
        if (*p == escape && p + 1 < end_ && p[1] == quote && escape != '\0') {
            content += quote;
            p += 2;
            continue;
        }
        if (*p != quote) {
            content += *p++;
            continue;
        }
        // A run of quotes: all but the last belong to the value, if the value ends here.
        size_t run = 0;
        while (p + run < end_ && p[run] == quote) run++;
        const char* next = p + run;
        if (next < end_ && !at_delimiter(next) && !at_record_end(next) && !is_space(*next)) {
            content.append(run - 1, quote);
            return unescaped_quote(next, std::move(content));
        }
        content.append(run - 1, quote);
        const char* space = next;
        while (next < end_ && is_space(*next) && !at_delimiter(next) && !at_record_end(next))
            next++;
        if (next >= end_ || at_delimiter(next) || at_record_end(next)) {
            p_ = next;
            if (content.empty()) return add(options_.empty_value);
            return add(scratch() = std::move(content));
        }
        return unescaped_quote(space, std::move(content));
    }
    p_ = end_;
    return add(scratch() = std::move(content));
}

// `content` is what the value held before the quote, `rest` stands behind the quote.
bool CsvTokenizer::unescaped_quote(const char* rest, std::string content) {
    switch (options_.unescaped_quotes) {
        case UnescapedQuotes::kRaiseError: p_ = rest; return false;
        case UnescapedQuotes::kSkipValue: p_ = find_value_end(rest); return add({}, true);
        case UnescapedQuotes::kStopAtDelimiter: {
            p_ = find_value_end(rest);
            auto& text = scratch();
            text = options_.quote + content + options_.quote;
            text.append(rest, size_t(p_ - rest));
            return add(text);
        }
        case UnescapedQuotes::kStopAtClosingQuote: {
            auto& text = scratch();
            text = content + options_.quote;
            for (p_ = rest; p_ < end_; p_++) {
                bool closes = *p_ == options_.quote &&
                              (p_ + 1 >= end_ || at_delimiter(p_ + 1) || at_record_end(p_ + 1));
                if (closes) {
                    p_++;
                    break;
                }
                text += *p_;
            }
            return add(text);
        }
    }
    return false;
}

bool CsvTokenizer::add(std::string_view text, bool is_absent) {
    if (options_.max_chars_per_column >= 0 && int64_t(text.size()) > options_.max_chars_per_column)
        return false;
    tokens_.push_back({text, is_absent});
    return true;
}

std::string& CsvTokenizer::scratch() {
    if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
    auto& text = scratch_[scratch_used_++];
    text.clear();
    return text;
}

}  // namespace hanok::engine
