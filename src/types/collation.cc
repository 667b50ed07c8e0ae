#include "types/collation.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "types/data_type.h"

namespace hanok::types {

namespace {

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (char c : text) {
        if (c == '_') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

// Takes the longest locale in front; false when there is none.
bool take_locale(std::vector<std::string>& parts, std::string* locale) {
    constexpr size_t kMostParts = 3;
    for (size_t count = std::min(kMostParts, parts.size()); count > 0; --count) {
        std::string name = parts[0];
        for (size_t i = 1; i < count; ++i) name += "_" + parts[i];
        for (const auto& known : collation_locales()) {
            if (to_lower(std::string(known.name)) != to_lower(name)) continue;
            *locale = known.name;
            parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count));
            return true;
        }
    }
    return false;
}

// _CI, _CS, _AI, _AS, each kind once, in any order.
bool take_sensitivities(std::vector<std::string>& parts, Collation* out) {
    bool has_case = false;
    bool has_accents = false;
    for (const auto& part : parts) {
        auto upper = to_upper(part);
        bool of_case = upper == "CI" || upper == "CS";
        bool of_accents = upper == "AI" || upper == "AS";
        if ((!of_case || has_case) && (!of_accents || has_accents)) return false;
        has_case = has_case || of_case;
        has_accents = has_accents || of_accents;
        out->ignores_case = out->ignores_case || upper == "CI";
        out->ignores_accents = out->ignores_accents || upper == "AI";
    }
    return true;
}

}  // namespace

const std::vector<CollationLocale>& collation_locales() {
    static const std::vector<CollationLocale> locales = {
#define HANOK_LOCALE(name, language, country) {name, language, country},
#include "types/locales.inc"
#undef HANOK_LOCALE
    };
    return locales;
}

std::optional<Collation> Collation::parse(const std::string& text) {
    constexpr std::string_view kPrefix = "SYSTEM.BUILTIN.";
    auto upper = to_upper(text);
    auto parts = split(upper.starts_with(kPrefix) ? text.substr(kPrefix.size()) : text);
    Collation out;
    if (parts.size() > 1 && to_upper(parts.back()) == "RTRIM") {
        out.trims_right = true;
        parts.pop_back();
    }
    auto first = to_upper(parts[0]);
    if (first == "UTF8" && parts.size() == 2) {
        out.is_binary = to_upper(parts[1]) == "BINARY";
        out.is_lowercase = to_upper(parts[1]) == "LCASE";
        return out.is_binary || out.is_lowercase ? std::optional<Collation>(out) : std::nullopt;
    }
    if (first == "UNICODE") {
        parts.erase(parts.begin());
    } else if (!take_locale(parts, &out.locale)) {
        return std::nullopt;
    }
    return take_sensitivities(parts, &out) ? std::optional<Collation>(out) : std::nullopt;
}

std::string Collation::name() const {
    std::string out = is_binary        ? "UTF8_BINARY"
                      : is_lowercase   ? "UTF8_LCASE"
                      : locale.empty() ? "UNICODE"
                                       : locale;
    if (ignores_case) out += "_CI";
    if (ignores_accents) out += "_AI";
    if (trims_right) out += "_RTRIM";
    return out;
}

}  // namespace hanok::types
