#pragma once
// Regular expressions with Java's syntax, run by PCRE2.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hanok::engine {

// Byte range; begin is npos for a group that took no part.
struct Range {
    size_t begin = std::string_view::npos;
    size_t end = std::string_view::npos;
    bool found() const { return begin != std::string_view::npos; }
};

class Regex {
public:
    // Compiled once per thread. Raises INVALID_PARAMETER_VALUE.PATTERN naming `function`.
    static const Regex& get(std::string_view pattern, const char* function);

    ~Regex();
    // Finds from byte `start` on; groups[0] is the whole match.
    bool find(std::string_view text, size_t start, std::vector<Range>& groups) const;
    bool contains(std::string_view text) const;
    int group_count() const { return group_count_; }
    // -1 when there is none.
    int group_number(const std::string& name) const;

    // Replaces all matches from `start` on. `replacement` may hold $1, ${name} and backslash
    // escapes.
    std::string replace_all(
        std::string_view text, size_t start, std::string_view replacement) const;

private:
    Regex() = default;
    struct Code;
    std::unique_ptr<Code> code_;
    int group_count_ = 0;
};

// Where a search goes on after this match: past it, and by one character when it is empty.
size_t next_start(std::string_view text, const Range& match);

}  // namespace hanok::engine
