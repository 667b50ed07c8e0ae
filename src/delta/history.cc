#include "delta/history.h"

#include <algorithm>

#include "base/error.h"
#include "delta/action_json.h"
#include "delta/committer.h"
#include "delta/log_segment.h"
#include "delta/parallel.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/object_store.h"
#include "storage/path.h"
#include "types/datetime_text.h"

namespace hanok::delta {

namespace {

struct LogCommits {
    std::vector<LogFile> commits;      // ascending
    std::vector<int64_t> checkpoints;  // complete ones, ascending
};

LogCommits list_commits(Table& table) {
    LogCommits out;
    std::vector<LogFile> parts;
    for (storage::ObjectInfo& info : table.store().list(table.log_path())) {
        LogFileName name = parse_log_file_name(storage::base_name(info.path));
        bool is_single = name.kind == LogFileKind::kCheckpoint ||
                         name.kind == LogFileKind::kCheckpointUuid;
        if (is_single && info.size_bytes > 0) out.checkpoints.push_back(name.version);
        if (name.kind == LogFileKind::kCheckpointPart) parts.push_back({name, info});
        if (name.kind == LogFileKind::kCommit) out.commits.push_back({name, std::move(info)});
    }
    if (auto ratified = ratified_commits(table, -1))
        apply_ratified(table.log_path(), *ratified, &out.commits);
    for (const LogFile& first : parts) {
        if (first.name.part != 1) continue;
        auto count = std::count_if(parts.begin(), parts.end(), [&](const LogFile& part) {
            return part.name.version == first.name.version && part.name.parts == first.name.parts;
        });
        if (count == first.name.parts) out.checkpoints.push_back(first.name.version);
    }
    std::sort(out.checkpoints.begin(), out.checkpoints.end());
    return out;
}

// The commitInfo alone; most writers put it first, so that the rest need not be looked at.
std::optional<CommitInfo> read_commit_info(storage::ObjectStore& store, const std::string& path) {
    std::optional<std::string> text = store.get(path);
    if (!text) return std::nullopt;
    static constexpr std::string_view kStart = "{\"commitInfo\":";
    size_t line_end = text->find('\n');
    if (text->compare(0, kStart.size(), kStart) == 0 && line_end != std::string::npos)
        text->resize(line_end);
    CommitActions actions;
    ParseOptions options;
    options.file_actions = false;
    parse_actions(*text, path, options, &actions);
    return actions.commit_info ? actions.commit_info : CommitInfo();
}

std::vector<std::optional<CommitInfo>> read_commit_infos(
    Table& table, const std::vector<LogFile>& commits) {
    std::vector<std::optional<CommitInfo>> infos(commits.size());
    parallel_for(commits.size(), 16, table.handlers().threads,
        [&](size_t i) { infos[i] = read_commit_info(table.store(), commits[i].info.path); });
    return infos;
}

// Log file times made strictly increasing; in-commit timestamps where a commit has one.
void set_times(const std::vector<LogFile>& commits,
    const std::vector<std::optional<CommitInfo>>& infos, std::vector<CommitTime>* out) {
    for (size_t i = 0; i < commits.size(); i++) {
        CommitTime time{commits[i].name.version, commits[i].info.modified_ms};
        if (!out->empty())
            time.timestamp_ms = std::max(time.timestamp_ms, out->back().timestamp_ms + 1);
        if (i < infos.size() && infos[i] && infos[i]->in_commit_timestamp_ms)
            time.timestamp_ms = *infos[i]->in_commit_timestamp_ms;
        out->push_back(time);
    }
}

int64_t earliest_of(const LogCommits& log, const std::string& log_path) {
    int64_t earliest = -1;
    if (!log.commits.empty() && log.commits[0].name.version == 0) {
        earliest = 0;
    } else if (!log.checkpoints.empty()) {
        earliest = log.checkpoints[0];
    }
    if (earliest < 0)
        throw analysis_error("DELTA_NO_RECREATABLE_HISTORY_FOUND", {{"logPath", log_path}});
    return earliest;
}

// With a fraction always, "….0" at least.
std::string timestamp_text(int64_t timestamp_ms) {
    std::string text = types::timestamp_ntz_to_string(timestamp_ms * 1000);
    return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string seconds_text(int64_t timestamp_ms) {
    std::string text = types::timestamp_ntz_to_string(timestamp_ms * 1000);
    return text.substr(0, text.find('.'));
}

bool uses_in_commit_timestamps(Table& table) {
    return table.snapshot()->bool_property("delta.enableInCommitTimestamps", false);
}

}  // namespace

std::vector<HistoryEntry> read_history(Table& table, std::optional<int64_t> limit) {
    LogCommits log = list_commits(table);
    if (log.commits.empty() && log.checkpoints.empty())
        throw analysis_error("DELTA_PATH_DOES_NOT_EXIST", {{"path", table.root()}});
    // Times depend on what came before; infos are read for the shown commits only.
    std::vector<CommitTime> times;
    set_times(log.commits, {}, &times);
    size_t count = log.commits.size();
    if (limit && *limit >= 0) count = std::min(count, static_cast<size_t>(*limit));
    std::vector<LogFile> shown(
        log.commits.end() - static_cast<ptrdiff_t>(count), log.commits.end());
    auto infos = read_commit_infos(table, shown);
    std::vector<HistoryEntry> out;
    for (size_t i = count; i-- > 0;) {
        if (!infos[i]) continue;  // cleaned up meanwhile
        HistoryEntry entry;
        entry.version = shown[i].name.version;
        entry.timestamp_ms = infos[i]->in_commit_timestamp_ms.value_or(
            times[times.size() - count + i].timestamp_ms);
        entry.info = std::move(*infos[i]);
        out.push_back(std::move(entry));
    }
    return out;
}

std::vector<CommitTime> list_commit_times(Table& table) {
    LogCommits log = list_commits(table);
    int64_t earliest = earliest_of(log, table.log_path());
    std::erase_if(log.commits, [&](const LogFile& file) { return file.name.version < earliest; });
    std::vector<std::optional<CommitInfo>> infos;
    if (uses_in_commit_timestamps(table)) infos = read_commit_infos(table, log.commits);
    std::vector<CommitTime> times;
    set_times(log.commits, infos, &times);
    return times;
}

Error after_last_commit(int64_t asked_ms, int64_t last_ms) {
    return analysis_error(
        "DELTA_TIMESTAMP_GREATER_THAN_COMMIT", {{"providedTimestamp", timestamp_text(asked_ms)},
                                                   {"lastCommitTimestamp", timestamp_text(last_ms)},
                                                   {"maximumTimestamp", seconds_text(last_ms)}});
}

Error before_first_commit(int64_t asked_ms, int64_t first_ms) {
    return analysis_error("DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION",
        {{"userTimestamp", timestamp_text(asked_ms)}, {"commitTs", timestamp_text(first_ms)},
            {"timestampString", seconds_text(first_ms)}});
}

int64_t version_at_timestamp(Table& table, int64_t timestamp_ms) {
    std::vector<CommitTime> times = list_commit_times(table);
    if (times.empty())
        throw analysis_error("DELTA_NO_RECREATABLE_HISTORY_FOUND", {{"logPath", table.log_path()}});
    auto after = std::upper_bound(times.begin(), times.end(), timestamp_ms,
        [](int64_t asked, const CommitTime& time) { return asked < time.timestamp_ms; });
    if (after == times.begin()) throw before_first_commit(timestamp_ms, times.front().timestamp_ms);
    if (after == times.end() && times.back().timestamp_ms < timestamp_ms)
        throw after_last_commit(timestamp_ms, times.back().timestamp_ms);
    return (after - 1)->version;
}

int64_t earliest_version(Table& table) {
    return earliest_of(list_commits(table), table.log_path());
}

}  // namespace hanok::delta
