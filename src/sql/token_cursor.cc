#include "sql/token_cursor.h"

namespace hanok::sql {

namespace {

bool equals_ignoring_case(std::string_view text, std::string_view upper) {
    if (text.size() != upper.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c != upper[i]) return false;
    }
    return true;
}

QueryContext whole_text_context(
    const std::shared_ptr<const std::string>& text, const ParserOptions& options) {
    plan::Origin origin;
    origin.text = text;
    origin.start = 0;
    origin.stop = static_cast<int>(text->size()) - 1;
    origin.object_type = options.object_type;
    origin.object_name = options.object_name;
    return plan::query_context(origin);
}

}  // namespace

TokenCursor::TokenCursor(std::string text, const ParserOptions& options)
    : text_(std::make_shared<const std::string>(std::move(text))), options_(options) {
    constexpr size_t kMaxTextBytes = size_t{1} << 30;
    if (text_->size() > kMaxTextBytes) throw parse_error("FAILED_TO_PARSE_TOO_COMPLEX");
    try {
        tokens_ = tokenize(*text_);
    } catch (Error& error) {
        error.add_context(whole_text_context(text_, options_));
        throw;
    }
}

std::string TokenCursor::text_since(size_t first) const {
    if (pos_ <= first) return "";
    return text_->substr(tokens_[first].start, tokens_[pos_ - 1].stop - tokens_[first].start);
}

bool TokenCursor::at_any(std::initializer_list<Kw> keywords, size_t ahead) const {
    Kw next = peek(ahead).keyword;
    if (next == Kw::kNone) return false;
    for (Kw k : keywords) {
        if (k == next) return true;
    }
    return false;
}

bool TokenCursor::at_words(std::initializer_list<Kw> keywords) const {
    size_t i = 0;
    for (Kw k : keywords) {
        if (!at(k, i++)) return false;
    }
    return true;
}

bool TokenCursor::at_text(std::string_view upper_text, size_t ahead) const {
    const Token& t = peek(ahead);
    return t.kind == Tok::kWord && equals_ignoring_case(spelling(t), upper_text);
}

bool TokenCursor::accept(Tok kind) {
    if (!at(kind)) return false;
    take();
    return true;
}

bool TokenCursor::accept(Kw keyword) {
    if (!at(keyword)) return false;
    take();
    return true;
}

bool TokenCursor::accept_words(std::initializer_list<Kw> keywords) {
    if (!at_words(keywords)) return false;
    pos_ += keywords.size();
    return true;
}

bool TokenCursor::accept_text(std::string_view upper_text) {
    if (!at_text(upper_text)) return false;
    take();
    return true;
}

void TokenCursor::expect(Tok kind) {
    if (!accept(kind)) fail_syntax();
}

void TokenCursor::expect(Kw keyword) {
    if (!accept(keyword)) fail_syntax();
}

void TokenCursor::expect_words(std::initializer_list<Kw> keywords) {
    for (Kw k : keywords) expect(k);
}

void TokenCursor::expect_end() {
    if (at(Tok::kEnd)) return;
    bool last = at(Tok::kEnd, 1);
    fail_syntax(last ? ": extra input '" + std::string(spelling(peek())) + "'" : "");
}

void TokenCursor::fail_syntax(const std::string& hint) const {
    const Token& t = peek();
    bool end = t.kind == Tok::kEnd;
    if (end && tokens_.size() == 1) fail("PARSE_EMPTY_STATEMENT", {}, pos_);
    std::string found = end ? "end of input" : "'" + std::string(spelling(t)) + "'";
    Error error = parse_error("PARSE_SYNTAX_ERROR", {{"error", found}, {"hint", hint}});
    plan::Origin place;
    place.text = text_;
    place.start = static_cast<int>(t.start);
    place.stop = static_cast<int>(end ? t.start : t.stop - 1);
    place.object_type = options_.object_type;
    place.object_name = options_.object_name;
    error.add_context(plan::query_context(place));
    throw error;
}

void TokenCursor::fail(
    const std::string& condition, ErrorParameters parameters, size_t first) const {
    fail_as(parse_error(condition, std::move(parameters)), first);
}

void TokenCursor::fail_as(Error error, size_t first) const {
    error.add_context(plan::query_context(*origin(first)));
    throw error;
}

plan::OriginPtr TokenCursor::origin(size_t first) const {
    auto o = std::make_shared<plan::Origin>();
    const Token& last = tokens_[pos_ > first ? pos_ - 1 : first];
    o->text = text_;
    o->start = static_cast<int>(tokens_[first].start);
    o->stop = static_cast<int>(last.stop) - 1;
    o->object_type = options_.object_type;
    o->object_name = options_.object_name;
    return o;
}

}  // namespace hanok::sql
