#pragma once
// The change data feed that a write leaves: files of changed rows below _change_data.

#include <string>
#include <vector>

#include "commands/row_level.h"

namespace hanok::commands {

inline constexpr const char* kChangeType = "_change_type";

// delta.enableChangeDataFeed
bool writes_change_feed(const delta::Snapshot& snapshot);

// `rows` with the table's columns first: those, and the change type.
resolved::PlanPtr as_changes(const resolved::PlanPtr& rows, const types::DataType& schema,
    const resolved::ExprPtr& change_type);
resolved::PlanPtr as_changes(
    const resolved::PlanPtr& rows, const types::DataType& schema, const std::string& change_type);

// Writes the rows of all `changes` (made by as_changes).
std::vector<delta::CdcFile> write_changes(
    Session& session, const RowLevelTarget& target, const std::vector<resolved::PlanPtr>& changes);
// After a commit that failed.
void remove_changes(const std::string& root, const std::vector<delta::CdcFile>& files);

}  // namespace hanok::commands
