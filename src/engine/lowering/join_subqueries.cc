#include "engine/lowering/join_subqueries.h"

#include <algorithm>

#include "base/error.h"
#include "resolved/tree.h"

namespace hanok::engine {

using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::JoinType;
using resolved::NamedExpr;
using resolved::NamedExprs;
using resolved::PlanPtr;

namespace {

bool has_all(const resolved::Attributes& columns, const std::set<resolved::AttributeId>& ids) {
    return std::all_of(ids.begin(), ids.end(), [&](const auto& id) {
        return std::any_of(
            columns.begin(), columns.end(), [&](const auto& column) { return column.id == id; });
    });
}

PlanPtr with_columns(const PlanPtr& child, const NamedExprs& added) {
    if (added.empty()) return child;
    auto project = std::make_shared<resolved::Project>();
    project->child = child;
    for (const auto& column : child->output)
        project->columns.push_back({column, resolved::ref(column)});
    project->columns.insert(project->columns.end(), added.begin(), added.end());
    for (const auto& column : project->columns) project->output.push_back(column.attribute);
    return project;
}

}  // namespace

std::shared_ptr<const resolved::Join> with_subqueries_below(
    const resolved::Join& join, int64_t* next_id) {
    bool fits = join.type == JoinType::kInner || join.type == JoinType::kCross;
    if (fits || !join.condition || !resolved::contains(*join.condition, ExprKind::kSubquery))
        return nullptr;
    NamedExprs left, right;
    auto condition = resolved::transform(join.condition, [&](const ExprPtr& e) -> ExprPtr {
        if (e->kind != ExprKind::kSubquery) return nullptr;
        auto read = resolved::references(*e);
        bool reads_left = has_all(join.left->output, read);
        if (!reads_left && !has_all(join.right->output, read)) {
            throw unsupported_feature(
                "a subquery in the condition of an outer, semi or anti join that reads columns of "
                "both sides");
        }
        resolved::Attribute attribute;
        attribute.id = resolved::AttributeId{--*next_id};
        attribute.type = e->type;
        attribute.nullable = e->nullable;
        (reads_left ? left : right).push_back({attribute, e});
        return resolved::ref(attribute);
    });
    auto rewritten = std::make_shared<resolved::Join>(join);
    rewritten->left = with_columns(join.left, left);
    rewritten->right = with_columns(join.right, right);
    rewritten->condition = condition;
    return rewritten;
}

}  // namespace hanok::engine
