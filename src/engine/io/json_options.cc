#include "engine/io/json_options.h"

#include "types/data_type.h"

namespace hanok::engine {

namespace {

void read_format(
    const SourceOptions& options, const char* key, std::optional<std::string>* format) {
    auto found = options.find(key);
    if (found != options.end()) *format = found->second;
}

JsonSyntax syntax_of(const SourceOptions& options) {
    JsonSyntax syntax;
    syntax.comments = option_bool(options, "allowcomments", false);
    syntax.single_quotes = option_bool(options, "allowsinglequotes", true);
    syntax.unquoted_field_names = option_bool(options, "allowunquotedfieldnames", false);
    syntax.numeric_leading_zeros = option_bool(options, "allownumericleadingzeros", false);
    syntax.non_numeric_numbers = option_bool(options, "allownonnumericnumbers", true);
    syntax.backslash_escapes_any = option_bool(
        options, "allowbackslashescapinganycharacter", false);
    syntax.unquoted_control_characters = option_bool(options, "allowunquotedcontrolchars", false);
    return syntax;
}

}  // namespace

JsonOptions json_options(const SourceOptions& options, const QueryContext& context) {
    JsonOptions result;
    result.syntax = syntax_of(options);
    result.mode = parse_mode_of(options);
    auto conf = context.conf.find("spark.sql.columnNameOfCorruptRecord");
    result.corrupt_column = option_text(options, "columnnameofcorruptrecord",
        conf == context.conf.end() ? "_corrupt_record" : conf->second);
    result.multi_line = option_bool(options, "multiline", false);
    result.primitives_as_string = option_bool(options, "primitivesasstring", false);
    result.prefers_decimal = option_bool(options, "prefersdecimal", false);
    result.drop_field_if_all_null = option_bool(options, "dropfieldifallnull", false);
    result.infer_timestamp = option_bool(options, "infertimestamp", false);
    result.line_separator = option_text(options, "linesep");
    if (options.contains("linesep") && result.line_separator.empty()) {
        throw_invalid_option("lineSep", "", "one or more characters");
    }
    result.encoding = encoding_of(
        option_text(options, "encoding", option_text(options, "charset", "UTF-8")));
    result.sampling_ratio = option_double(options, "samplingratio", 1.0);
    if (!(result.sampling_ratio > 0 && result.sampling_ratio <= 1)) {
        throw_invalid_option(
            "samplingRatio", option_text(options, "samplingratio"), "greater than 0 and at most 1");
    }
    auto locale = types::to_lower(option_text(options, "locale", "en-US"));
    if (locale != "en-us" && locale != "en") throw_unsupported_option("json", "locale", locale);
    result.values.time_zone = option_text(options, "timezone", context.time_zone);
    result.values.now_micros = context.now_micros;
    read_format(options, "dateformat", &result.values.date_format);
    read_format(options, "timestampformat", &result.values.timestamp_format);
    read_format(options, "timestampntzformat", &result.values.timestamp_ntz_format);
    read_format(options, "timeformat", &result.values.time_format);
    return result;
}

}  // namespace hanok::engine
