#pragma once
// What names an expression may use: the columns of its input, DataFrame plans by id, and columns
// that the select list above an input has dropped.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolved/plan.h"

namespace hanok::analyzer {

// Where the columns of DataFrame plans ended up. A node for every relation that has a plan id or
// several inputs.
struct PlanIds {
    std::optional<int64_t> plan_id;
    resolved::Attributes output;
    std::vector<std::shared_ptr<const PlanIds>> children;
};
using PlanIdsPtr = std::shared_ptr<const PlanIds>;

struct Hidden;

// A relation while it is being analysed.
struct Rel {
    resolved::PlanPtr plan;
    // The columns that `*` expands to, in order, with the qualifiers in force. Two entries share an
    // id when the user selected a column twice (plan->output has another id for the second). Where
    // `extra` is empty, positions agree with plan->output; see Impl::trim.
    resolved::Attributes scope;
    // More columns of plan->output, reached by name only: USING keys of the other side, _metadata.
    resolved::Attributes extra;
    PlanIdsPtr ids;
    // How ORDER BY and HAVING reach columns that are not in the output; null when they may not.
    std::shared_ptr<const Hidden> hidden;
};
using RelPtr = std::shared_ptr<const Rel>;

struct Hidden {
    enum class Kind : uint8_t { kProject, kPass, kAggregate };
    Kind kind = Kind::kPass;
    RelPtr child;
    // kAggregate: grouping expressions and the select list over `child`.
    resolved::Exprs grouping;
    resolved::NamedExprs computed;
    // Nothing else of the aggregation can be reached any more: above a HAVING that added columns.
    bool only_grouping = false;
    // The plan again over `child` (which may have got more columns), with `more` columns at the
    // end.
    std::function<resolved::PlanPtr(
        const resolved::PlanPtr& child, const resolved::NamedExprs& more)>
        rebuild;
};

struct Match {
    resolved::Attribute attribute;
    std::vector<std::string> fields;  // what is left of the name: struct fields
};

// Every column that a name may mean, by Spark's precedence of qualifiers; distinct by id.
std::vector<Match> match_name(
    const resolved::Attributes& scope, const std::vector<std::string>& parts, bool case_sensitive);

// Columns of the plan with that id, as they stood at its output; nullopt when there is no such
// plan. `visible`: only those whose ids are still among these are kept.
struct PlanIdMatch {
    bool found_plan = false;
    std::vector<Match> matches;
};
PlanIdMatch match_plan_id(const PlanIds& tree, int64_t plan_id,
    const std::vector<std::string>& parts, bool case_sensitive);

// "`b`, `a`": names like `parts`, nearest first, at most five.
std::string suggestions(const std::vector<std::string>& parts, const resolved::Attributes& scope);
size_t edit_distance(const std::string& a, const std::string& b);

// Scope of two inputs side by side.
resolved::Attributes concat(const resolved::Attributes& a, const resolved::Attributes& b);

}  // namespace hanok::analyzer
