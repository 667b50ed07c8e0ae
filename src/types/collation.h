#pragma once
// Names of collations: UTF8_BINARY, UTF8_LCASE, UNICODE and the locales of ICU, with _CI, _AI and
// _RTRIM.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hanok::types {

struct Collation {
    std::string locale;  // "sr_Cyrl_SRB"; "" for UNICODE and the UTF8_ ones
    bool is_binary = false;
    bool is_lowercase = false;  // UTF8_LCASE
    bool ignores_case = false;
    bool ignores_accents = false;
    bool trims_right = false;

    // "unicode_ai_ci" and "SYSTEM.BUILTIN.UNICODE_CI_AI" in any case; nullopt when there is none.
    static std::optional<Collation> parse(const std::string& name);
    // "UNICODE_CI_AI", "sr_AI_RTRIM".
    std::string name() const;
};

struct CollationLocale {
    std::string_view name;      // language, script and country of three letters
    std::string_view language;  // in English
    std::string_view country;   // "" for none
};
const std::vector<CollationLocale>& collation_locales();

}  // namespace hanok::types
