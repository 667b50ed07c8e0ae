#include "sql/token.h"

#include <array>
#include <unordered_map>

namespace hanok::sql {

namespace {

enum class KeywordClass : uint8_t { kFree, kStrict, kReserved, kStrictReserved };

struct KeywordEntry {
    std::string_view text;
    KeywordClass keyword_class;
};

constexpr KeywordEntry kEntries[] = {
    {"", KeywordClass::kFree},
#define HANOK_KEYWORD(name, text, keyword_class) {text, KeywordClass::keyword_class},
#include "sql/keywords.inc"
#undef HANOK_KEYWORD
};

constexpr size_t kLongestKeyword = 24;

const std::unordered_map<std::string_view, Kw>& keyword_map() {
    static const auto* map = [] {
        auto* m = new std::unordered_map<std::string_view, Kw>();
        for (size_t i = 1; i < std::size(kEntries); ++i)
            m->emplace(kEntries[i].text, static_cast<Kw>(i));
        m->emplace("REGEXP", Kw::kRlike);
        m->emplace("TEMP", Kw::kTemporary);
        return m;
    }();
    return *map;
}

KeywordClass class_of(Kw keyword) { return kEntries[static_cast<size_t>(keyword)].keyword_class; }

}  // namespace

Kw find_keyword(std::string_view word) {
    if (word.size() > kLongestKeyword) return Kw::kNone;
    std::array<char, kLongestKeyword> upper;
    for (size_t i = 0; i < word.size(); ++i) {
        char c = word[i];
        upper[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    auto it = keyword_map().find(std::string_view(upper.data(), word.size()));
    return it == keyword_map().end() ? Kw::kNone : it->second;
}

std::string_view keyword_text(Kw keyword) { return kEntries[static_cast<size_t>(keyword)].text; }

bool is_strict(Kw keyword) {
    return class_of(keyword) == KeywordClass::kStrict ||
           class_of(keyword) == KeywordClass::kStrictReserved;
}

bool is_reserved(Kw keyword) {
    return class_of(keyword) == KeywordClass::kReserved ||
           class_of(keyword) == KeywordClass::kStrictReserved;
}

}  // namespace hanok::sql
