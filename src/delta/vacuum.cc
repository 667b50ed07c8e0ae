#include "delta/vacuum.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "delta/parallel.h"
#include "delta/snapshot.h"
#include "delta/universal_format.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr int64_t kHourMs = 3600LL * 1000;
constexpr int64_t kDefaultRetentionMs = 7 * 24 * kHourMs;
constexpr const char* kInfo = "_last_vacuum_info";
constexpr const char* kCovered = "latestCommitVersionOutsideOfRetentionWindow";

// Hidden from VACUUM, except change data and partitions whose column starts so.
bool is_hidden(const std::string& name) {
    if (name.empty() || (name[0] != '_' && name[0] != '.')) return false;
    if (name == "_change_data" || name == "_delta_index") return false;
    return name.find('=') == std::string::npos;
}

class Planner {
public:
    Planner(const Snapshot& snapshot, int64_t cutoff_ms)
        : snapshot_(snapshot),
          cutoff_ms_(cutoff_ms),
          has_iceberg_(wants_iceberg(snapshot.metadata())) {
        kept_.reserve(snapshot.num_files());
        for (const AddFile* add : snapshot.files()) keep(add->path, add->deletion_vector);
        for (const RemoveFile* remove : snapshot.tombstones()) {
            if (remove->deletion_timestamp_ms.value_or(0) > cutoff_ms)
                keep(remove->path, remove->deletion_vector);
        }
        std::sort(kept_.begin(), kept_.end());
    }

    /// Visits a folder; true if nothing in it stays.
    bool visit(const std::string& folder, VacuumPlan* plan) {
        std::vector<storage::ObjectInfo> entries = snapshot_.store().list(folder);
        bool is_root = folder == snapshot_.root();
        bool is_table = std::any_of(entries.begin(), entries.end(),
            [](const auto& entry) { return storage::base_name(entry.path) == "_delta_log"; });
        if (is_table && !is_root) return false;
        bool empties = true;
        for (const storage::ObjectInfo& entry : entries) {
            std::string name = storage::base_name(entry.path);
            if (is_hidden(name) || (is_root && is_iceberg_metadata(name))) {
                empties = false;
            } else if (entry.is_directory) {
                bool gone = visit(entry.path, plan) && entry.modified_ms < cutoff_ms_;
                if (gone) plan->directories.push_back(entry.path);
                empties = empties && gone;
            } else if (!is_kept(entry)) {
                add(entry, plan);
            } else {
                empties = false;
            }
        }
        return empties;
    }

    /// The same from somebody's list of what is there; empty folders stay.
    void take(const std::vector<storage::ObjectInfo>& inventory, VacuumPlan* plan) {
        std::set<std::string> tables = nested_tables(inventory);
        std::string prefix = snapshot_.root() + "/";
        for (const storage::ObjectInfo& entry : inventory) {
            bool is_inside = entry.path.compare(0, prefix.size(), prefix) == 0;
            if (!is_inside || entry.is_directory || is_kept(entry)) continue;
            std::string relative = entry.path.substr(prefix.size());
            bool is_iceberg = is_iceberg_metadata(relative.substr(0, relative.find('/')));
            if (is_hidden_below(relative) || is_iceberg) continue;
            bool in_table = std::any_of(
                tables.begin(), tables.end(), [&](const std::string& table) {
                    return entry.path.compare(0, table.size(), table) == 0;
                });
            if (!in_table) add(entry, plan);
        }
    }

    /// What the log says was removed long enough ago, deletion vectors and change data included.
    void take_removed(const CommitActions& commit, VacuumPlan* plan) {
        for (const RemoveFile& remove : commit.removes) {
            if (remove.deletion_timestamp_ms.value_or(0) >= cutoff_ms_) continue;
            take_path(snapshot_.absolute_path(remove.path), plan);
            const auto& dv = remove.deletion_vector;
            if (dv && dv->storage_type != "i")
                take_path(deletion_vector_path(snapshot_.root(), *dv), plan);
        }
        for (const CdcFile& file : commit.cdc_files)
            take_path(snapshot_.absolute_path(file.path), plan);
    }

private:
    bool is_kept(const std::string& path) const {
        return std::binary_search(kept_.begin(), kept_.end(), key_of(path));
    }
    bool is_kept(const storage::ObjectInfo& entry) const {
        return is_kept(entry.path) || entry.modified_ms >= cutoff_ms_;
    }
    static void add(const storage::ObjectInfo& entry, VacuumPlan* plan) {
        plan->files.push_back(entry.path);
        plan->size_bytes += entry.size_bytes;
    }
    void take_path(const std::string& path, VacuumPlan* plan) {
        std::string prefix = snapshot_.root() + "/";
        bool is_inside = path.compare(0, prefix.size(), prefix) == 0;
        if (!is_inside || is_kept(path) || !taken_.insert(path).second) return;
        auto entry = snapshot_.store().head(path);
        if (entry && !entry->is_directory) add(*entry, plan);
    }
    // The folder that is published for readers of Iceberg.
    bool is_iceberg_metadata(const std::string& name) const {
        return has_iceberg_ && name == "metadata";
    }
    // Any folder on the way hidden?
    static bool is_hidden_below(std::string_view path) {
        while (true) {
            size_t slash = path.find('/');
            if (is_hidden(std::string(path.substr(0, slash)))) return true;
            if (slash == std::string_view::npos) return false;
            path.remove_prefix(slash + 1);
        }
    }
    std::set<std::string> nested_tables(const std::vector<storage::ObjectInfo>& inventory) const {
        std::set<std::string> out;
        std::string own = snapshot_.root() + "/_delta_log";
        for (const storage::ObjectInfo& entry : inventory) {
            size_t log = entry.path.find("/_delta_log", own.size());
            bool is_nested = log != std::string::npos &&
                             entry.path.compare(0, own.size(), own) != 0;
            if (is_nested) out.insert(entry.path.substr(0, log + 1));
        }
        return out;
    }
    void keep(const std::string& path, const std::optional<DeletionVectorDescriptor>& dv) {
        kept_.push_back(key_of(snapshot_.absolute_path(path)));
        if (dv && dv->storage_type != "i")
            kept_.push_back(key_of(deletion_vector_path(snapshot_.root(), *dv)));
    }
    static uint64_t key_of(const std::string& path) { return std::hash<std::string>()(path); }

