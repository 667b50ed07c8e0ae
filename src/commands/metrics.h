#pragma once
// Operation metrics that several verbs tell in DESCRIBE HISTORY.

#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "delta/actions.h"
#include "delta/transaction.h"

namespace hanok::commands {

int64_t bytes_of(const std::vector<delta::AddFile>& files);
int64_t bytes_of(const std::vector<const delta::AddFile*>& files);

// minFileSize, p25FileSize, p50FileSize, p75FileSize and maxFileSize of written files.
void add_size_metrics(delta::Transaction& transaction, const std::vector<delta::AddFile>& files);

// The time of a statement up to its commit.
class StatementTime {
public:
    explicit StatementTime(Session& session);
    int64_t passed_ms() const;
    void scanned();  // the rows are found: what follows rewrites
    // executionTimeMs, and where rows were looked for scanTimeMs and rewriteTimeMs.
    void add_metric(delta::Transaction& transaction) const;

private:
    Session& session_;
    int64_t start_ms_;
    std::optional<int64_t> scanned_ms_;
};

}  // namespace hanok::commands
