#pragma once
// The clauses of MERGE as typed expressions over the joined rows.

#include "commands/row_level.h"

namespace hanok::commands {

// "Alone": of NOT MATCHED BY SOURCE, to rows of the table that no source row is for.
enum class MergeAction : int {
    kCopy = 0,
    kUpdate = 1,
    kDelete = 2,
    kInsert = 3,
    kUpdateAlone = 4,
    kDeleteAlone = 5
};

struct MergeSides {
    resolved::Attributes target;
    resolved::Attribute in_target;  // TRUE where the target side is there, else NULL
    resolved::Attributes source;
    resolved::Attribute in_source;
    resolved::Attributes carried;  // columns of the target side that the result keeps as they are
    bool evolves = false;          // schema evolution: SET * and INSERT * take what the source has
};

// Is schema evolution asked for, by the statement or the session?
bool evolves_schema(Session& session, const plan::Merge& merge);
// The table's schema with the source's columns that SET *, INSERT * or an assignment add; null when
// nothing is added.
types::TypePtr schema_after_merge(Session& session, const plan::Merge& merge,
    const types::TypePtr& schema, const resolved::Attributes& source);

// Over the joined rows: the table's columns as they will be (NULL where the row goes or stays), the
// carried ones, then the action (INT, a MergeAction). Rows that no clause is for are left out,
// but matches that no clause acts on are there, to be counted.
struct MergedRows {
    resolved::PlanPtr plan;
    std::set<std::string> computed;  // generated columns that no clause assigns
    std::set<std::string> numbered;  // identity columns that inserted rows got numbers for
};
MergedRows apply_merge_clauses(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& joined, const MergeSides& sides);

// [{"actionType":"update","predicate":…}] for the history.
std::string merge_clauses_json(const std::vector<plan::MergeClause>& clauses);

}  // namespace hanok::commands
