#include "session/config_values.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "types/data_type.h"
#include "types/datetime_text.h"

namespace hanok::session {

namespace {

constexpr std::string_view kRefused[] = {
#include "session/config_refused.inc"
};

// What keys of a few words take, as Spark lists them.
const std::map<std::string, std::vector<std::string>>& choices() {
    static const std::vector<std::string> kRebase = {"EXCEPTION", "LEGACY", "CORRECTED"};
    static const std::map<std::string, std::vector<std::string>> known = {
        {"spark.sql.mapKeyDedupPolicy", {"EXCEPTION", "LAST_WIN"}},
        {"spark.sql.storeAssignmentPolicy", {"ANSI", "LEGACY", "STRICT"}},
        {"spark.sql.parquet.compression.codec",
            {"brotli", "uncompressed", "lzo", "snappy", "lz4_raw", "none", "zstd", "lz4", "gzip"}},
        {"spark.sql.timestampType", {"TIMESTAMP_NTZ", "TIMESTAMP_LTZ"}},
        {"spark.sql.sources.partitionOverwriteMode", {"STATIC", "DYNAMIC"}},
        {"spark.sql.legacy.timeParserPolicy", kRebase},
        {"spark.sql.legacy.ctePrecedencePolicy", kRebase},
        {"spark.sql.binaryOutputStyle", {"UTF-8", "BASIC", "BASE64", "HEX", "HEX_DISCRETE"}},
        {"spark.sql.parquet.outputTimestampType",
            {"INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS"}},
        {"spark.sql.parquet.datetimeRebaseModeInRead", kRebase},
        {"spark.sql.parquet.datetimeRebaseModeInWrite", kRebase},
        {"spark.sql.parquet.int96RebaseModeInRead", kRebase},
        {"spark.sql.parquet.int96RebaseModeInWrite", kRebase},
        {"spark.sql.avro.datetimeRebaseModeInRead", kRebase},
        {"spark.sql.avro.datetimeRebaseModeInWrite", kRebase},
    };
    return known;
}

// Sizes and times may have a unit; their keys say what they are.
bool takes_unit(const std::string& key) {
    auto lower = types::to_lower(key);
    static const char* const kWords[] = {"bytes", "size", "threshold", "timeout", "interval",
        "memory", "ttl", "duration", "limit", "time", "cost", "length", "delay"};
    return std::any_of(std::begin(kWords), std::end(kWords),
        [&](const char* word) { return lower.find(word) != std::string::npos; });
}

bool has_number(const std::string& key, const std::string& value) {
    if (is_number(value) || !takes_unit(key)) return is_number(value);
    return !value.empty() && (std::isdigit(static_cast<unsigned char>(value[0])) ||
                                 value[0] == '-' || value[0] == '.');
}

[[noreturn]] void wrong_type(
    const std::string& key, const std::string& value, const std::string& type) {
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TYPE_MISMATCH",
        {{"confName", key}, {"confValue", value}, {"confType", type}});
}

void check_choice(const std::string& key, const std::string& value) {
    auto found = choices().find(key);
    if (found == choices().end()) return;
    std::string options;
    for (const auto& option : found->second) {
        if (types::names_equal(option, value)) return;
        options += (options.empty() ? "" : ", ") + option;
    }
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS",
        {{"confName", key}, {"confValue", value}, {"confOptions", options}});
}

void check_positive(const std::string& key, const std::string& value) {
    static const char* const kPositive[] = {
        "spark.sql.shuffle.partitions", "spark.sql.leafNodeDefaultParallelism"};
    bool applies = std::any_of(std::begin(kPositive), std::end(kPositive),
        [&](const char* positive) { return key == positive; });
    if (!applies || std::atoll(value.c_str()) > 0) return;
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.REQUIREMENT",
        {{"confName", key}, {"confValue", value},
            {"confRequirement", "The value of " + key + " must be positive"}});
}

void check_time_zone(const std::string& key, const std::string& value) {
    if (key != "spark.sql.session.timeZone") return;
    try {
        types::utc_offset_seconds(0, value);
    } catch (const Error&) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TIME_ZONE",
            {{"confName", key}, {"confValue", value}});
    }
}

}  // namespace

bool is_number(const std::string& text) {
    size_t begin = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    return text.size() > begin && std::all_of(text.begin() + static_cast<long>(begin), text.end(),
                                      [](unsigned char c) { return std::isdigit(c); });
}

void check_config_value(
    const std::string& key, const std::string& fallback, const std::string& value) {
    auto lower = types::to_lower(value);
    if (fallback == "true" || fallback == "false") {
        if (lower != "true" && lower != "false") wrong_type(key, value, "boolean");
    } else if (is_number(fallback) && !has_number(key, value)) {
        wrong_type(key, value, "int");
    }
    check_choice(key, value);
    check_positive(key, value);
    check_time_zone(key, value);
    bool refused = std::binary_search(std::begin(kRefused), std::end(kRefused), key);
    refused = refused && lower != types::to_lower(fallback);
    if (key == "spark.sql.parquet.outputTimestampType") refused = lower == "timestamp_millis";
    if (refused) throw unsupported_feature(key + " = " + value);
}

bool is_core_key(const std::string& key) {
    static const char* const kFamilies[] = {"spark.executor.", "spark.driver.", "spark.memory.",
        "spark.shuffle.", "spark.dynamicAllocation.", "spark.task.", "spark.scheduler.",
        "spark.eventLog.", "spark.kryo"};
    return std::any_of(std::begin(kFamilies), std::end(kFamilies),
        [&](const char* family) { return key.starts_with(family); });
}

}  // namespace hanok::session
