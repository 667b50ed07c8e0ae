#include "engine/functions/collated_search.h"

#include <set>

#include "engine/functions/collation_key.h"
#include "types/collation.h"

namespace hanok::engine {

namespace {

using Matches = std::vector<CollatedPattern::Match>;

bool is_start(std::string_view text, size_t at) {
    return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

size_t next_character(std::string_view text, size_t at) {
    do {
        ++at;
    } while (!is_start(text, at));
    return at;
}

size_t character_count(std::string_view text) {
    size_t count = 0;
    for (size_t at = 0; at < text.size(); at = next_character(text, at)) ++count;
    return count;
}

std::string without_trimming(const std::string& collation) {
    auto parsed = types::Collation::parse(collation);
    if (!parsed || !parsed->trims_right) return collation;
    parsed->trims_right = false;
    return parsed->name();
}

std::string replaced(
    std::string_view text, std::string_view what, std::string_view by, std::string_view collation) {
    CollatedPattern pattern(what, std::string(collation));
    if (pattern.is_empty()) return std::string(text);
    std::string out;
    size_t from = 0;
    for (const auto& match : pattern.find_all(text)) {
        out += text.substr(from, match.begin - from);
        out += by;
        from = match.end;
    }
    return out + std::string(text.substr(from));
}

std::string split_part(
    std::string_view text, std::string_view delimiter, int32_t index, std::string_view collation) {
    if (index == 0) raise(runtime_error("INVALID_INDEX_OF_ZERO"));
    CollatedPattern pattern(delimiter, std::string(collation));
    std::vector<std::string_view> parts;
    size_t from = 0;
    for (const auto& match : pattern.is_empty() ? Matches{} : pattern.find_all(text)) {
        parts.push_back(text.substr(from, match.begin - from));
        from = match.end;
    }
    parts.push_back(text.substr(from));
    auto count = static_cast<int64_t>(parts.size());
    int64_t at = index > 0 ? index - 1 : count + index;
    return at < 0 || at >= count ? "" : std::string(parts[static_cast<size_t>(at)]);
}

std::string substring_index(
    std::string_view text, std::string_view delimiter, int32_t count, std::string_view collation) {
    CollatedPattern pattern(delimiter, std::string(collation));
    if (count == 0 || pattern.is_empty()) return "";
    auto matches = pattern.find_all(text);
    auto found = static_cast<int64_t>(matches.size());
    if (count > 0)
        return std::string(
            count > found ? text : text.substr(0, matches[static_cast<size_t>(count - 1)].begin));
    if (-static_cast<int64_t>(count) > found) return std::string(text);
    return std::string(text.substr(matches[static_cast<size_t>(found + count)].end));
}

// Place of the first match at or behind character `from`, counted from 1; 0 for none.
int32_t place_of(
    std::string_view text, std::string_view what, int32_t from, std::string_view collation) {
    if (from < 1) return 0;
    size_t at = 0;
    for (int32_t i = 1; i < from && at < text.size(); ++i) at = next_character(text, at);
    CollatedPattern pattern(what, std::string(collation));
    if (pattern.is_empty()) return from;
    auto match = pattern.find(text, at);
    return match ? static_cast<int32_t>(character_count(text.substr(0, match->begin))) + 1 : 0;
}

bool ends_with(std::string_view text, std::string_view what, std::string_view collation) {
    CollatedPattern pattern(what, std::string(collation));
    if (pattern.is_empty()) return true;
    for (size_t at = 0; at < text.size(); at = next_character(text, at)) {
        if (collation_key(text.substr(at), without_trimming(std::string(collation))) ==
            collation_key(what, without_trimming(std::string(collation))))
            return true;
    }
    return false;
}

std::string trimmed(std::string_view text, std::string_view what, bool left, bool right,
    std::string_view collation) {
    auto name = without_trimming(std::string(collation));
    std::set<std::string> unwanted;
    for (size_t at = 0; at < what.size();) {
        auto end = next_character(what, at);
        unwanted.insert(collation_key(what.substr(at, end - at), name));
        at = end;
    }
    auto goes = [&](std::string_view c) { return unwanted.contains(collation_key(c, name)); };
    while (left && !text.empty()) {
        auto end = next_character(text, 0);
        if (!goes(text.substr(0, end))) break;
        text.remove_prefix(end);
    }
    while (right && !text.empty()) {
        size_t at = text.size() - 1;
        while (at > 0 && !is_start(text, at)) --at;
        if (!goes(text.substr(at))) break;
        text.remove_suffix(text.size() - at);
    }
    return std::string(text);
}

// What is equal to a character of `from` becomes the character of `to` in its place, or goes where
// `to` has none. The first of equal ones counts.
std::string translated(
    std::string_view text, std::string_view from, std::string_view to, std::string_view collation) {
    std::vector<std::pair<CollatedPattern, std::string_view>> changes;
    for (size_t at = 0, put = 0; at < from.size();) {
        auto end = next_character(from, at);
        auto put_end = put < to.size() ? next_character(to, put) : put;
        changes.emplace_back(CollatedPattern(from.substr(at, end - at), std::string(collation)),
            to.substr(put, put_end - put));
        at = end;
        put = put_end;
    }
    std::string out;
    for (size_t at = 0; at < text.size();) {
        auto end = next_character(text, at);
        auto put = text.substr(at, end - at);
        for (const auto& [pattern, by] : changes) {
            auto match = pattern.match_at(text, at);
            if (!match) continue;
            end = match->end;
            put = by;
            break;
        }
        out += put;
        at = end;
    }
    return out;
}

// Place of the word in the list with commas, counted from 1; 0 for none.
int32_t place_in_set(std::string_view word, std::string_view list, std::string_view collation) {
    if (word.find(',') != std::string_view::npos) return 0;
    std::string name(collation);
    auto wanted = collation_key(word, name);
    int32_t place = 1;
    while (true) {
        auto comma = list.find(',');
        if (collation_key(list.substr(0, comma), name) == wanted) return place;
        if (comma == std::string_view::npos) return 0;
        list.remove_prefix(comma + 1);
        ++place;
    }
}

}  // namespace

CollatedPattern::CollatedPattern(std::string_view pattern, const std::string& collation)
    : collation_(without_trimming(collation)),
      key_(collation_key(pattern, collation_)),
      characters_(character_count(pattern)) {}

std::optional<CollatedPattern::Match> CollatedPattern::match_at(
    std::string_view text, size_t begin) const {
    if (is_empty()) return Match{begin, begin};
    // What is equal is not much longer: characters that fall apart, accents that do not count.
    size_t most = 3 * characters_ + 4;
    size_t end = begin;
    for (size_t i = 0; i < most && end < text.size(); ++i) {
        end = next_character(text, end);
        if (collation_key(text.substr(begin, end - begin), collation_) == key_)
            return Match{begin, end};
    }
    return std::nullopt;
}

std::optional<CollatedPattern::Match> CollatedPattern::find(
    std::string_view text, size_t from) const {
    if (is_empty()) return Match{from, from};
    for (size_t at = from; at < text.size(); at = next_character(text, at)) {
        if (auto match = match_at(text, at)) return match;
    }
    return std::nullopt;
}

std::vector<CollatedPattern::Match> CollatedPattern::find_all(std::string_view text) const {
    std::vector<Match> out;
    if (is_empty()) return out;
    for (auto match = find(text, 0); match; match = find(text, match->end)) out.push_back(*match);
    return out;
}

void add_collated_search(KernelSet& k) {
    using Text = std::string_view;
    k.add("spark_collated_replace", [](Text text, Text what, Text by, Text collation) {
        return replaced(text, what, by, collation);
    });
    k.add(
        "spark_collated_split_part",
        [](Text text, Text delimiter, int32_t index, Text collation) {
            return split_part(text, delimiter, index, collation);
        },
        Fallible::kYes);
    k.add("spark_collated_substring_index",
        [](Text text, Text delimiter, int32_t count, Text collation) {
            return substring_index(text, delimiter, count, collation);
        });
    k.add("spark_collated_translate", [](Text text, Text from, Text to, Text collation) {
        return translated(text, from, to, collation);
    });
    k.add("spark_collated_find_in_set",
        [](Text word, Text list, Text collation) { return place_in_set(word, list, collation); });
    k.add("spark_collated_contains", [](Text text, Text what, Text collation) {
        return CollatedPattern(what, std::string(collation)).find(text, 0).has_value();
    });
    k.add("spark_collated_startswith", [](Text text, Text what, Text collation) {
        return CollatedPattern(what, std::string(collation)).match_at(text, 0).has_value();
    });
    k.add("spark_collated_endswith",
        [](Text text, Text what, Text collation) { return ends_with(text, what, collation); });
    k.add("spark_collated_instr",
        [](Text text, Text what, Text collation) { return place_of(text, what, 1, collation); });
    k.add("spark_collated_locate", [](Text what, Text text, int32_t from, Text collation) {
        return place_of(text, what, from, collation);
    });
    k.add("spark_collated_trim", [](Text text, Text what, bool left, bool right, Text collation) {
        return trimmed(text, what, left, right, collation);
    });
}

}  // namespace hanok::engine
