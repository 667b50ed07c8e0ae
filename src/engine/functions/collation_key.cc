#include "engine/functions/collation_key.h"

#include <unicode/coll.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <map>
#include <memory>

#include "base/error.h"
#include "engine/functions/utf8.h"
#include "types/collation.h"

namespace hanok::engine {

namespace {

constexpr UChar32 kDottedI = 0x130;
constexpr UChar32 kDotAbove = 0x307;
constexpr UChar32 kFinalSigma = 0x3c2;
constexpr UChar32 kSigma = 0x3c3;

struct Comparison {
    types::Collation collation;
    std::unique_ptr<icu::Collator> collator;  // null for the UTF8_ ones
};

// ICU names countries by two letters.
icu::Locale icu_locale(const std::string& name) {
    if (name.empty()) return icu::Locale::getRoot();
    static const auto* known = [] {
        auto* map = new std::map<std::string, icu::Locale>();
        int32_t count = 0;
        const auto* locales = icu::Collator::getAvailableLocales(count);
        for (int32_t i = 0; i < count; ++i) {
            std::string key = locales[i].getLanguage();
            if (*locales[i].getScript()) key += std::string("_") + locales[i].getScript();
            if (*locales[i].getCountry()) key += std::string("_") + locales[i].getISO3Country();
            map->emplace(key, locales[i]);
        }
        return map;
    }();
    auto it = known->find(name);
    return it == known->end() ? icu::Locale(name.c_str()) : it->second;
}

std::unique_ptr<icu::Collator> make_collator(const types::Collation& c) {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> made(
        icu::Collator::createInstance(icu_locale(c.locale), status));
    if (U_FAILURE(status)) throw internal_error("no collator for " + c.name());
    if (c.ignores_accents) {
        made->setStrength(icu::Collator::PRIMARY);
        if (!c.ignores_case) made->setAttribute(UCOL_CASE_LEVEL, UCOL_ON, status);
    } else {
        made->setStrength(c.ignores_case ? icu::Collator::SECONDARY : icu::Collator::TERTIARY);
    }
    if (U_FAILURE(status)) throw internal_error("no collator for " + c.name());
    return made;
}

const Comparison& comparison(const std::string& name) {
    thread_local std::map<std::string, Comparison> known;
    auto it = known.find(name);
    if (it != known.end()) return it->second;
    auto parsed = types::Collation::parse(name);
    if (!parsed) throw internal_error("unknown collation " + name);
    Comparison made{*parsed, nullptr};
    if (!parsed->is_binary && !parsed->is_lowercase) made.collator = make_collator(*parsed);
    return known.emplace(name, std::move(made)).first->second;
}

}  // namespace

std::string lowercase_code_points(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    auto size = static_cast<int32_t>(text.size());
    for (int32_t i = 0; i < size;) {
        if (bytes[i] < 0x80) {
            char c = text[static_cast<size_t>(i++)];
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
            continue;
        }
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, size, c);
        if (c == kDottedI) {
            out += 'i';
            append_utf8(out, kDotAbove);
        } else {
            append_utf8(out, c == kFinalSigma ? kSigma : u_tolower(c));
        }
    }
    return out;
}

std::string collation_key(std::string_view text, const std::string& name) {
    const auto& c = comparison(name);
    if (c.collation.trims_right) {
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    }
    if (c.collation.is_binary) return std::string(text);
    if (c.collation.is_lowercase) return lowercase_code_points(text);
    auto unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    std::string key(64, '\0');
    auto size = c.collator->getSortKey(
        unicode, reinterpret_cast<uint8_t*>(key.data()), static_cast<int32_t>(key.size()));
    if (size > static_cast<int32_t>(key.size())) {
        key.resize(static_cast<size_t>(size));
        size = c.collator->getSortKey(
            unicode, reinterpret_cast<uint8_t*>(key.data()), static_cast<int32_t>(key.size()));
    }
    key.resize(static_cast<size_t>(size));
    return key;
}

}  // namespace hanok::engine
