#include "delta/log_segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.h"
#include "base/ids.h"
#include "delta/checkpoint.h"
#include "delta/committer.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

bool parse_digits(std::string_view text, size_t width, int64_t* value) {
    if (text.size() != width || text.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
    return std::from_chars(text.data(), text.data() + text.size(), *value).ec == std::errc();
}

std::vector<std::string_view> split_dots(std::string_view name) {
    std::vector<std::string_view> parts;
    while (true) {
        size_t dot = name.find('.');
        parts.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        name.remove_prefix(dot + 1);
    }
}

std::string join_versions(const std::vector<LogFile>& commits) {
    std::string out;
    for (const LogFile& file : commits) {
        if (!out.empty()) out += ", ";
        out += std::to_string(file.name.version);
        if (out.size() > 200) return out + ", …";
    }
    return out;
}

// Everything of interest that one listing of the log found.
struct Listing {
    std::vector<LogFile> commits;      // ascending
    std::vector<LogFile> checkpoints;  // files, ascending by name
    std::vector<LogFile> compacted;
    std::vector<LogFile> checksums;

    bool empty() const { return commits.empty() && checkpoints.empty(); }
};

// A folder that is listed while commits are made may show a newer one and not the one before it.
// Commits that follow one that is there are asked for by name before a gap is believed.
void fill_gaps(
    storage::ObjectStore& store, const std::string& log_path, std::vector<LogFile>* commits) {
    std::vector<LogFile> found;
    for (size_t i = 1; i < commits->size(); i++) {
        for (int64_t v = (*commits)[i - 1].name.version + 1; v < (*commits)[i].name.version; v++) {
            auto info = store.head(storage::join_path(log_path, commit_file_name(v)));
            if (!info) break;
            LogFileName name;
            name.kind = LogFileKind::kCommit;
            name.version = v;
            found.push_back({name, std::move(*info)});
        }
    }
    if (found.empty()) return;
    commits->insert(commits->end(), found.begin(), found.end());
    std::sort(commits->begin(), commits->end(),
        [](const LogFile& a, const LogFile& b) { return a.name.version < b.name.version; });
}

Listing list_log(storage::ObjectStore& store, const std::string& log_path,
    const std::string& start_after, const SegmentRequest& request) {
    Listing listing;
    for (storage::ObjectInfo& info : store.list(log_path, start_after)) {
        if (info.is_directory) continue;
        LogFileName name = parse_log_file_name(storage::base_name(info.path));
        switch (name.kind) {
            case LogFileKind::kCommit: listing.commits.push_back({name, std::move(info)}); break;
            case LogFileKind::kCheckpoint:
            case LogFileKind::kCheckpointPart:
            case LogFileKind::kCheckpointUuid:
                // A checkpoint cannot be empty; a writer died before its first byte.
                if (info.size_bytes > 0) listing.checkpoints.push_back({name, std::move(info)});
                break;
            case LogFileKind::kCompacted:
                listing.compacted.push_back({name, std::move(info)});
                break;
            case LogFileKind::kChecksum:
                listing.checksums.push_back({name, std::move(info)});
                break;
            case LogFileKind::kOther: break;
        }
    }
    if (request.ratified) apply_ratified(log_path, *request.ratified, &listing.commits);
    fill_gaps(store, log_path, &listing.commits);
    return listing;
}

struct CheckpointChoice {
    std::vector<LogFile> files;
    int64_t version = -1;
    bool saw_incomplete = false;
    int64_t incomplete_version = -1;
};

// The newest complete checkpoint at or before `limit`.
CheckpointChoice choose_checkpoint(const std::vector<LogFile>& files, int64_t limit) {
    // By version, then by kind (a single file before parts), then by number of parts.
    std::map<std::tuple<int64_t, int, int32_t>, std::vector<LogFile>> candidates;
    for (const LogFile& file : files) {
        if (file.name.version > limit) continue;
        bool is_part = file.name.kind == LogFileKind::kCheckpointPart;
        auto& parts = candidates[{-file.name.version, is_part ? 1 : 0, file.name.parts}];
        if (is_part || parts.empty()) parts.push_back(file);
    }
    CheckpointChoice choice;
    for (auto& [key, parts] : candidates) {
        if (parts.size() == static_cast<size_t>(parts[0].name.parts)) {
            choice.version = parts[0].name.version;
            choice.files = std::move(parts);
            return choice;
        }
        if (!choice.saw_incomplete) choice.incomplete_version = parts[0].name.version;
        choice.saw_incomplete = true;
    }
    return choice;
}

// Replaces runs of commits by compacted files. The last commit stays: it tells who made the
// version.
std::vector<LogFile> use_compacted(
    std::vector<LogFile> commits, const std::vector<LogFile>& compacted) {
    if (compacted.empty() || commits.size() < 3) return commits;
    int64_t last = commits.back().name.version;
    std::map<int64_t, const LogFile*> longest;
    for (const LogFile& file : compacted) {
        if (file.name.end_version >= last) continue;
        const LogFile*& best = longest[file.name.version];
        if (best == nullptr || best->name.end_version < file.name.end_version) best = &file;
    }
    std::vector<LogFile> out;
    for (size_t i = 0; i < commits.size();) {
        auto it = longest.find(commits[i].name.version);
        if (it == longest.end()) {
            out.push_back(std::move(commits[i++]));
            continue;
        }
        int64_t end = it->second->name.end_version;
        out.push_back(*it->second);
        while (i < commits.size() && commits[i].name.version <= end) i++;
    }
    return out;
}

void check_contiguous(
    const std::vector<LogFile>& commits, int64_t expected_first, int64_t requested) {
    int64_t expected = expected_first;
    for (const LogFile& file : commits) {
        if (file.name.version != expected) {
            throw runtime_error(
                "DELTA_VERSIONS_NOT_CONTIGUOUS", {{"versionList", join_versions(commits)},
                                                     {"versionToLoad", std::to_string(requested)}});
        }
        expected++;
    }
}

std::optional<LogSegment> make_segment(
    const Listing& listing, const std::string& log_path, const SegmentRequest& request) {
    if (listing.empty()) return std::nullopt;
    int64_t newest = listing.commits.empty() ? -1 : listing.commits.back().name.version;
    CheckpointChoice checkpoint = choose_checkpoint(
        listing.checkpoints, request.version.value_or(INT64_MAX));
    newest = std::max(newest, checkpoint.version);
    int64_t target = request.version.value_or(newest);
    if (target > newest) return std::nullopt;

    LogSegment segment;
    segment.version = target;
    segment.checkpoint_version = checkpoint.version;
    segment.checkpoint = std::move(checkpoint.files);
    std::vector<LogFile> commits;
    for (const LogFile& file : listing.commits) {
        if (file.name.version == target) {
            segment.last_modified_ms = file.info.modified_ms;
            segment.last_etag = file.info.etag;
            segment.last_path = file.info.path;
        }
        if (file.name.version > checkpoint.version && file.name.version <= target)
            commits.push_back(file);
    }
    if (commits.empty() && checkpoint.version != target) {
        if (checkpoint.saw_incomplete) {
            throw runtime_error("DELTA_MISSING_PART_FILES",
                {{"version", std::to_string(checkpoint.incomplete_version)}});
        }
        return std::nullopt;
    }
    if (!commits.empty() && checkpoint.version < 0 && commits[0].name.version != 0) {
        throw runtime_error("DELTA_TRUNCATED_TRANSACTION_LOG",
            {{"path", storage::join_path(log_path, commit_file_name(0))},
                {"version", std::to_string(target)}});
    }
    check_contiguous(commits, checkpoint.version + 1, target);
    if (!commits.empty() && commits.back().name.version != target) return std::nullopt;
    for (const LogFile& file : listing.checksums) {
        if (file.name.version == target) segment.checksum = file;
    }
    if (segment.last_path.empty() && !segment.checkpoint.empty()) {
        const storage::ObjectInfo& info = segment.checkpoint[0].info;
        segment.last_modified_ms = info.modified_ms;
        segment.last_etag = info.etag;
        segment.last_path = info.path;
    }
    segment.deltas = request.ignore_compacted
                         ? std::move(commits)
                         : use_compacted(std::move(commits), listing.compacted);
    return segment;
}

std::optional<LogSegment> list_after(storage::ObjectStore& store, const std::string& log_path,
    int64_t after, const SegmentRequest& request) {
    // From the known commit on, so that one missing right after it is asked for.
    Listing listing = list_log(store, log_path, fmt::format("{:020}", after), request);
    std::erase_if(listing.commits, [&](const LogFile& f) { return f.name.version <= after; });
    std::vector<LogFile> commits;
    for (LogFile& file : listing.commits) {
        if (!request.version || file.name.version <= *request.version)
            commits.push_back(std::move(file));
    }
    if (commits.empty()) return std::nullopt;
    check_contiguous(commits, after + 1, commits.back().name.version);
    LogSegment segment;
    segment.version = commits.back().name.version;
    segment.last_modified_ms = commits.back().info.modified_ms;
    segment.last_etag = commits.back().info.etag;
    segment.last_path = commits.back().info.path;
    segment.deltas = std::move(commits);
    return segment;
}

}  // namespace

