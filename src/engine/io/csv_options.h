#pragma once
// Options of the csv source, read and checked.

#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/io/scan_options.h"
#include "engine/io/text_blocks.h"

namespace hanok::engine {

enum class ParseMode : uint8_t { kPermissive, kDropMalformed, kFailFast };
// PERMISSIVE, DROPMALFORMED, FAILFAST in any case; other names are PERMISSIVE, as in Spark.
ParseMode parse_mode_of(const SourceOptions& options);

// A quote inside a quoted value that neither ends it nor is escaped.
enum class UnescapedQuotes : uint8_t {
    kStopAtDelimiter,
    kStopAtClosingQuote,
    kSkipValue,
    kRaiseError
};

struct CsvOptions {
    std::string delimiter = ",";
    char quote = '"';  // '\0': none
    char escape = '\\';
    char escape_escape = '\\';
    char comment = '\0';
    bool header = false;
    bool infer_schema = false;
    bool ignore_leading_space = false;
    bool ignore_trailing_space = false;
    bool enforce_schema = true;
    bool multi_line = false;
    bool prefer_date = true;
    std::string null_value;
    std::string empty_value;
    std::string nan_value = "NaN";
    std::string positive_infinity = "Inf";
    std::string negative_infinity = "-Inf";
    std::optional<std::string> date_format;
    std::optional<std::string> timestamp_format;
    std::optional<std::string> timestamp_ntz_format;
    std::optional<std::string> time_format;
    ParseMode mode = ParseMode::kPermissive;
    std::string corrupt_column = "_corrupt_record";
    std::string line_separator;
    TextEncoding encoding = TextEncoding::kUtf8;
    int64_t max_columns = 20480;
    int64_t max_chars_per_column = -1;
    UnescapedQuotes unescaped_quotes = UnescapedQuotes::kStopAtDelimiter;
    double sampling_ratio = 1.0;
    std::string time_zone;
    int64_t now_micros = 0;
};

CsvOptions csv_options(const SourceOptions& options, const QueryContext& context);

// "\t", "\\t", "\\u0001", "||" as the characters they stand for.
std::string unescape_separator(const std::string& text);
// One character, '\0' for "". Throws OPTION_VALUE_EXCEEDS_ONE_CHARACTER.
char option_char(const SourceOptions& options, const std::string& key, char otherwise);

}  // namespace hanok::engine
