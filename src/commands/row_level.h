#pragma once
// What DELETE, UPDATE and MERGE share: the target as a scan that knows each row's file, the files a
// condition touches, and small builders of typed expressions.

#include <set>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/delta_write.h"
#include "delta/snapshot.h"
#include "plan/command.h"
#include "resolved/plan.h"
#include "resolved/tree.h"

namespace hanok::commands {

inline constexpr const char* kFilePath = "__file_path";
inline constexpr const char* kRowIndex = "__row_index";
inline constexpr const char* kRowId = "__row_id";
inline constexpr const char* kRowCommitVersion = "__row_commit_version";

struct RowLevelTarget {
    DeltaTarget delta;
    delta::SnapshotPtr snapshot;
    // Qualifier of its columns: the alias, or catalog, schema, table.
    std::vector<std::string> qualifier;
    // The schema that the statement leaves, when it adds columns; else null.
    types::TypePtr evolved_schema;

    const types::TypePtr& schema() const {
        return evolved_schema ? evolved_schema : snapshot->schema();
    }
};

// `relation`: a table name, perhaps with an alias. `operation` is the verb for errors.
RowLevelTarget row_level_target(
    Session& session, const plan::RelationPtr& relation, const std::string& operation);

// The table's columns; with `with_position` also __file_path and __row_index at the end. `files`:
// these only.
std::shared_ptr<const resolved::Scan> scan_target(const RowLevelTarget& target, bool with_position,
    std::optional<std::vector<const delta::AddFile*>> files = std::nullopt);

// Rows that are written anew: as scan_target(), and where the table keeps row ids, at the end each
// row's id and the version that last changed it, under the names that files keep them by.
std::shared_ptr<const resolved::Scan> scan_to_rewrite(
    const RowLevelTarget& target, bool with_position, std::vector<const delta::AddFile*> files);
// The names of those two columns; empty where the table keeps no row ids.
std::vector<std::string> kept_row_names(const delta::Snapshot& snapshot);
// To `names` and `values`, the columns of rows that are changed: their ids, from the end of `rows`,
// and no version where `changed` (null: everywhere), as it will be that of the commit.
void add_kept_rows(const RowLevelTarget& target, const resolved::Attributes& rows,
    const resolved::ExprPtr& changed, std::vector<std::string>& names, resolved::Exprs& values);

// Files that may hold rows for which the condition is TRUE, noted as read in the transaction.
std::vector<const delta::AddFile*> candidate_files(
    delta::Transaction& transaction, const resolved::ExprPtr& condition);

// The files of `candidates` that do hold such rows, and how many such rows. `condition` is over
// scan->output.
struct TouchedFiles {
    std::vector<const delta::AddFile*> files;
    int64_t rows = 0;
};
TouchedFiles touched_files(Session& session, const RowLevelTarget& target,
    const std::shared_ptr<const resolved::Scan>& scan, const resolved::ExprPtr& condition);

// Files by the absolute paths that __file_path gives.
std::vector<const delta::AddFile*> files_by_path(
    const delta::Snapshot& snapshot, const std::set<std::string>& paths);

// Rows in those files, by statistics or by counting.
int64_t rows_in(Session& session, const RowLevelTarget& target,
    const std::vector<const delta::AddFile*>& files);

// ---- typed expressions
using resolved::ref;
resolved::ExprPtr make_call(
    std::string function, resolved::Exprs args, types::TypePtr type, bool nullable);
// TRUE where the condition is TRUE, else FALSE (never NULL).
resolved::ExprPtr is_true(const resolved::ExprPtr& condition);
resolved::ExprPtr negate(const resolved::ExprPtr& condition);
resolved::ExprPtr both(
    const resolved::ExprPtr& a, const resolved::ExprPtr& b);  // either may be null
resolved::PlanPtr filter(resolved::PlanPtr child, resolved::ExprPtr condition);
// Names from `attributes`, fresh ids, these expressions.
resolved::PlanPtr project(
    resolved::PlanPtr child, const std::vector<std::string>& names, const resolved::Exprs& exprs);
// UNION ALL of plans with the same column types; nullable columns under fresh ids.
resolved::PlanPtr union_all(const std::vector<resolved::PlanPtr>& plans);
resolved::Exprs refs(const resolved::Attributes& attributes, size_t count);
// One row of aggregate results as integers. NULL counts as 0.
std::vector<int64_t> aggregate_row(Session& session, const resolved::PlanPtr& child,
    const std::vector<resolved::ExprPtr>& aggregates);
resolved::ExprPtr count_if(const resolved::ExprPtr& condition);
resolved::ExprPtr boolean(bool value);
resolved::ExprPtr integer(int64_t value);  // INT

// Checks a condition of a verb: BOOLEAN, deterministic, no aggregates.
resolved::ExprPtr analyze_condition(
    Session& session, const plan::ExprPtr& condition, const resolved::Attributes& input);

// Answers with one row of BIGINT counts.
Output counts(const std::vector<std::pair<std::string, int64_t>>& columns);

}  // namespace hanok::commands
