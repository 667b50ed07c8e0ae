#include "engine/io/csv_options.h"

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

UnescapedQuotes unescaped_quotes_of(const SourceOptions& options) {
    auto name = types::to_upper(
        option_text(options, "unescapedquotehandling", "STOP_AT_DELIMITER"));
    if (name == "STOP_AT_DELIMITER") return UnescapedQuotes::kStopAtDelimiter;
    if (name == "STOP_AT_CLOSING_QUOTE") return UnescapedQuotes::kStopAtClosingQuote;
    if (name == "SKIP_VALUE") return UnescapedQuotes::kSkipValue;
    if (name == "RAISE_ERROR") return UnescapedQuotes::kRaiseError;
    if (name == "BACK_TO_DELIMITER")
        throw_unsupported_option("csv", "unescapedQuoteHandling", name);
    throw_invalid_option("unescapedQuoteHandling", name,
        "STOP_AT_CLOSING_QUOTE, BACK_TO_DELIMITER, STOP_AT_DELIMITER, SKIP_VALUE or RAISE_ERROR");
}

std::optional<std::string> optional_text(const SourceOptions& options, const std::string& key) {
    auto found = options.find(key);
    return found == options.end() ? std::nullopt : std::optional<std::string>(found->second);
}

void read_quoting(const SourceOptions& options, CsvOptions& result) {
    result.delimiter = unescape_separator(
        option_text(options, "sep", option_text(options, "delimiter", ",")));
    result.quote = option_char(options, "quote", '"');
    result.escape = option_char(options, "escape", '\\');
    result.escape_escape = result.quote == result.escape ? '\0' : result.escape;
    if (options.contains("chartoescapequoteescaping")) {
        result.escape_escape = option_char(
            options, "chartoescapequoteescaping", result.escape_escape);
    }
    result.comment = option_char(options, "comment", '\0');
    result.unescaped_quotes = unescaped_quotes_of(options);
    result.ignore_leading_space = option_bool(options, "ignoreleadingwhitespace", false);
    result.ignore_trailing_space = option_bool(options, "ignoretrailingwhitespace", false);
}

void read_values(const SourceOptions& options, CsvOptions& result) {
    result.null_value = option_text(options, "nullvalue");
    result.empty_value = option_text(options, "emptyvalue");
    result.nan_value = option_text(options, "nanvalue", "NaN");
    result.positive_infinity = option_text(options, "positiveinf", "Inf");
    result.negative_infinity = option_text(options, "negativeinf", "-Inf");
    result.date_format = optional_text(options, "dateformat");
    result.timestamp_format = optional_text(options, "timestampformat");
    result.timestamp_ntz_format = optional_text(options, "timestampntzformat");
    result.time_format = optional_text(options, "timeformat");
    result.prefer_date = option_bool(
        options, "preferdate", option_bool(options, "prefersdate", true));
}

}  // namespace

ParseMode parse_mode_of(const SourceOptions& options) {
    auto name = types::to_upper(option_text(options, "mode", "PERMISSIVE"));
    if (name == "DROPMALFORMED") return ParseMode::kDropMalformed;
    if (name == "FAILFAST") return ParseMode::kFailFast;
    return ParseMode::kPermissive;
}

CsvOptions csv_options(const SourceOptions& options, const QueryContext& context) {
    CsvOptions result;
    read_quoting(options, result);
    read_values(options, result);
    result.header = option_bool(options, "header", false);
    result.infer_schema = option_bool(options, "inferschema", false);
    result.enforce_schema = option_bool(options, "enforceschema", true);
    result.multi_line = option_bool(options, "multiline", false);
    result.mode = parse_mode_of(options);
    auto conf = context.conf.find("spark.sql.columnNameOfCorruptRecord");
    result.corrupt_column = option_text(options, "columnnameofcorruptrecord",
        conf == context.conf.end() ? "_corrupt_record" : conf->second);
    result.line_separator = option_text(options, "linesep");
    if (options.contains("linesep") &&
        (result.line_separator.empty() || result.line_separator.size() > 2)) {
        throw_invalid_option("lineSep", result.line_separator, "one character (or two for \\r\\n)");
    }
    result.encoding = encoding_of(
        option_text(options, "encoding", option_text(options, "charset", "UTF-8")));
    result.max_columns = option_int(options, "maxcolumns", 20480);
    result.max_chars_per_column = option_int(options, "maxcharspercolumn", -1);
    result.sampling_ratio = option_double(options, "samplingratio", 1.0);
    if (!(result.sampling_ratio > 0 && result.sampling_ratio <= 1)) {
        throw_invalid_option(
            "samplingRatio", option_text(options, "samplingratio"), "greater than 0 and at most 1");
    }
    auto locale = types::to_lower(option_text(options, "locale", "en-US"));
    if (locale != "en-us" && locale != "en") throw_unsupported_option("csv", "locale", locale);
    result.time_zone = option_text(options, "timezone", context.time_zone);
    result.now_micros = context.now_micros;
    return result;
}

std::string unescape_separator(const std::string& text) {
    if (text.empty()) throw_invalid_option("sep", text, "one or more characters");
    std::string result;
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] != '\\' || text.size() == 1) {
            result += text[i];
            continue;
        }
        if (i + 1 >= text.size())
            throw_invalid_option("sep", text, "a separator: it ends with a backslash");
        switch (text[++i]) {
            case 't': result += '\t'; break;
            case 'r': result += '\r'; break;
            case 'b': result += '\b'; break;
            case 'f': result += '\f'; break;
            case '"': result += '"'; break;
            case '\'': result += '\''; break;
            case '\\': result += '\\'; break;
            case 'u': {
                auto code = i + 4 < text.size() ? text.substr(i + 1, 4) : "";
                char* end = nullptr;
                auto value = std::strtol(code.c_str(), &end, 16);
                if (code.empty() || *end != '\0' || value > 0x7F) {
                    throw_invalid_option("sep", text, "a separator: only ASCII \\u escapes are");
                }
                result += char(value);
                i += 4;
                break;
            }
            default: throw_invalid_option("sep", text, "a separator: unknown escape");
        }
    }
    return result;
}

char option_char(const SourceOptions& options, const std::string& key, char otherwise) {
    auto found = options.find(key);
    if (found == options.end()) return otherwise;
    if (found->second.empty()) return '\0';
    if (found->second.size() > 1) {
        throw Error(ErrorKind::kRuntime, "OPTION_VALUE_EXCEEDS_ONE_CHARACTER",
            {{"paramName", key}, {"actualValue", found->second}});
    }
    return found->second[0];
}

}  // namespace hanok::engine
