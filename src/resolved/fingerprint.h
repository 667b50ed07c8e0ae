#pragma once
// Identity of a plan's meaning: equal texts mean the same rows in the same columns. Used by the
// cache, df.sameSemantics and df.semanticHash. Column ids are numbered by first appearance; names
// of outputs count only where they show in the result's schema, so they do not count at all here.

#include <functional>
#include <string>

#include "resolved/plan.h"

namespace hanok::resolved {

std::string fingerprint(const Plan& plan);

// As fingerprint, but equal too for plans over other states of the same tables and folders.
std::string cache_identity(const Plan& plan);

// The states that a plan's scans are in.
struct DataState {
    std::string versions;            // of tables that have versions, and their files
    std::vector<std::string> files;  // of folders of data files, as URIs
};
DataState data_state(const Plan& plan);

// A copy of `plan` in which `replace` has been tried on every node from the top: a non-null answer
// stands in the node's place (and is not entered).
PlanPtr replace_subtrees(
    const PlanPtr& plan, const std::function<PlanPtr(const PlanPtr&)>& replace);

// The children of a node, in order.
std::vector<PlanPtr> children(const Plan& plan);
// The same node over other children.
PlanPtr with_children(const Plan& plan, std::vector<PlanPtr> children);

}  // namespace hanok::resolved
