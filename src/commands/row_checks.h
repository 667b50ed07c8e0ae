#pragma once
// What every written row must satisfy: NOT NULL columns and replaceWhere.

#include "plan/command.h"
#include "resolved/plan.h"
#include "session/session.h"

namespace hanok::commands {

// `plan` has the table's columns by position. A row that breaks a rule fails the write with
// DELTA_NOT_NULL_CONSTRAINT_VIOLATED or DELTA_REPLACE_WHERE_MISMATCH.
resolved::PlanPtr check_rows(session::Session& session, const resolved::PlanPtr& plan,
    const types::DataType& schema, const plan::ExprPtr& replace_where,
    const std::string& replace_where_sql);

}  // namespace hanok::commands
