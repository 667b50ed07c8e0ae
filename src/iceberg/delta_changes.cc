#include "iceberg/delta_changes.h"

#include "delta/log_replay.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"

namespace hanok::iceberg {

std::optional<DeltaChanges> changes_since(const delta::Snapshot& snapshot, int64_t since) {
    DeltaChanges out;
    std::set<std::string> touched;
    std::string log = storage::join_path(snapshot.root(), "_delta_log");
    for (int64_t version = since + 1; version <= snapshot.version(); version++) {
        auto commit = delta::read_commit(snapshot.store(), log, version);
        if (commit == nullptr) return std::nullopt;
        for (const delta::AddFile& file : commit->adds) {
            std::string path = snapshot.absolute_path(file);
            touched.insert(path);
            // Files of new rows have new names; others may be there already, with new statistics.
            if (!file.data_change) out.removed.insert(path);
            out.changes_data |= file.data_change;
        }
        for (const delta::RemoveFile& file : commit->removes) {
            out.removed.insert(snapshot.absolute_path(file.path));
            out.changes_data |= file.data_change;
        }
    }
    if (touched.empty()) return out;
    for (const delta::AddFile* file : snapshot.files()) {
        std::string path = snapshot.absolute_path(*file);
        if (touched.contains(path)) out.added[path] = file;
    }
    return out;
}

DeltaChanges all_files(const delta::Snapshot& snapshot) {
    DeltaChanges out;
    out.changes_data = true;
    for (const delta::AddFile* file : snapshot.files())
        out.added[snapshot.absolute_path(*file)] = file;
    return out;
}

}  // namespace hanok::iceberg
