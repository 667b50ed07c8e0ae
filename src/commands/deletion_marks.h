#pragma once
// Rows taken out of files by their positions: deletion vectors put on files, or the rest of files
// that are written anew.

#include <string>
#include <utility>
#include <vector>

#include "commands/row_level.h"

namespace hanok::commands {

// delta.enableDeletionVectors: may new vectors be written?
bool writes_deletion_vectors(const delta::Snapshot& snapshot);

struct MarkedFiles {
    std::vector<const delta::AddFile*> removed;  // every row is deleted now
    std::vector<std::pair<const delta::AddFile*, delta::AddFile>> marked;  // before, after
    int64_t rows = 0;                                                      // newly deleted
    std::string vector_file;  // absolute path, "" when none was written

    // Puts the changes and their metrics (named with this prefix: "num", "numTarget") into it.
    void apply(delta::Transaction& transaction, const std::string& metric_prefix) const;
};

// Deletes the rows that `rows` names in its columns `path` and `row` (__file_path, __row_index of a
// scan of the target). Writes the vectors; the commit is the caller's.
MarkedFiles mark_deleted(Session& session, const RowLevelTarget& target,
    const resolved::PlanPtr& rows, const resolved::Attribute& path, const resolved::Attribute& row);

// Copy on write: the files that hold any of those rows, and what is left of them.
struct CutFiles {
    std::vector<const delta::AddFile*> files;
    // Those with rows left, under vectors in memory: for scan_target() only, never for the log.
    std::vector<delta::AddFile> rests;
    int64_t rows = 0;    // taken out
    int64_t copied = 0;  // left

    std::vector<const delta::AddFile*> rest_files() const;
};
CutFiles cut_out(Session& session, const RowLevelTarget& target, const resolved::PlanPtr& rows,
    const resolved::Attribute& path, const resolved::Attribute& row);

// After a commit that failed.
void remove_vectors(const MarkedFiles& marks);

}  // namespace hanok::commands
