#pragma once
// What a verb does to a table's files: gathered while it writes, committed at once, undone when the
// commit fails.

#include <string>
#include <vector>

#include "commands/deletion_marks.h"
#include "delta/transaction.h"

namespace hanok::commands {

struct FileChanges {
    std::vector<const delta::AddFile*> removed;
    std::vector<delta::AddFile> written;
    std::vector<delta::CdcFile> changes;  // of the change feed
    MarkedFiles marks;

    size_t removed_count() const { return removed.size() + marks.removed.size(); }
    int64_t removed_bytes() const;
    // Puts them into the transaction. The metrics of deletion vectors start with this prefix:
    // "num", "numTarget".
    void apply(delta::Transaction& transaction, const std::string& metric_prefix) const;
    // numRemovedFiles, numAddedFiles, numRemovedBytes, numAddedBytes and numAddedChangeFiles.
    void add_metrics(delta::Transaction& transaction) const;
    // Removes what was written for a commit that failed, unless it may have happened after all.
    void undo(
        Session& session, const delta::Transaction& transaction, const std::string& root) const;
};

}  // namespace hanok::commands
