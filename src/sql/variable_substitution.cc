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

// Variables may hold each other, so that a few of them could stand for a text without end.
constexpr size_t kMaxDepth = 100;
constexpr size_t kMaxSubstitutions = 100000;
constexpr size_t kMaxBytes = 16 << 20;  // of values
constexpr size_t kMaxKeyBytes = 4096;

class Substitution {
public:
    explicit Substitution(const VariableLookup& find) : find_(find) {}

    void append(const std::string& text, std::string* out) {
        size_t at = 0;
        while (true) {
            auto start = text.find("${", at);
            auto end = start == std::string::npos ? start : end_of_key(text, start);
            auto key = end == std::string::npos ? std::nullopt
                                                : key_of(text.substr(start + 2, end - start - 2));
            auto kept = key || start == std::string::npos ? start : start + 2;
            literal(std::string_view(text).substr(at, kept - at), out);
            if (kept == std::string::npos) return;
            at = kept;
            if (!key) continue;
            value(text, text.substr(start, end + 1 - start), *key, out);
            at = end + 1;
        }
    }

private:
    static size_t end_of_key(const std::string& text, size_t start) {
        auto end = text.find_first_of("} \t\r\n\v\f", start + 3);
        bool is_end = end != std::string::npos && text[end] == '}';
        return is_end && end - start <= kMaxKeyBytes ? end : std::string::npos;
    }

    void literal(std::string_view part, std::string* out) {
        bytes_ += open_.empty() ? 0 : part.size();
        if (bytes_ > kMaxBytes)
            throw unsupported_feature("variables in SQL text that stand for more than 16 MiB");
        out->append(part);
    }

    void value(const std::string& text, const std::string& whole, const std::string& key,
        std::string* out) {
        if (!open_.insert(whole).second) {
            throw Error(ErrorKind::kIllegalArgument, "_LEGACY_ERROR_TEMP_3100",
                {{"message", "Circular reference in " + text + ": " + whole}});
        }
        if (open_.size() > kMaxDepth)
            throw unsupported_feature("variables in SQL text that are nested more than 100 deep");
        if (++substitutions_ > kMaxSubstitutions)
            throw unsupported_feature("SQL text with more than 100000 variables");
        append(find_(key).value_or(""), out);
        open_.erase(whole);
    }

    const VariableLookup& find_;
    std::set<std::string> open_;
    size_t substitutions_ = 0;
    size_t bytes_ = 0;
};

}  // namespace

std::string substitute_variables(const std::string& text, const VariableLookup& find) {
    if (!find || text.find("${") == std::string::npos) return text;
    std::string out;
    Substitution(find).append(text, &out);
    return out;
}

}  // namespace hanok::sql
