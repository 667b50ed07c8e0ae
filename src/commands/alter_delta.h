#pragma once
// ALTER TABLE of Delta tables: every action is one commit.

#include "commands/command.h"
#include "commands/names.h"
#include "plan/command.h"

namespace hanok::commands {

void alter_delta(Session& session, const DeltaTarget& target, const plan::AlterAction& action);

// ALTER TABLE … DROP FEATURE f [TRUNCATE HISTORY]: makes the table stop using the feature, then
// takes it out of the protocol.
void drop_feature(Session& session, const DeltaTarget& target, const plan::AlterAction& action);

// Before delta.enableRowTracking becomes true: every file gets row ids.
void backfill_row_ids(Session& session, const DeltaTarget& target);

// SET and UNSET TBLPROPERTIES on a map of properties.
void change_properties(
    std::map<std::string, std::string>& properties, const plan::AlterAction& action);

// What a change of columns may do to a table.
struct ColumnChangeRules {
    bool is_delta = false;
    bool maps_columns = false;    // rename and drop need column mapping
    bool allows_defaults = true;  // the feature allowColumnDefaults
    bool widens_types = false;    // delta.enableTypeWidening
    std::vector<std::string> partition_columns;
};
// The schema after REPLACE COLUMNS. Throws DELTA_UNSUPPORTED_ALTER_TABLE_REPLACE_COL_OP.
types::TypePtr replaced_columns(
    const types::TypePtr& schema, const plan::AlterAction& action, const ColumnChangeRules& rules);
// The schema after ADD, ALTER, RENAME or DROP COLUMN. Throws the conditions of Delta for what
// cannot be: DELTA_UNSUPPORTED_RENAME_COLUMN, DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP, ….
types::TypePtr changed_schema(
    const types::TypePtr& schema, const plan::AlterAction& action, const ColumnChangeRules& rules);

}  // namespace hanok::commands
