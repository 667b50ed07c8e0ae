#include "commands/table_properties.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/error.h"
#include "delta/snapshot.h"
#include "session/session.h"
#include "types/data_type.h"

namespace hanok::commands {

namespace {

enum class Kind : uint8_t { kAny, kBoolean, kInteger, kInterval, kOneOf };

struct Property {
    const char* name;  // behind "delta."
    Kind kind = Kind::kAny;
    int64_t least = INT64_MIN;     // kInteger
    const char* requirement = "";  // kInteger: what Delta says
    std::vector<const char*> values = {};
};

const std::vector<Property>& known_properties() {
    static const std::vector<Property> kKnown = {
        {"minReaderVersion"},  // checked with the protocol, as is the next
        {"minWriterVersion"},
        {"ignoreProtocolDefaults", Kind::kBoolean},
        {"logRetentionDuration", Kind::kInterval},
        {"sampleRetentionDuration", Kind::kInterval},
        {"checkpointRetentionDuration", Kind::kInterval},
        {"checkpointInterval", Kind::kInteger, 1, "needs to be a positive integer."},
        {"enableExpiredLogCleanup", Kind::kBoolean},
        {"enableFullRetentionRollback", Kind::kBoolean},
        {"dropFeatureTruncateHistory.retentionDuration", Kind::kInterval},
        {"deletedFileRetentionDuration", Kind::kInterval},
        {"setTransactionRetentionDuration", Kind::kInterval},
        {"randomizeFilePrefixes", Kind::kBoolean},
        {"randomPrefixLength", Kind::kInteger, 1, "needs to be greater than 0."},
        {"appendOnly", Kind::kBoolean},
        {"enableDeletionVectors", Kind::kBoolean},
        {"parquet.format.version"},
        {"enableVariantShredding", Kind::kBoolean},
        {"autoOptimize", Kind::kBoolean},
        {"autoOptimize.autoCompact", Kind::kOneOf, 0,
            "needs to be one of: auto, true, false, legacy", {"auto", "true", "false", "legacy"}},
        {"autoOptimize.optimizeWrite", Kind::kBoolean},
        {"dataSkippingNumIndexedCols", Kind::kInteger, -1,
            "needs to be larger than or equal to -1."},
        {"dataSkippingStatsColumns"},
        {"dataSkippingStringPrefixLength", Kind::kInteger, 0,
            "needs to be greater or equal to zero."},
        {"compatibility.symlinkFormatManifest.enabled", Kind::kBoolean},
        {"checkpoint.writeStatsAsJson", Kind::kBoolean},
        {"checkpoint.writeStatsAsStruct", Kind::kBoolean},
        {"enableChangeDataCapture", Kind::kBoolean},
        {"enableChangeDataFeed", Kind::kBoolean},
        {"columnMapping.mode"},  // checked with the schema
        {"columnMapping.maxColumnId", Kind::kInteger},
        {"isolationLevel", Kind::kOneOf, 0, "must be Serializable or WriteSerializable.",
            {"serializable", "writeserializable", "snapshotisolation"}},
        {"checkpointPolicy", Kind::kOneOf, 0, "needs to be one of classic, v2.", {"classic", "v2"}},
        {"enableRowTracking", Kind::kBoolean},
        {"rowTrackingSuspended", Kind::kBoolean},
        {"rowTracking.materializedRowIdColumnName"},
        {"rowTracking.materializedRowCommitVersionColumnName"},
        {"universalFormat.enabledFormats"},
        {"universalFormat.iceberg.atomicConversion.supported", Kind::kBoolean},
        {"castIcebergTimeType", Kind::kBoolean},
        {"ignoreIcebergBucketPartition", Kind::kBoolean},
        {"enableIcebergCompatV1", Kind::kBoolean},
        {"enableIcebergCompatV2", Kind::kBoolean},
        {"enableIcebergCompatV3", Kind::kBoolean},
        {"enableIcebergWriterCompatV1", Kind::kBoolean},
        {"enableIcebergWriterCompatV3", Kind::kBoolean},
        {"enableTypeWidening", Kind::kBoolean},
        {"enableInCommitTimestamps", Kind::kBoolean},
        {"inCommitTimestampEnablementVersion", Kind::kInteger},
        {"inCommitTimestampEnablementTimestamp", Kind::kInteger},
        {"requireCheckpointProtectionBeforeVersion", Kind::kInteger},
        {"enableMaterializePartitionColumnsFeature", Kind::kBoolean},
        {"writePartitionColumnsToParquet", Kind::kBoolean},
        {"lastUpdateVersion"},
        {"lastCommitTimestamp"},
    };
    return kKnown;
}

const Property* find_property(const std::string& name) {
    for (const auto& property : known_properties()) {
        if (types::names_equal(name, property.name)) return &property;
    }
    return nullptr;
}

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorKind::kSpark, "UNSUPPORTED_TABLE_CHANGE", {{"message", message}});
}

