#include "engine/functions/xml_options.h"

namespace hanok::engine {

namespace {

std::optional<std::string> optional_text(const SourceOptions& options, const std::string& key) {
    auto it = options.find(key);
    return it == options.end() ? std::nullopt : std::optional<std::string>(it->second);
}

}  // namespace

XmlOptions xml_options(const SourceOptions& options, const QueryContext& context) {
    XmlOptions out;
    out.mode = parse_mode_of(options);
    auto corrupt = context.conf.find("spark.sql.columnNameOfCorruptRecord");
    if (corrupt != context.conf.end()) out.corrupt_column = corrupt->second;
    out.corrupt_column = option_text(options, "columnnameofcorruptrecord", out.corrupt_column);
    out.attribute_prefix = option_text(options, "attributeprefix", out.attribute_prefix);
    out.value_tag = option_text(options, "valuetag", out.value_tag);
    out.exclude_attribute = option_bool(options, "excludeattribute", false);
    out.ignore_surrounding_spaces = option_bool(options, "ignoresurroundingspaces", true);
    out.ignore_namespace = option_bool(options, "ignorenamespace", false);
    out.prefers_decimal = option_bool(options, "prefersdecimal", false);
    out.prefers_date = option_bool(options, "preferdate", true);
    out.infers_types = option_bool(options, "inferschema", true);
    out.null_value = optional_text(options, "nullvalue");
    out.row_tag = option_text(options, "rowtag", out.row_tag);
    out.array_element_name = option_text(options, "arrayelementname", out.array_element_name);
    out.indent = option_text(options, "indent", out.indent);
    for (const char* key : {"rowvalidationxsdpath", "wildcardcolname"}) {
        auto it = options.find(key);
        if (it != options.end()) throw_unsupported_option("xml", key, it->second);
    }
    out.values.time_zone = option_text(options, "timezone", context.time_zone);
    out.values.now_micros = context.now_micros;
    out.values.positive_infinity = "Infinity";
    out.values.negative_infinity = "-Infinity";
    out.values.date_format = optional_text(options, "dateformat");
    out.values.timestamp_format = optional_text(options, "timestampformat");
    out.values.timestamp_ntz_format = optional_text(options, "timestampntzformat");
    out.values.time_format = optional_text(options, "timeformat");
    return out;
}

}  // namespace hanok::engine
