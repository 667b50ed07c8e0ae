#pragma once
// INSERT … REPLACE USING and REPLACE ON: rows of the table that match an inserted row leave it.

#include <vector>

#include "commands/file_changes.h"
#include "commands/row_level.h"

namespace hanok::commands {

// `fresh` are the files of the inserted rows: what matches is decided by what was written, however
// the query behind it behaves. What is written are the rows of removed files that stay. Empty when
// the options replace nothing.
FileChanges replace_matching(Session& session, const DeltaTarget& target,
    const delta::SnapshotPtr& snapshot, const DeltaWriteOptions& options,
    const std::vector<delta::AddFile>& fresh);

// Throws DELTA_ILLEGAL_OPTION for options that exclude each other.
void check_replace_options(const DeltaWriteOptions& options);

}  // namespace hanok::commands
