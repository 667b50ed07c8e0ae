#include "delta/change_feed.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "delta/history.h"
#include "delta/log_replay.h"
#include "delta/schema_evolution.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/table.h"

namespace hanok::delta {

namespace {

constexpr const char* kFeedProperty = "delta.enableChangeDataFeed";

using VectorPtr = std::shared_ptr<const DeletionVector>;

AddFile as_add(const RemoveFile& remove) {
    AddFile out;
    out.path = remove.path;
    out.partition_values = remove.partition_values;
    out.size_bytes = remove.size_bytes.value_or(0);
    out.stats = remove.stats;
    out.deletion_vector = remove.deletion_vector;
    return out;
}

AddFile as_add(const CdcFile& cdc) {
    AddFile out;
    out.path = cdc.path;
    out.partition_values = cdc.partition_values;
    out.size_bytes = cdc.size_bytes;
    return out;
}

// Everything but the rows of `a` that are not in `b`; null when there is no such row.
VectorPtr all_but_difference(const VectorPtr& a, const VectorPtr& b, uint64_t num_rows) {
    if (!a) return nullptr;
    auto skipped = std::make_shared<DeletionVector>();
    std::vector<uint64_t> rows;
    for (uint64_t row = 0; row < num_rows; ++row) {
        bool is_change = a->contains(row) && !(b && b->contains(row));
        if (!is_change) rows.push_back(row);
    }
    if (rows.size() == num_rows) return nullptr;
    skipped->add_many(rows);
    return skipped;
}

class Reader {
public:
    Reader(const Snapshot& last, std::vector<ChangeFile>* out) : last_(last), out_(*out) {}

    void read(const CommitActions& commit, int64_t version, int64_t timestamp_ms) {
        version_ = version;
        timestamp_ms_ = timestamp_ms;
        for (const CdcFile& cdc : commit.cdc_files) add(as_add(cdc), "", nullptr);
        if (!commit.cdc_files.empty()) return;
        std::map<std::string, const RemoveFile*> removed;
        for (const RemoveFile& remove : commit.removes) {
            if (remove.data_change) removed[canonical_path(remove.path)] = &remove;
        }
        for (const AddFile& file : commit.adds) {
            if (!file.data_change) continue;
            auto before = removed.find(canonical_path(file.path));
            if (before == removed.end()) {
                add(file, "insert", last_.deletion_vector(file));
                continue;
            }
            add_difference(file, as_add(*before->second));
            removed.erase(before);
        }
        for (const auto& [path, remove] : removed) {
            AddFile file = as_add(*remove);
            add(file, "delete", last_.deletion_vector(file));
        }
    }

private:
    void add(const AddFile& file, const char* change_type, VectorPtr skipped) {
        out_.push_back({file, change_type, version_, timestamp_ms_, std::move(skipped)});
    }

    // One file under two deletion vectors: rows that only the later one has are deleted.
    void add_difference(const AddFile& after, const AddFile& before) {
        auto rows = stats_num_records(after.stats);
        if (!rows) {
            throw runtime_error("DELTA_MALFORMED_LOG_FILE",
                {{"path", after.path}, {"line", "?"},
                    {"reason", "a file with a deletion vector has no number of rows"}});
        }
        auto deleted_after = last_.deletion_vector(after);
        auto deleted_before = last_.deletion_vector(before);
        auto count = static_cast<uint64_t>(*rows);
        if (auto skipped = all_but_difference(deleted_after, deleted_before, count))
            add(after, "delete", std::move(skipped));
        if (auto skipped = all_but_difference(deleted_before, deleted_after, count))
            add(after, "insert", std::move(skipped));
    }

    const Snapshot& last_;
    std::vector<ChangeFile>& out_;
    int64_t version_ = 0;
    int64_t timestamp_ms_ = 0;
};

void check_metadata(
    const Metadata& metadata, const Snapshot& last, int64_t version, int64_t start, int64_t end) {
    auto feed = metadata.configuration.find(kFeedProperty);
    if (feed == metadata.configuration.end() || feed->second != "true") {
        throw analysis_error("DELTA_MISSING_CHANGE_DATA",
            {{"startVersion", std::to_string(start)}, {"endVersion", std::to_string(end)},
                {"version", std::to_string(version)}, {"key", kFeedProperty}});
    }
    auto schema = types::type_from_json(metadata.schema_string);
    bool fits = false;
    try {
        fits = types::DataType::as_nullable(merge_schemas(last.schema(), schema))
                   ->same_type(*types::DataType::as_nullable(last.schema()));
    } catch (const Error&) {
        fits = false;
    }
    if (fits) return;
    throw analysis_error("DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA",
        {{"start", std::to_string(start)}, {"end", std::to_string(end)},
            {"readSchema", last.schema()->ddl()}, {"readVersion", std::to_string(last.version())},
            {"incompatibleVersion", std::to_string(version)}, {"config", ""}});
}

}  // namespace

std::vector<ChangeFile> read_changes(
    Table& table, const Snapshot& last, int64_t start, int64_t end) {
    if (end < start) {
        throw analysis_error("DELTA_INVALID_CDC_RANGE",
            {{"start", std::to_string(start)}, {"end", std::to_string(end)}});
    }
    check_metadata(table.snapshot_at_version(start)->metadata(), last, start, start, end);
    std::map<int64_t, int64_t> times;
    for (const CommitTime& time : list_commit_times(table)) times[time.version] = time.timestamp_ms;
    std::vector<ChangeFile> out;
    Reader reader(last, &out);
    for (int64_t version = start; version <= end; version++) {
        auto commit = read_commit(table, version);
        if (commit == nullptr) {
            throw analysis_error(
                "DELTA_VERSION_NOT_FOUND", {{"userVersion", std::to_string(version)},
                                               {"earliest", ""}, {"latest", std::to_string(end)}});
        }
        if (commit->metadata) check_metadata(*commit->metadata, last, version, start, end);
        reader.read(*commit, version, times[version]);
    }
    return out;
}

}  // namespace hanok::delta
