// Positions, distances, checks and masks.

#include <algorithm>
#include <cctype>
#include <limits>

#include "engine/functions/groups.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {

namespace {

// Position (from 1) of `what` at or after character `start` (from 1); 0 when absent.
int32_t locate(std::string_view what, std::string_view s, int32_t start) {
    if (start < 1) return 0;
    auto from = utf8_offset(s, start - 1);
    if (start - 1 > utf8_length(s)) return 0;
    auto hit = s.find(what, from);
    return hit == std::string_view::npos ? 0 : utf8_length(s.substr(0, hit)) + 1;
}

int32_t find_in_set(std::string_view what, std::string_view list) {
    if (what.find(',') != std::string_view::npos) return 0;
    int32_t position = 1;
    while (true) {
        auto comma = list.find(',');
        if (list.substr(0, comma) == what) return position;
        if (comma == std::string_view::npos) return 0;
        list.remove_prefix(comma + 1);
        ++position;
    }
}

int32_t levenshtein(std::string_view a, std::string_view b) {
    auto x = utf8_characters(a), y = utf8_characters(b);
    std::vector<int32_t> row(y.size() + 1);
    for (size_t j = 0; j <= y.size(); ++j) row[j] = static_cast<int32_t>(j);
    for (size_t i = 1; i <= x.size(); ++i) {
        int32_t diagonal = row[0];
        row[0] = static_cast<int32_t>(i);
        for (size_t j = 1; j <= y.size(); ++j) {
            int32_t cost = diagonal + (x[i - 1] == y[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({cost, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[y.size()];
}

std::string soundex(std::string_view s) {
    static const char* kCodes = "01230127022455012623017202";
    if (s.empty()) return "";
    auto first = static_cast<unsigned char>(s[0]);
    if (!std::isalpha(first)) return std::string(s);
    std::string out(1, static_cast<char>(std::toupper(first)));
    char last = kCodes[out[0] - 'A'];
    for (size_t i = 1; i < s.size() && out.size() < 4; ++i) {
        auto c = static_cast<unsigned char>(s[i]);
        if (!std::isalpha(c)) {
            last = '0';
            continue;
        }
        char code = kCodes[std::toupper(c) - 'A'];
        if (code == '7') continue;
        if (code != '0' && code != last) out += code;
        last = code;
    }
    out.resize(4, '0');
    return out;
}

bool luhn_check(std::string_view digits) {
    if (digits.empty()) return false;
    int sum = 0;
    bool doubled = false;
    for (auto it = digits.rbegin(); it != digits.rend(); ++it, doubled = !doubled) {
        if (*it < '0' || *it > '9') return false;
        int digit = (*it - '0') * (doubled ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

double jaro_winkler(std::string_view a, std::string_view b) {
    auto x = utf8_characters(a), y = utf8_characters(b);
    if (x.empty() && y.empty()) return 1.0;
    if (x.empty() || y.empty()) return 0.0;
    auto window = static_cast<int64_t>(std::max(x.size(), y.size())) / 2 - 1;
    window = std::max<int64_t>(window, 0);
    std::vector<bool> used(y.size(), false);
    std::vector<size_t> from, to;
    for (size_t i = 0; i < x.size(); ++i) {
        auto low = static_cast<size_t>(std::max<int64_t>(0, static_cast<int64_t>(i) - window));
        auto high = std::min(y.size(), i + static_cast<size_t>(window) + 1);
        for (size_t j = low; j < high; ++j) {
            if (used[j] || x[i] != y[j]) continue;
            used[j] = true;
            from.push_back(i);
            break;
        }
    }
    if (from.empty()) return 0.0;
    for (size_t j = 0; j < y.size(); ++j) {
        if (used[j]) to.push_back(j);
    }
    double moved = 0;
    for (size_t k = 0; k < from.size(); ++k) moved += x[from[k]] == y[to[k]] ? 0 : 1;
    auto m = static_cast<double>(from.size());
    double jaro = (m / static_cast<double>(x.size()) + m / static_cast<double>(y.size()) +
                      (m - moved / 2) / m) /
                  3;
    size_t prefix = 0;
    while (prefix < 4 && prefix < x.size() && prefix < y.size() && x[prefix] == y[prefix]) ++prefix;
    return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

// The character for upper case, lower case, digits and others; nullopt keeps the original.
std::string mask(std::string_view s, const std::optional<std::string_view>& upper,
    const std::optional<std::string_view>& lower, const std::optional<std::string_view>& digit,
    const std::optional<std::string_view>& other) {
    std::string out;
    for (auto c : utf8_characters(s)) {
        const auto* by = &other;
        bool ascii = c.size() == 1;
        if (ascii && std::isdigit(static_cast<unsigned char>(c[0]))) {
            by = &digit;
        } else if (to_lower_text(c) != c) {
            by = &upper;
        } else if (to_upper_text(c) != c) {
            by = &lower;
        }
        out += *by ? **by : c;
    }
    return out;
}

bool ends_with(std::string_view s, std::string_view what) {
    return s.size() >= what.size() && s.substr(s.size() - what.size()) == what;
}

}  // namespace

void add_string_search(KernelSet& kernels) {
    using Text = std::optional<std::string_view>;
    kernels.add("spark_contains",
        [](Bytes s, Bytes what) { return s.data.find(what.data) != std::string_view::npos; });
    kernels.add("spark_startswith",
        [](Bytes s, Bytes what) { return s.data.substr(0, what.data.size()) == what.data; });
    kernels.add("spark_endswith", [](Bytes s, Bytes what) { return ends_with(s.data, what.data); });
    kernels.add("spark_instr",
        [](std::string_view s, std::string_view what) { return locate(what, s, 1); });
    kernels.add("spark_locate",
        [](Text what, Text s, std::optional<int32_t> start) -> std::optional<int32_t> {
            if (!start) return 0;
            if (!what || !s) return std::nullopt;
            return locate(*what, *s, *start);
        });
    kernels.add("spark_find_in_set",
        [](std::string_view what, std::string_view list) { return find_in_set(what, list); });
    kernels.add("spark_levenshtein",
        [](std::string_view a, std::string_view b) { return levenshtein(a, b); });
    kernels.add("spark_levenshtein",
        [](std::string_view a, std::string_view b, int32_t threshold) -> int32_t {
            auto distance = levenshtein(a, b);
            return distance <= threshold ? distance : -1;
        });
    kernels.add("spark_jaro_winkler_similarity",
        [](std::string_view a, std::string_view b) { return jaro_winkler(a, b); });
    kernels.add("spark_soundex", [](std::string_view s) { return soundex(s); });
    kernels.add("spark_luhn_check", [](std::string_view s) { return luhn_check(s); });
    kernels.add("spark_mask",
        [](Text s, Text upper, Text lower, Text digit, Text other) -> std::optional<std::string> {
            if (!s) return std::nullopt;
            return mask(*s, upper, lower, digit, other);
        });
    kernels.add(
        "spark_mask", [](Text s, Text upper, Text lower, Text digit) -> std::optional<std::string> {
            if (!s) return std::nullopt;
            return mask(*s, upper, lower, digit, std::nullopt);
        });
    kernels.add("spark_is_valid_utf8", [](std::string_view s) { return is_valid_utf8(s); });
    kernels.add(
        "spark_make_valid_utf8", [](std::string_view s) { return replace_invalid_utf8(s); });
    kernels.add(
        "spark_try_validate_utf8", [](std::string_view s) -> std::optional<std::string_view> {
            if (!is_valid_utf8(s)) return std::nullopt;
            return s;
        });
    kernels.add(
        "spark_validate_utf8",
        [](std::string_view s) {
            if (is_valid_utf8(s)) return s;
            std::string bytes;
            for (unsigned char c : s) {
                char hex[8];
                std::snprintf(hex, sizeof(hex), "\\x%02X", c);
                bytes += hex;
            }
            raise(Error(ErrorKind::kIllegalArgument, "INVALID_UTF8_STRING", {{"str", bytes}}));
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
