#include "session/change_feed.h"

#include "base/error.h"
#include "delta/change_feed.h"
#include "delta/history.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/scan_sources.h"
#include "session/session.h"
#include "session/time_travel.h"

namespace hanok::session {

namespace {

using types::DataType;

std::optional<std::string> find(const plan::Options& options, const std::string& key) {
    for (const auto& [name, value] : options) {
        if (types::names_equal(name, key)) return value;
    }
    return std::nullopt;
}

int64_t version_of(const std::string& text) {
    char* end = nullptr;
    int64_t version = std::strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || version < 0) {
        throw analysis_error("DELTA_VERSION_INVALID", {{"version", text}});
    }
    return version;
}

int64_t timestamp_ms(Session& session, const std::string& text) {
    return delta_timestamp(session, plan::string_literal(text)) / 1000;
}

// Times after the last commit name the version to come, or the newest, in place of an error.
bool allows_late_times(Session& session) {
    return session.config().get_bool(
        "spark.databricks.delta.changeDataFeed.timestampOutOfRange.enabled", false);
}

// The first version (starting) or the last one (ending) that the options name; nullopt: none named.
std::optional<int64_t> boundary(
    Session& session, delta::Table& table, const plan::Options& options, bool is_start) {
    std::string prefix = is_start ? "starting" : "ending";
    auto version = find(options, prefix + "Version");
    auto timestamp = find(options, prefix + "Timestamp");
    if (version && timestamp)
        throw analysis_error("DELTA_MULTIPLE_CDC_BOUNDARY", {{"startingOrEnding", prefix}});
    if (version) return version_of(*version);
    if (!timestamp) return std::nullopt;
    int64_t wanted = timestamp_ms(session, *timestamp);
    auto times = delta::list_commit_times(table);
    if (times.empty()) return std::nullopt;
    bool is_late = wanted > times.back().timestamp_ms;
    if (is_late && !allows_late_times(session))
        throw delta::after_last_commit(wanted, times.back().timestamp_ms);
    std::optional<int64_t> found;
    for (const auto& time : times) {
        if (is_start && time.timestamp_ms >= wanted) return time.version;
        if (!is_start && time.timestamp_ms <= wanted) found = time.version;
    }
    if (is_start) return times.back().version + 1;
    if (!found) throw delta::before_first_commit(wanted, times.front().timestamp_ms);
    return found;
}

}  // namespace

bool asks_for_changes(const plan::Options& options) {
    for (const char* key : {"readChangeFeed", "readChangeData"}) {
        auto value = find(options, key);
        if (!value) continue;
        if (types::names_equal(*value, "true")) return true;
        if (!types::names_equal(*value, "false")) {
            throw Error(ErrorKind::kIllegalArgument, "DELTA_ILLEGAL_OPTION",
                {{"name", key}, {"input", *value}, {"explain", "must be 'true' or 'false'"}});
        }
    }
    return false;
}

resolved::ScanSourcePtr scan_of_changes(Session& session, const std::string& location,
    const std::string& shown_name, const plan::Options& options) {
    if (find(options, "versionAsOf") || find(options, "timestampAsOf"))
        throw analysis_error("DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS", {});
    auto table = session.platform().delta_table(location);
    auto newest = table->snapshot();
    auto start = boundary(session, *table, options, true);
    if (!start) throw analysis_error("DELTA_NO_START_FOR_CDC_READ", {});
    bool is_late = *start > newest->version();
    if (is_late && !allows_late_times(session)) {
        throw analysis_error("DELTA_CDC_START_VERSION_AFTER_LATEST",
            {{"start", std::to_string(*start)}, {"latest", std::to_string(newest->version())}});
    }
    int64_t end = boundary(session, *table, options, false).value_or(newest->version());
    end = std::min(end, newest->version());
    auto source = std::make_shared<engine::ChangeFeedSource>();
    source->snapshot = end == newest->version() || end < *start ? newest
                                                                : table->snapshot_at_version(end);
    if (!is_late) source->files = delta::read_changes(*table, *source->snapshot, *start, end);
    auto schema = delta::without_writer_metadata(source->snapshot->schema());
    auto fields = DataType::as_nullable(schema)->fields();
    fields.push_back({"_change_type", DataType::string(), true, ""});
    fields.push_back({"_commit_version", DataType::long_(), true, ""});
    fields.push_back({"_commit_timestamp", DataType::timestamp(), true, ""});
    source->schema = DataType::struct_(std::move(fields));
    source->partition_columns = source->snapshot->metadata().partition_columns;
    source->partition_columns.insert(
        source->partition_columns.end(), {"_commit_version", "_commit_timestamp"});
    source->format = "delta";
    source->description = "Changes of " + shown_name;
    return source;
}

}  // namespace hanok::session
