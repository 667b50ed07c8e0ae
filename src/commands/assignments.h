#pragma once
// SET a = …, b.c = …: from assignments to one value per column of the table.

#include "commands/row_level.h"
#include "commands/struct_fields.h"

namespace hanok::commands {

// For every column of the table (in order): the assigned value, cast for storage, or the column
// itself. `columns` are the target's attributes; `input` is what the values may refer to (target
// first, then source). Throws UNRESOLVED_COLUMN, DELTA_CONFLICT_SET_COLUMN,
// DELTA_UPDATE_SCHEMA_MISMATCH_EXPRESSION.
resolved::Exprs assigned_values(Session& session, const std::vector<plan::Assignment>& assignments,
    const types::DataType& schema, const resolved::Attributes& columns,
    const resolved::Attributes& input, const std::string& table_name,
    MissingFields missing = MissingFields::kRefused);

}  // namespace hanok::commands