    const Snapshot& snapshot_;
    int64_t cutoff_ms_;
    bool has_iceberg_;
    // Hashes of paths, sorted: two paths of one hash keep a file too many, never too few.
    std::vector<uint64_t> kept_;
    std::unordered_set<std::string> taken_;
};

std::string info_path(const Snapshot& snapshot) {
    return storage::join_path(storage::join_path(snapshot.root(), "_delta_log"), kInfo);
}

// The version up to which a VACUUM has seen the log.
std::optional<int64_t> last_covered(const Snapshot& snapshot) {
    auto text = snapshot.store().get(info_path(snapshot));
    if (!text) return std::nullopt;
    auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains(kCovered) || !json[kCovered].is_number_integer())
        return std::nullopt;
    return json[kCovered].get<int64_t>();
}

struct LogRange {
    std::optional<int64_t> first;  // the oldest commit there is
    std::optional<int64_t> last;   // the newest one older than the retention
};

LogRange log_range(const Snapshot& snapshot, int64_t cutoff_ms) {
    LogRange out;
    for (const auto& info :
        snapshot.store().list(storage::join_path(snapshot.root(), "_delta_log"))) {
        LogFileName name = parse_log_file_name(storage::base_name(info.path));
        if (name.kind != LogFileKind::kCommit) continue;
        out.first = std::min(out.first.value_or(name.version), name.version);
        if (info.modified_ms < cutoff_ms)
            out.last = std::max(out.last.value_or(name.version), name.version);
    }
    return out;
}

void plan_lite(
    const Snapshot& snapshot, const LogRange& range, Planner& planner, VacuumPlan* plan) {
    if (!range.last) return;
    int64_t next = last_covered(snapshot).value_or(-1) + 1;
    if (range.first.value_or(0) > next) {
        throw runtime_error("DELTA_CANNOT_VACUUM_LITE", {{"version", std::to_string(next)}});
    }
    std::string log = storage::join_path(snapshot.root(), "_delta_log");
    for (int64_t version = next; version <= *range.last; version++) {
        if (auto commit = read_commit(snapshot.store(), log, version))
            planner.take_removed(*commit, plan);
    }
}

}  // namespace

VacuumPlan plan_vacuum(const Snapshot& snapshot, const VacuumRequest& request, int64_t now_ms) {
    int64_t configured = snapshot.interval_property_ms(
        "delta.deletedFileRetentionDuration", kDefaultRetentionMs);
    VacuumPlan plan;
    plan.retention_ms = request.retention_ms.value_or(configured);
    if (plan.retention_ms < 0 || (request.check_retention && plan.retention_ms < configured)) {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT",
            {{"configuredRetentionHours", std::to_string(configured / kHourMs)}});
    }
    int64_t cutoff_ms = now_ms - plan.retention_ms;
    LogRange range = log_range(snapshot, cutoff_ms);
    plan.covered_version = range.last;
    Planner planner(snapshot, cutoff_ms);
    if (request.inventory) {
        plan.covered_version.reset();  // the list may have gaps
        planner.take(*request.inventory, &plan);
    } else if (request.lite) {
        plan_lite(snapshot, range, planner, &plan);
    } else {
        planner.visit(snapshot.root(), &plan);
    }
    return plan;
}

int64_t run_vacuum(storage::ObjectStore& store, const VacuumPlan& plan) {
    parallel_for(plan.files.size(), 64, 0, [&](size_t i) { store.remove(plan.files[i]); });
    for (const std::string& folder : plan.directories) {
        try {
            store.remove(folder);
        } catch (const Error&) {
            continue;  // a writer has put something there meanwhile
        }
    }
    return static_cast<int64_t>(plan.files.size());
}

void note_vacuum(const Snapshot& snapshot, const VacuumPlan& plan) {
    if (!plan.covered_version) return;
    nlohmann::ordered_json json;
    json[kCovered] = *plan.covered_version;
    snapshot.store().put(info_path(snapshot), json.dump());
}

}  // namespace hanok::delta