void apply_ratified(
    const std::string& log_path, const RatifiedCommits& ratified, std::vector<LogFile>* commits) {
    std::erase_if(
        *commits, [&](const LogFile& file) { return file.name.version > ratified.latest_version; });
    int64_t newest = commits->empty() ? -1 : commits->back().name.version;
    for (const StagedCommit& commit : ratified.unpublished) {
        if (commit.version <= newest) continue;
        LogFile file;
        file.name.kind = LogFileKind::kCommit;
        file.name.version = commit.version;
        file.info.path = staged_commit_path(log_path, commit);
        file.info.size_bytes = commit.size_bytes;
        file.info.modified_ms = commit.modified_ms;
        commits->push_back(std::move(file));
    }
}

LogFileName parse_log_file_name(const std::string& name) {
    LogFileName out;
    std::vector<std::string_view> parts = split_dots(name);
    if (parts.size() < 2 || !parse_digits(parts[0], 20, &out.version)) return out;
    std::string_view kind = parts[1];
    int64_t first = 0, second = 0;
    if (parts.size() == 2 && kind == "json") out.kind = LogFileKind::kCommit;
    if (parts.size() == 2 && kind == "crc") out.kind = LogFileKind::kChecksum;
    if (parts.size() == 3 && kind == "checkpoint" && parts[2] == "parquet")
        out.kind = LogFileKind::kCheckpoint;
    if (parts.size() == 4 && kind == "checkpoint" && base::is_uuid(parts[2]) &&
        (parts[3] == "parquet" || parts[3] == "json"))
        out.kind = LogFileKind::kCheckpointUuid;
    if (parts.size() == 5 && kind == "checkpoint" && parse_digits(parts[2], 10, &first) &&
        parse_digits(parts[3], 10, &second) && parts[4] == "parquet" && first >= 1 &&
        first <= second) {
        out.kind = LogFileKind::kCheckpointPart;
        out.part = static_cast<int32_t>(first);
        out.parts = static_cast<int32_t>(second);
    }
    if (parts.size() == 4 && parse_digits(parts[1], 20, &out.end_version) &&
        parts[2] == "compacted" && parts[3] == "json" && out.end_version > out.version)
        out.kind = LogFileKind::kCompacted;
    return out;
}

