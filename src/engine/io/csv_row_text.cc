#include "engine/io/csv_row_text.h"

#include "base/error.h"
#include "engine/io/csv_options.h"
#include "types/geo.h"

namespace hanok::engine {

namespace {

struct CsvWriteOptions {
    std::string delimiter = ",";
    char quote = '"';
    char escape = '\\';
    char escape_escape = '\\';
    bool quote_all = false;
    bool escape_quotes = true;
    bool trims_leading = true;
    bool trims_trailing = true;
    std::string null_value;
    std::string empty_value = "\"\"";
    DateTimeTexts texts;
};

void read_format(
    const SourceOptions& options, const char* key, std::optional<std::string>* format) {
    auto found = options.find(key);
    if (found != options.end()) *format = found->second;
}

CsvWriteOptions write_options(const SourceOptions& options, const std::string& time_zone) {
    CsvWriteOptions result;
    result.delimiter = unescape_separator(
        option_text(options, "sep", option_text(options, "delimiter", ",")));
    result.quote = option_char(options, "quote", '"');
    result.escape = option_char(options, "escape", '\\');
    result.escape_escape = result.quote == result.escape ? '\0' : result.escape;
    if (options.contains("chartoescapequoteescaping")) {
        result.escape_escape = option_char(
            options, "chartoescapequoteescaping", result.escape_escape);
    }
    result.quote_all = option_bool(options, "quoteall", false);
    result.escape_quotes = option_bool(options, "escapequotes", true);
    result.trims_leading = option_bool(options, "ignoreleadingwhitespace", true);
    result.trims_trailing = option_bool(options, "ignoretrailingwhitespace", true);
    result.null_value = option_text(options, "nullvalue");
    result.empty_value = option_text(options, "emptyvalue", "\"\"");
    result.texts.time_zone = option_text(options, "timezone", time_zone);
    read_format(options, "dateformat", &result.texts.date_format);
    read_format(options, "timestampformat", &result.texts.timestamp_format);
    read_format(options, "timestampntzformat", &result.texts.timestamp_ntz_format);
    return result;
}

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' '; }

class CsvRowText final : public RowText {
public:
    CsvRowText(std::vector<TextField> fields, CsvWriteOptions options)
        : fields_(std::move(fields)), options_(std::move(options)) {}

    void append(const std::vector<duckdb::RecursiveUnifiedVectorFormat>& columns, duckdb::idx_t row,
        std::string& out) const override {
        std::string value;
        for (size_t i = 0; i < fields_.size(); i++) {
            if (i > 0) out += options_.delimiter;
            auto index = columns[i].unified.sel->get_index(row);
            if (!columns[i].unified.validity.RowIsValid(index)) {
                append_null(i == 0, out);
                continue;
            }
            value.clear();
            append_scalar_text(*fields_[i].type, columns[i], index, options_.texts, value);
            append_value(value, i == 0, out);
        }
    }

    std::string header() const {
        std::string line;
        for (size_t i = 0; i < fields_.size(); i++) {
            if (i > 0) line += options_.delimiter;
            append_value(fields_[i].name, i == 0, line);
        }
        return line;
    }

private:
    void append_null(bool is_first, std::string& out) const {
        if (!options_.null_value.empty()) {
            append_value(options_.null_value, is_first, out);
        } else if (options_.quote_all) {
            out.append(2, options_.quote);
        }
    }

    void append_value(std::string_view value, bool is_first, std::string& out) const {
        while (options_.trims_leading && !value.empty() && is_space(value.front()))
            value.remove_prefix(1);
        while (options_.trims_trailing && !value.empty() && is_space(value.back()))
            value.remove_suffix(1);
        if (value.empty()) {
            out += options_.empty_value;
        } else if (options_.quote != '\0' &&
                   (options_.quote_all || needs_quotes(value, is_first))) {
            append_quoted(value, out);
        } else {
            out += value;
        }
    }

    bool needs_quotes(std::string_view value, bool is_first) const {
        if (is_first && value.front() == '#') return true;
        if (value.front() == options_.quote) return true;
        if (value.find_first_of("\r\n") != std::string_view::npos) return true;
        if (value.find(options_.delimiter) != std::string_view::npos) return true;
        return options_.escape_quotes && value.find(options_.quote) != std::string_view::npos;
    }

    void append_quoted(std::string_view value, std::string& out) const {
        out += options_.quote;
        for (char c : value) {
            if (c == options_.quote && options_.escape_quotes) {
                out += options_.escape;
            } else if (c == options_.escape && options_.escape_escape != '\0') {
                out += options_.escape_escape;
            }
            out += c;
        }
        out += options_.quote;
    }

    std::vector<TextField> fields_;
    CsvWriteOptions options_;
};

bool has_csv_text(const types::DataType& type) {
    return !type.is_nested() && !type.is(types::TypeId::kVariant) &&
           !type.is(types::TypeId::kNull) && !types::is_geo(type);
}

}  // namespace

RowTextPtr make_csv_row_text(const std::vector<TextField>& fields, const SourceOptions& options,
    const QueryContext& context) {
    for (const auto& field : fields) {
        if (has_csv_text(*field.type)) continue;
        throw analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            {{"columnName", quote_identifier(field.name)},
                {"columnType", "\"" + field.type->sql() + "\""}, {"format", "CSV"}});
    }
    return std::make_shared<CsvRowText>(fields, write_options(options, context.time_zone));
}

std::string csv_header(const std::vector<TextField>& fields, const SourceOptions& options) {
    if (!option_bool(options, "header", false)) return "";
    return CsvRowText(fields, write_options(options, "UTC")).header();
}

}  // namespace hanok::engine
