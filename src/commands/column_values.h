#pragma once
// Values that a table itself gives to columns: DEFAULT, GENERATED ALWAYS AS and IDENTITY. They
// stand in the metadata of the schema's fields, as the Delta protocol says.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/command.h"
#include "delta/actions.h"
#include "plan/command.h"
#include "resolved/plan.h"

namespace hanok::commands {

struct IdentityRule {
    int64_t start = 1;
    int64_t step = 1;
    std::optional<int64_t> high_water_mark;
    bool allow_explicit_insert = false;
};

std::optional<std::string> generation_sql(const types::StructField& field);
std::optional<IdentityRule> identity_rule(const types::StructField& field);

// The column with the high-water mark that follows from `value`, the furthest that rows have: the
// sequence's next number from there, unless the mark is further already.
types::StructField with_synced_mark(const types::StructField& field, int64_t value);

// A column's metadata from its definition. `command` names the statement in the error of a DEFAULT
// on a table without the feature allowColumnDefaults.
std::string field_metadata_of(
    const plan::ColumnDef& column, bool allows_defaults, const std::string& command);

// Throws what CREATE TABLE says of generated and identity columns that cannot be:
// DELTA_INVALID_GENERATED_COLUMN_REFERENCES, DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH, ….
void check_column_rules(Session& session, const types::DataType& schema,
    const std::vector<std::string>& partition_columns);

// The column's DEFAULT as written, or NULL.
plan::ExprPtr default_expression(const types::StructField& field);
// The value of a generated column over `columns`, which have the table's names and types.
resolved::ExprPtr generated_value(
    Session& session, const types::StructField& field, const resolved::Attributes& columns);

// DEFAULT as a whole item of VALUES or SELECT becomes the default of the column it is for;
// columns[i] is what item i is for.
plan::RelationPtr with_default_keywords(
    const plan::RelationPtr& query, const std::vector<types::StructField>& columns);
plan::ExprPtr with_default_keyword(const plan::ExprPtr& value, const types::StructField& field);

struct CompletedRows {
    resolved::PlanPtr plan;          // every column of the schema, in order
    std::set<std::string> computed;  // generated columns whose values are ours
    std::set<std::string> numbered;  // identity columns that got new numbers
};
// `given` has some of the schema's columns, under the table's names and with its types.
CompletedRows complete_rows(
    Session& session, const resolved::PlanPtr& given, const types::DataType& schema);

// The generated columns in `columns` computed anew where `where` holds (null: everywhere). Columns
// of `plan` beyond the schema's stay.
resolved::PlanPtr compute_generated(Session& session, const resolved::PlanPtr& plan,
    const types::DataType& schema, const std::map<std::string, resolved::ExprPtr>& columns);
// New numbers for identity columns in rows where `where` holds (null: everywhere).
resolved::PlanPtr number_rows(const resolved::PlanPtr& plan, const types::DataType& schema,
    const std::set<std::string>& columns, const resolved::ExprPtr& where);

// The schema with the high-water marks of `numbered` columns moved past the files' values.
types::TypePtr with_identity_marks(const types::TypePtr& schema,
    const std::set<std::string>& numbered, const std::vector<delta::AddFile>& files);

}  // namespace hanok::commands
