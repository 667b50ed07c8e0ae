#pragma once
// What every written row must satisfy: NOT NULL columns, CHECK constraints, invariants, generated
// columns and replaceWhere.

#include <set>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/transaction.h"
#include "plan/command.h"
#include "resolved/plan.h"
#include "session/session.h"

namespace hanok::commands {

// `plan` has the table's columns by position. A row that breaks a rule fails the write with
// DELTA_NOT_NULL_CONSTRAINT_VIOLATED or DELTA_VIOLATE_CONSTRAINT_WITH_VALUES, which shows the row.
// `computed`: generated columns whose values are right by construction.
resolved::PlanPtr check_rows(session::Session& session, const resolved::PlanPtr& plan,
    const types::DataType& schema, const delta::Metadata& metadata,
    const std::set<std::string>& computed = {});

// Rows for which the condition is not TRUE fail with DELTA_REPLACE_WHERE_MISMATCH.
resolved::PlanPtr check_replace_where(session::Session& session, const resolved::PlanPtr& plan,
    const plan::ExprPtr& condition, const std::string& condition_sql);

// Tells the transaction that check_rows and complete_rows saw every row it adds.
void note_checked(delta::Transaction& transaction);

// The CHECK constraints of a table by name, as SQL.
std::vector<std::pair<std::string, std::string>> check_constraints(const delta::Metadata& metadata);
// A constraint's condition over columns of the table. Throws DELTA_NON_BOOLEAN_CHECK_CONSTRAINT.
resolved::ExprPtr constraint_condition(session::Session& session, const std::string& name,
    const std::string& sql, const resolved::Attributes& columns);

}  // namespace hanok::commands
