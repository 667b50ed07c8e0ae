#pragma once
// A place in the tokens of a statement: looking ahead, taking, and failing with a position.

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/origin.h"
#include "sql/lexer.h"
#include "sql/parser.h"

namespace hanok::sql {

class TokenCursor {
public:
    TokenCursor(std::string text, const ParserOptions& options);

    const ParserOptions& options() const { return options_; }
    const std::shared_ptr<const std::string>& text() const { return text_; }

    size_t pos() const { return pos_; }
    void seek(size_t pos) { pos_ = pos; }
    const Token& peek(size_t ahead = 0) const {
        return tokens_[std::min(pos_ + ahead, tokens_.size() - 1)];
    }
    const Token& token_at(size_t pos) const { return tokens_[std::min(pos, tokens_.size() - 1)]; }
    const Token& take() {
        const Token& t = peek();
        if (pos_ + 1 < tokens_.size()) ++pos_;
        return t;
    }
    std::string_view spelling(const Token& t) const {
        return std::string_view(*text_).substr(t.start, t.stop - t.start);
    }
    // The text from token `first` up to the last one taken.
    std::string text_since(size_t first) const;

    bool at(Tok kind, size_t ahead = 0) const { return peek(ahead).kind == kind; }
    bool at(Kw keyword, size_t ahead = 0) const { return peek(ahead).keyword == keyword; }
    bool at_any(std::initializer_list<Kw> keywords, size_t ahead = 0) const;
    // Are these the next words?
    bool at_words(std::initializer_list<Kw> keywords) const;
    // A word without meaning in the grammar, compared without regard to case.
    bool at_text(std::string_view upper_text, size_t ahead = 0) const;
    bool accept(Tok kind);
    bool accept(Kw keyword);
    bool accept_words(std::initializer_list<Kw> keywords);
    bool accept_text(std::string_view upper_text);
    void expect(Tok kind);
    void expect(Kw keyword);
    void expect_words(std::initializer_list<Kw> keywords);
    void expect_end();

    // PARSE_SYNTAX_ERROR at the next token.
    [[noreturn]] void fail_syntax(const std::string& hint = "") const;
    // Another condition, at the tokens from `first` to the last one taken (or the next one if none
    // was).
    [[noreturn]] void fail(
        const std::string& condition, ErrorParameters parameters, size_t first) const;
    // As `fail`, with a kind of error.
    [[noreturn]] void fail_as(Error error, size_t first) const;

    plan::OriginPtr origin(size_t first) const;

private:
    std::shared_ptr<const std::string> text_;
    ParserOptions options_;
    std::vector<Token> tokens_;
    size_t pos_ = 0;
};

}  // namespace hanok::sql