std::optional<int64_t> integer_of(const std::string& text) {
    int64_t value = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// A wrong interval raises where it is read, DELTA_INVALID_INTERVAL; months are none.
void check_interval(const std::string& name, const std::string& text) {
    auto lower = types::to_lower(text);
    bool is_allowed = lower.find("month") == std::string::npos &&
                      lower.find("year") == std::string::npos &&
                      lower.find('-') == std::string::npos;
    if (is_allowed) {
        if (lower.find_first_of("0123456789") != std::string::npos) return;
        throw Error(ErrorKind::kIllegalArgument, "DELTA_INVALID_INTERVAL", {{"interval", text}});
    }
    refuse(
        "requirement failed: " + name +
        " needs to be provided as a calendar interval such as '2 weeks'. Months and years are not "
        "accepted. You may specify '365 days' for a year instead.");
}

void check_value(const Property& property, const std::string& text) {
    std::string name = std::string("delta.") + property.name;
    auto lower = types::to_lower(text);
    switch (property.kind) {
        case Kind::kAny: return;
        case Kind::kBoolean:
            if (lower != "true" && lower != "false") refuse("For input string: \"" + text + "\"");
            return;
        case Kind::kInteger: {
            auto value = integer_of(text);
            if (!value) {
                refuse(*property.requirement ? name + " " + property.requirement
                                             : "For input string: \"" + text + "\"");
            }
            if (*value < property.least)
                refuse("requirement failed: " + name + " " + property.requirement);
            return;
        }
        case Kind::kInterval: check_interval(name, text); return;
        case Kind::kOneOf:
            for (const char* value : property.values) {
                if (lower == value) return;
            }
            refuse("requirement failed: " + name + " " + property.requirement);
    }
}

// "14 days 5 minutes"
std::string interval_text(int64_t ms) {
    constexpr std::pair<int64_t, const char*> kUnits[] = {
        {86'400'000, "days"}, {3'600'000, "hours"}, {60'000, "minutes"}, {1'000, "seconds"}};
    std::string out;
    for (const auto& [length, unit] : kUnits) {
        if (ms < length) continue;
        out += (out.empty() ? "" : " ") + std::to_string(ms / length) + " " + unit;
        ms %= length;
    }
    return out.empty() ? "0 seconds" : out;
}

bool is_of_family(const std::string& lower) {
    return lower.starts_with("delta.constraints.") || lower.starts_with("delta.feature.") ||
           lower.starts_with("delta.universalformat.config.");
}

}  // namespace

bool is_known_property(const std::string& key) {
    auto lower = types::to_lower(key);
    return is_of_family(lower) ||
           (lower.starts_with("delta.") && find_property(key.substr(6)) != nullptr);
}

std::map<std::string, std::string> checked_properties(
    Session& session, const std::map<std::string, std::string>& properties) {
    bool any_name = session.config().get_bool(
        "spark.databricks.delta.allowArbitraryProperties.enabled", false);
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : properties) {
        auto lower = types::to_lower(key);
        bool is_free = !lower.starts_with("delta.") || is_of_family(lower);
        if (lower.starts_with("delta.feature.") && value != "supported" && value != "enabled") {
            throw analysis_error("DELTA_UNSUPPORTED_FEATURE_STATUS",
                {{"feature", key.substr(14)}, {"status", value}});
        }
        const auto* property = is_free ? nullptr : find_property(key.substr(6));
        if (property != nullptr) {
            check_value(*property, value);
            out[std::string("delta.") + property->name] = value;
        } else if (is_free || any_name) {
            out[key] = value;
        } else {
            throw analysis_error("DELTA_UNKNOWN_CONFIGURATION",
                {{"config", key}, {"disableCheckConfig",
                                      "spark.databricks.delta.allowArbitraryProperties.enabled"}});
        }
    }
    return out;
}

void check_retention(const std::map<std::string, std::string>& configuration,
    const std::map<std::string, std::string>& given) {
    constexpr int64_t kDayMs = 86'400'000;
    const std::string log = "delta.logRetentionDuration";
    const std::string files = "delta.deletedFileRetentionDuration";
    auto is_given = [&](const std::string& name) {
        return std::any_of(given.begin(), given.end(),
            [&](const auto& entry) { return types::names_equal(entry.first, name); });
    };
    if (!is_given(log) && !is_given(files)) return;
    auto kept = [&](const std::string& name, int64_t otherwise) {
        auto found = configuration.find(name);
        return found == configuration.end() ? otherwise : delta::interval_ms(name, found->second);
    };
    int64_t log_ms = kept(log, 30 * kDayMs);
    int64_t files_ms = kept(files, 7 * kDayMs);
    if (log_ms >= files_ms) return;
    auto shown = [](const std::string& name, int64_t ms) {
        return name + "(" + interval_text(ms) + ")";
    };
    refuse("requirement failed: The table property " +
           (is_given(log) ? shown(log, log_ms) + " needs to be greater than or equal to " +
                                shown(files, files_ms)
                          : shown(files, files_ms) + " needs to be less than or equal to " +
                                shown(log, log_ms)) +
           ".");
}

}  // namespace hanok::commands
