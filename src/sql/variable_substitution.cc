#include "sql/variable_substitution.h"

#include <cctype>
#include <set>

#include "base/error.h"

namespace hanok::sql {

namespace {

bool reads_configuration(const std::string& prefix) {
    return prefix == "spark" || prefix == "sparkconf" || prefix == "hivevar" ||
           prefix == "hiveconf";
}

// What stands between "${" and "}": a key, behind a prefix of word characters maybe.
std::optional<std::string> key_of(const std::string& inside) {
    for (char c : inside) {
        if (std::isspace(static_cast<unsigned char>(c))) return std::nullopt;
    }
    auto colon = inside.find(':');
    if (colon == std::string::npos || colon == 0) return inside;
    auto prefix = inside.substr(0, colon);
    for (char c : prefix) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return inside;
    }
    if (!reads_configuration(prefix)) return std::nullopt;
    return inside.substr(colon + 1);
}

std::string substitute(
    const std::string& text, const VariableLookup& find, std::set<std::string>& open) {
    std::string out;
    size_t at = 0;
    while (true) {
        auto start = text.find("${", at);
        auto end = start == std::string::npos ? start : text.find('}', start + 3);
        if (end == std::string::npos) return out + text.substr(at);
        auto whole = text.substr(start, end + 1 - start);
        auto key = key_of(text.substr(start + 2, end - start - 2));
        if (!key) {
            out += text.substr(at, start + 2 - at);
            at = start + 2;
            continue;
        }
        if (!open.insert(whole).second) {
            throw Error(ErrorKind::kIllegalArgument, "_LEGACY_ERROR_TEMP_3100",
                {{"message", "Circular reference in " + text + ": " + whole}});
        }
        out += text.substr(at, start - at) + substitute(find(*key).value_or(""), find, open);
        open.erase(whole);
        at = end + 1;
    }
}

}  // namespace

std::string substitute_variables(const std::string& text, const VariableLookup& find) {
    if (!find || text.find("${") == std::string::npos) return text;
    std::set<std::string> open;
    return substitute(text, find, open);
}

}  // namespace hanok::sql
