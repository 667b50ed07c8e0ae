#include "delta/vacuum.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "delta/deletion_vector.h"
#include "delta/parallel.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"
#include "storage/path.h"

namespace hanok::delta {

namespace {

constexpr int64_t kHourMs = 3600LL * 1000;
constexpr int64_t kDefaultRetentionMs = 7 * 24 * kHourMs;

// Hidden from VACUUM, except change data and partitions whose column starts so.
bool is_hidden(const std::string& name) {
    if (name.empty() || (name[0] != '_' && name[0] != '.')) return false;
    if (name == "_change_data" || name == "_delta_index") return false;
    return name.find('=') == std::string::npos;
}

class Planner {
public:
    Planner(const Snapshot& snapshot, int64_t cutoff_ms)
        : snapshot_(snapshot), cutoff_ms_(cutoff_ms) {
        for (const AddFile* add : snapshot.files()) keep(add->path, add->deletion_vector);
        for (const RemoveFile* remove : snapshot.tombstones()) {
            if (remove->deletion_timestamp_ms.value_or(0) > cutoff_ms)
                keep(remove->path, remove->deletion_vector);
        }
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
            if (is_hidden(storage::base_name(entry.path))) {
                empties = false;
            } else if (entry.is_directory) {
                bool gone = visit(entry.path, plan) && entry.modified_ms < cutoff_ms_;
                if (gone) plan->directories.push_back(entry.path);
                empties = empties && gone;
            } else if (!kept_.contains(entry.path) && entry.modified_ms < cutoff_ms_) {
                plan->files.push_back(entry.path);
                plan->size_bytes += entry.size_bytes;
            } else {
                empties = false;
            }
        }
        return empties;
    }

private:
    void keep(const std::string& path, const std::optional<DeletionVectorDescriptor>& dv) {
        kept_.insert(snapshot_.absolute_path(path));
        if (dv && dv->storage_type != "i")
            kept_.insert(deletion_vector_path(snapshot_.root(), *dv));
    }

    const Snapshot& snapshot_;
    int64_t cutoff_ms_;
    std::unordered_set<std::string> kept_;
};

}  // namespace

VacuumPlan plan_vacuum(const Snapshot& snapshot, const VacuumRequest& request, int64_t now_ms) {
    int64_t configured = snapshot.interval_property_ms(
        "delta.deletedFileRetentionDuration", kDefaultRetentionMs);
    VacuumPlan plan;
    plan.retention_ms = request.retention_ms.value_or(configured);
    if (plan.retention_ms < 0 || (request.check_retention && plan.retention_ms < configured)) {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT",
            {{"retention", std::to_string(plan.retention_ms / kHourMs)},
                {"configured", std::to_string(configured / kHourMs)}});
    }
    Planner(snapshot, now_ms - plan.retention_ms).visit(snapshot.root(), &plan);
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

}  // namespace hanok::delta
