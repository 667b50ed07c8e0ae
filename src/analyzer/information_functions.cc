// Table functions about Hanok itself: sql_keywords(), collations().

#include <algorithm>

#include "analyzer/impl.h"
#include "types/collation.h"

namespace hanok::analyzer {

using types::DataType;
using types::Value;

using Impl = Analyzer::Impl;

namespace {

struct SparkKeyword {
    const char* text;
    bool reserved;
};

constexpr SparkKeyword kKeywords[] = {
#define HANOK_SPARK_KEYWORD(text, reserved) {text, reserved},
#include "analyzer/spark_keywords.inc"
#undef HANOK_SPARK_KEYWORD
};

constexpr const char* kIcuVersion = "78.3.0.0";  // that of Spark, whose list this is

Value text_or_null(std::string_view text) {
    return text.empty() ? Value() : types::string_value(std::string(text));
}

void add_collation(std::vector<std::vector<Value>>& rows, const types::Collation& c,
    std::string_view language, std::string_view country) {
    bool unicode = !c.is_binary && !c.is_lowercase;
    bool ignores_case = c.ignores_case || c.is_lowercase;
    rows.push_back({types::string_value("SYSTEM"), types::string_value("BUILTIN"),
        types::string_value(c.name()), text_or_null(language), text_or_null(country),
        types::string_value(c.ignores_accents ? "ACCENT_INSENSITIVE" : "ACCENT_SENSITIVE"),
        types::string_value(ignores_case ? "CASE_INSENSITIVE" : "CASE_SENSITIVE"),
        types::string_value(c.trims_right ? "RTRIM" : "NO_PAD"),
        text_or_null(unicode ? kIcuVersion : "")});
}

// A locale with every sensitivity, in the order of their names.
void add_locale(std::vector<std::vector<Value>>& rows, const types::CollationLocale& locale) {
    std::vector<types::Collation> all;
    for (int bits = 0; bits < 8; ++bits) {
        types::Collation c;
        c.locale = locale.name;
        c.ignores_case = (bits & 1) != 0;
        c.ignores_accents = (bits & 2) != 0;
        c.trims_right = (bits & 4) != 0;
        all.push_back(std::move(c));
    }
    std::sort(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name() < b.name(); });
    for (const auto& c : all) add_collation(rows, c, locale.language, locale.country);
}

std::vector<std::vector<Value>> all_collations() {
    std::vector<std::vector<Value>> rows;
    for (bool trims : {false, true}) {
        types::Collation binary, lowercase;
        binary.is_binary = lowercase.is_lowercase = true;
        binary.trims_right = lowercase.trims_right = trims;
        add_collation(rows, binary, "", "");
        add_collation(rows, lowercase, "", "");
    }
    add_locale(rows, {"", "", ""});
    for (const auto& locale : types::collation_locales()) add_locale(rows, locale);
    return rows;
}

}  // namespace

std::optional<Rel> Impl::information_function(const std::string& name) {
    auto column = [](const char* text, bool nullable = false) {
        return new_attribute(text, DataType::string(), nullable);
    };
    if (name == "sql_keywords") {
        bool enforced = conf("spark.sql.ansi.enforceReservedKeywords", "false") == "true";
        std::vector<std::vector<Value>> rows;
        for (const auto& k : kKeywords)
            rows.push_back(
                {types::string_value(k.text), types::bool_value(enforced && k.reserved)});
        return values_rel({new_attribute("keyword", DataType::string(), false),
                              new_attribute("reserved", DataType::boolean(), false)},
            rows);
    }
    if (name != "collations") return std::nullopt;
    return values_rel(
        {column("CATALOG"), column("SCHEMA"), column("NAME"), column("LANGUAGE", true),
            column("COUNTRY", true), column("ACCENT_SENSITIVITY"), column("CASE_SENSITIVITY"),
            column("PAD_ATTRIBUTE"), column("ICU_VERSION", true)},
        all_collations());
}

}  // namespace hanok::analyzer
