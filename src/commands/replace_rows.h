#pragma once
// INSERT … REPLACE USING and REPLACE ON: rows of the table that match an inserted row leave it.

#include <vector>

#include "commands/deletion_marks.h"
#include "commands/row_level.h"

namespace hanok::commands {

struct ReplacedRows {
    std::vector<const delta::AddFile*> removed;
    std::vector<delta::AddFile> kept;  // rows of removed files that stay
    std::vector<delta::CdcFile> changes;
    MarkedFiles marks;

    void apply(delta::Transaction& transaction) const;
};

// `fresh` are the files of the inserted rows: what matches is decided by what was written, however
// the query behind it behaves. Empty when the options replace nothing.
ReplacedRows replace_matching(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const DeltaWriteOptions& options,
    const std::vector<delta::AddFile>& fresh);

// Throws DELTA_ILLEGAL_OPTION for options that exclude each other.
void check_replace_options(const DeltaWriteOptions& options);

}  // namespace hanok::commands
