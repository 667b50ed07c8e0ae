#pragma once
// Writing rows as plain data files (Parquet, CSV, JSON, text).

#include <optional>
#include <string>
#include <vector>

#include "plan/command.h"
#include "resolved/plan.h"
#include "session/session.h"

namespace hanok::commands {

struct FileWrite {
    std::string format;
    std::string folder;  // absolute
    plan::Options options;
    std::vector<std::string> partition_by;
    plan::SaveMode mode = plan::SaveMode::kErrorIfExists;
    std::optional<int32_t> num_files;
};

// Throws when a source of that name has no tables.
void check_table_provider(const std::string& provider, const std::string& table);

// Honours the mode (PATH_ALREADY_EXISTS), then writes; an overwrite removes the old files only
// after the new ones are complete. Ends with an empty _SUCCESS file as Spark does.
void write_files_to(
    session::Session& session, const resolved::PlanPtr& plan, const FileWrite& write);

}  // namespace hanok::commands
