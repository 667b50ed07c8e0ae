#include "session/config_values.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "session/config_numbers.h"
#include "types/data_type.h"
#include "types/datetime_text.h"

namespace hanok::session {

namespace {

constexpr std::string_view kRefused[] = {
#include "session/config_refused.inc"
};

struct Choices {
    std::string_view key;
    std::string_view words;
};

constexpr Choices kChoices[] = {
#include "session/config_choices.inc"
};

void check_choice(const std::string& key, const std::string& value) {
    const auto* found = std::lower_bound(std::begin(kChoices), std::end(kChoices), key,
        [](const Choices& c, const std::string& name) { return c.key < name; });
    if (found == std::end(kChoices) || found->key != key) return;
    std::string_view rest = found->words;
    while (!rest.empty()) {
        auto end = std::min(rest.find(", "), rest.size());
        if (types::names_equal(std::string(rest.substr(0, end)), value)) return;
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS",
        {{"confName", key}, {"confValue", value}, {"confOptions", std::string(found->words)}});
}

// Keys that Spark has dropped keep the value that they stood for.
void check_dropped(const std::string& key, const std::string& fallback, const std::string& value) {
    struct Dropped {
        const char* key;
        const char* version;
        const char* instead;
    };
    static const Dropped kDropped[] = {
        {"spark.sql.ansi.strictIndexOperator", "3.4.0", ""},
        {"spark.sql.execution.pandas.respectSessionTimeZone", "3.0.0", ""},
        {"spark.sql.fromJsonForceNullableSchema", "3.0.0", ""},
        {"spark.sql.hive.verifyPartitionPath", "4.0.0", "spark.sql.files.ignoreMissingFiles"},
        {"spark.sql.legacy.allowCreatingManagedTableUsingNonemptyLocation", "3.0.0", ""},
        {"spark.sql.legacy.avro.datetimeRebaseModeInRead", "4.0.0",
            "spark.sql.avro.datetimeRebaseModeInRead"},
        {"spark.sql.legacy.avro.datetimeRebaseModeInWrite", "4.0.0",
            "spark.sql.avro.datetimeRebaseModeInWrite"},
        {"spark.sql.legacy.compareDateTimestampInTimestamp", "3.0.0", ""},
        {"spark.sql.legacy.parquet.datetimeRebaseModeInWrite", "4.0.0",
            "spark.sql.parquet.datetimeRebaseModeInWrite"},
        {"spark.sql.legacy.parquet.int96RebaseModeInRead", "4.0.0",
            "spark.sql.parquet.int96RebaseModeInRead"},
        {"spark.sql.legacy.parquet.int96RebaseModeInWrite", "4.0.0",
            "spark.sql.parquet.int96RebaseModeInWrite"},
        {"spark.sql.optimizer.planChangeLog.batches", "3.1.0", "spark.sql.planChangeLog.batches"},
        {"spark.sql.optimizer.planChangeLog.level", "3.1.0", "spark.sql.planChangeLog.level"},
        {"spark.sql.optimizer.planChangeLog.rules", "3.1.0", "spark.sql.planChangeLog.rules"},
        {"spark.sql.optimizer.runtimeFilter.semiJoinReduction.enabled", "4.0.0", ""},
        {"spark.sql.parquet.int64AsTimestampMillis", "3.0.0",
            "spark.sql.parquet.outputTimestampType"},
    };
    for (const auto& dropped : kDropped) {
        if (key != dropped.key || types::names_equal(value, fallback)) continue;
        auto comment = *dropped.instead ? "Set " + std::string(dropped.instead) + " instead."
                                        : "Only its default remains.";
        throw analysis_error("_LEGACY_ERROR_TEMP_1226",
            {{"configName", key}, {"version", dropped.version}, {"comment", comment}});
    }
}

void check_explain_mode(const std::string& key, const std::string& value) {
    if (key != "spark.sql.ui.explainMode") return;
    for (const char* mode : {"simple", "extended", "codegen", "cost", "formatted"}) {
        if (types::names_equal(mode, value)) return;
    }
    throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.REQUIREMENT",
        {{"confName", key}, {"confValue", value},
            {"confRequirement", "The value must be a mode of EXPLAIN"}});
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

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.front() <= ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() <= ' ') text.remove_suffix(1);
    return std::string(text);
}

std::string plain_flag(std::string value) {
    auto text = trimmed(value);
    if (types::names_equal(text, "true")) return "true";
    return types::names_equal(text, "false") ? "false" : value;
}

bool is_number(const std::string& text) {
    size_t begin = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    return text.size() > begin && std::all_of(text.begin() + static_cast<long>(begin), text.end(),
                                      [](unsigned char c) { return std::isdigit(c); });
}

void check_config_value(
    const std::string& key, const std::string& fallback, const std::string& value) {
    check_dropped(key, fallback, value);
    auto lower = types::to_lower(trimmed(value));
    bool is_flag = fallback == "true" || fallback == "false";
    if (is_flag && lower != "true" && lower != "false")
        throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TYPE_MISMATCH",
            {{"confName", key}, {"confValue", value}, {"confType", "boolean"}});
    check_config_number(key, value);
    check_choice(key, value);
    check_explain_mode(key, value);
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
