#pragma once
// From typed conditions to what file skipping understands.

#include <string>
#include <vector>

#include "commands/names.h"
#include "delta/actions.h"
#include "delta/file_skipping.h"
#include "resolved/expression.h"

namespace hanok::commands {

// A predicate that is TRUE wherever `condition` is; unknown parts become kUnknown. Null condition:
// null.
delta::PredicatePtr to_delta_predicate(const resolved::ExprPtr& condition);

struct ReplaceWhere {
    std::vector<const delta::AddFile*> files;
    delta::PredicatePtr predicate;
    // The condition is not on partition columns only: the files also hold rows that have to stay.
    bool keeps_rows = false;
};
// The files that replaceWhere takes out.
ReplaceWhere replace_where_files(session::Session& session, const DeltaTarget& target,
    const delta::Snapshot& snapshot, const plan::ExprPtr& condition);

// The table's columns as attributes with fresh ids, for analysing conditions on it.
resolved::Attributes table_attributes(
    const types::DataType& schema, const std::vector<std::string>& qualifier);

}  // namespace hanok::commands