std::string commit_file_name(int64_t version) { return fmt::format("{:020}.json", version); }

std::string checkpoint_file_name(int64_t version) {
    return fmt::format("{:020}.checkpoint.parquet", version);
}

std::string checksum_file_name(int64_t version) { return fmt::format("{:020}.crc", version); }

std::optional<LogSegment> list_log_segment(
    storage::ObjectStore& store, const std::string& log_path, const SegmentRequest& request) {
    if (request.after_version) return list_after(store, log_path, *request.after_version, request);
    // The hint saves listing what came before it. It may be stale or wrong: then it is not used.
    std::optional<int64_t> hint = read_last_checkpoint(store, log_path);
    if (hint && *hint >= 0 && (!request.version || *hint <= *request.version)) {
        Listing listing = list_log(store, log_path, fmt::format("{:020}", *hint), request);
        if (choose_checkpoint(listing.checkpoints, request.version.value_or(INT64_MAX)).version >=
            0) {
            if (auto segment = make_segment(listing, log_path, request)) return segment;
        }
    }
    Listing listing = list_log(store, log_path, "", request);
    auto segment = make_segment(listing, log_path, request);
    if (!segment && !listing.empty() && request.version) {
        int64_t earliest = INT64_MAX, latest = -1;
        for (const auto* files : {&listing.commits, &listing.checkpoints}) {
            for (const LogFile& file : *files) {
                earliest = std::min(earliest, file.name.version);
                latest = std::max(latest, file.name.version);
            }
        }
        throw analysis_error("DELTA_VERSION_NOT_FOUND",
            {{"userVersion", std::to_string(*request.version)},
                {"earliest", std::to_string(earliest)}, {"latest", std::to_string(latest)}});
    }
    return segment;
}

}  // namespace hanok::delta
