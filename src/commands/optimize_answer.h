#pragma once
// The row that OPTIMIZE and REORG answer with.

#include <vector>

#include "commands/command.h"
#include "commands/row_level.h"
#include "delta/actions.h"

namespace hanok::commands {

// Who laid the rows of a file out, where OPTIMIZE of a clustered table did.
constexpr const char* kClusteringProvider = "liquid";

struct OptimizeOutcome {
    const RowLevelTarget& target;
    const std::vector<const delta::AddFile*>& removed;
    const std::vector<delta::AddFile>& added;
    int64_t considered = 0;  // files
    int64_t groups = 0;      // of files that became one, or were laid out together
    int64_t partitions = 0;
    bool is_z_ordered = false;
    bool is_clustering = false;
    int64_t start_ms = 0;
};

// The table's path and metrics, in the form that Delta's own OPTIMIZE gives them.
Output optimize_answer(Session& session, const OptimizeOutcome& outcome);

}  // namespace hanok::commands
