#pragma once
// Delta statistics of data files that somebody else wrote.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "commands/names.h"
#include "delta/statistics.h"
#include "resolved/plan.h"

namespace hanok::commands {

// Reads the files of `scan`, whose columns are logical ones without positions; the `stats` text by
// the file's absolute path. A file without rows is left out.
std::map<std::string, std::string> statistics_by_file(Session& session,
    const std::shared_ptr<const resolved::Scan>& scan,
    const std::vector<delta::StatsColumn>& columns);

}  // namespace hanok::commands
